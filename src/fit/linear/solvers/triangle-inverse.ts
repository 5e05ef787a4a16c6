import { matrix } from "../../../linalg/matrix.js";
import { solveTriangular } from "../../../linalg/triangular.js";
import type { TaskContext } from "../../../parallel/task.js";
import type { Pointer } from "../../../wasm/memory.js";

/**
 * The inverse of an upper triangle T (n × n, row by row at `triangle`), in the scratch.
 * @throws {NumericalError} when T is singular
 */
export function invertTriangle({ wasm, scratch }: TaskContext, n: number, triangle: Pointer): Float64Array {
  const inverse = matrix(scratch.f64(n * n), n, n);
  const values = wasm.f64(inverse.pointer, n * n).fill(0);
  for (let i = 0; i < n; i++) values[i * (n + 1)] = 1;
  solveTriangular(wasm, scratch, "upper", matrix(triangle, n, n), inverse);
  return values;
}
