// The computation that the page and the test both run, on the library they are given.

/** One array written by a routine, as numbers. */
export async function computeFingerprint({ loadWasm }, build) {
  const { wasm, pool } = await loadWasm({ build });
  const region = pool.allocate(5 * 8, "values");
  wasm.routines.fill(5, 0.1, region.pointer);
  return { build: wasm.shared.build, values: [...wasm.f64(region.pointer, 5)] };
}
