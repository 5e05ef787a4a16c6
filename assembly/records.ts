// Records are @unmanaged classes: a pointer to one reads and writes its fields with constant offsets. The build gives the same offsets
// to the host (`build/layouts.js`), which writes records by the names of their fields (`src/wasm/records.ts`).

/** Bytes from one record of an array to the next: a multiple of 8, so that doubles stay aligned. */
// @ts-ignore: decorator
@inline
export function bytesOf<T>(): usize {
  return (offsetof<T>() + 7) & ~7;
}

/** The record at `index` of an array. */
// @ts-ignore: decorator
@inline
export function recordAt<T>(first: usize, index: i32): T {
  return changetype<T>(first + <usize>index * bytesOf<T>());
}
