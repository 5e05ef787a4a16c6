// One step of the sequential QR of a sparse Gaussian-process fit: 4000 rows of the design matrix into a 1000×1000 triangle.
import { packedElements, packedTriangle, packedTriangleBytes, qrScratchBytes, readTriangle, writeTriangle } from "../../dist/linalg/index.js";
import { Arena } from "../../dist/wasm/memory.js";
import { fillRandom } from "./operands.mjs";

/** RᵀR against AᵀA + R₀ᵀR₀ on a few columns. */
function verifyColumns({ verifyClose }, n, before, rows, a, after) {
  const gram = (count, values, i, j) => {
    let sum = 0;
    for (let p = 0; p < count; p++) sum += values[p * n + i] * values[p * n + j];
    return sum;
  };
  for (const i of new Set([0, n >> 1, n - 1])) {
    const every = Array.from({ length: n }, (_, j) => j);
    const expected = every.map((j) => gram(rows, a, i, j) + gram(n, before, i, j));
    verifyClose(Float64Array.from(every, (j) => gram(n, after, i, j)), Float64Array.from(expected), 1e-12, `column ${i} of RᵀR`);
  }
}

export const cases = [
  {
    name: "qr",
    unit: "row of 1000",
    async run(context) {
      const { executor, smoke, measure } = context;
      const { wasm, pool } = executor;
      const [n, rows] = smoke ? [80, 200] : [1000, 4000];
      const bytes = 2 * packedTriangleBytes(n) + 2 * rows * n * 8 + qrScratchBytes(n, rows) + 1024;
      const arena = new Arena(pool.allocate(bytes, "operands of the QR"));
      const [r, start] = [1, 2].map(() => packedTriangle(arena.allocate(packedTriangleBytes(n)), n));
      const [a, values] = [arena.f64(rows * n), arena.f64(rows * n)];
      const scratch = arena.allocate(qrScratchBytes(n, rows));
      const view = (pointer, count) => wasm.f64(pointer, count * n);
      fillRandom(view(values, rows), 1);
      const unit = Float64Array.from({ length: n * n }, (_, i) => Number(i % (n + 1) === 0));
      packedElements(wasm, start).fill(0);
      writeTriangle(wasm, start, unit);
      const update = () => {
        packedElements(wasm, r).set(packedElements(wasm, start));
        view(a, rows).set(view(values, rows));
        wasm.routines.qrUpdate(n, rows, r.pointer, r.stride, a, n, scratch);
      };
      update();
      verifyColumns(context, n, unit, rows, view(values, rows), readTriangle(wasm, r));
      const seconds = await measure(update);
      return { count: rows, seconds, flops: 2 * rows * n * n, verified: true };
    },
  },
];
