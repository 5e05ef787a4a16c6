// Dense products: the two shapes of a Gaussian-process fit and a large square one.
import { gemm, gemmPackedB, gemmScratchBytes, matrix, packB, packedBytes, transpose } from "../../dist/linalg/index.js";
import { Arena } from "../../dist/wasm/memory.js";
import { fillRandom } from "./operands.mjs";

/** Rows of the result by the definition, a few of them for a large matrix. */
function verifyRows({ verifyClose }, wasm, a, b, c) {
  const [va, vb] = [wasm.f64(a.pointer, a.rows * a.columns), wasm.f64(b.pointer, b.rows * b.columns)];
  for (const i of new Set([0, c.rows >> 1, c.rows - 1])) {
    const expected = Float64Array.from({ length: c.columns }, (_, j) => {
      let sum = 0;
      for (let p = 0; p < a.columns; p++) sum += va[i * a.columns + p] * (b.transposed ? vb[j * b.rows + p] : vb[p * b.columns + j]);
      return sum;
    });
    verifyClose(wasm.f64(c.pointer + i * c.stride * 8, c.columns), expected, 1e-13, `row ${i} of the product`);
  }
}

function prepare({ wasm, pool }, m, n, k, transposedB) {
  const bytes = (m * k + n * k + m * n) * 8 + gemmScratchBytes(m, n, k) + packedBytes(n, k) + 1024;
  const arena = new Arena(pool.allocate(bytes, "operands of the product"));
  const a = matrix(arena.f64(m * k), m, k);
  const b = transposedB ? transpose(matrix(arena.f64(n * k), n, k)) : matrix(arena.f64(n * k), k, n);
  fillRandom(wasm.f64(a.pointer, m * k), 1);
  fillRandom(wasm.f64(b.pointer, n * k), 2);
  return { arena, a, b, c: matrix(arena.f64(m * n), m, n) };
}

export const cases = [
  {
    name: "gemm",
    unit: "product 1000³",
    async run(context) {
      const { executor, smoke, measure } = context;
      const size = smoke ? 100 : 1000;
      const { arena, a, b, c } = prepare(executor, size, size, size, false);
      const multiply = () => gemm(executor.wasm, arena, 1, a, b, 0, c);
      multiply();
      verifyRows(context, executor.wasm, a, b, c);
      return { count: 1, seconds: await measure(multiply), flops: 2 * size ** 3, verified: true };
    },
  },
  {
    name: "gemm-packed",
    unit: "100×324×1000",
    async run(context) {
      const { executor, smoke, measure } = context;
      const [m, n, k] = smoke ? [10, 100, 324] : [100, 1000, 324];
      const { arena, a, b, c } = prepare(executor, m, n, k, true);
      const packed = packB(executor.wasm, b, arena.allocate(packedBytes(n, k)));
      const repeats = smoke ? 1 : 20;
      const multiply = () => {
        for (let i = 0; i < repeats; i++) gemmPackedB(executor.wasm, arena, 1, a, packed, 0, c);
      };
      multiply();
      verifyRows(context, executor.wasm, a, b, c);
      return { count: repeats, seconds: await measure(multiply), flops: repeats * 2 * m * n * k, verified: true };
    },
  },
];
