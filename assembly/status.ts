// Status codes of every routine; `src/wasm/status.ts` turns them into errors and a test keeps the two in step.
export const OK: i32 = 0;
export const INVALID_ARGUMENT: i32 = 1;
export const CAPACITY: i32 = 2;
export const NOT_POSITIVE_DEFINITE: i32 = 3;
export const SINGULAR: i32 = 4;
export const NOT_FINITE: i32 = 5;
export const COINCIDENT_ATOMS: i32 = 6;
export const NOT_CONVERGED: i32 = 7;
