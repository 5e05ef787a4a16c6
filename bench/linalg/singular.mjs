// Singular values and directions of the triangle that the rows of a linear fit with 1000 functions are reduced to.
import { matrix, singularDecomposition, singularScratchBytes } from "../../dist/linalg/index.js";
import { Arena } from "../../dist/wasm/memory.js";
import { fillRandom } from "./operands.mjs";

/** As fits have them: rows and columns fall over eight orders of magnitude, and neighbors are alike. */
function triangle(n) {
  const noise = fillRandom(new Float64Array(n * n), 1);
  return noise.map((value, e) => {
    const [i, j] = [Math.floor(e / n), e % n];
    if (j < i) return 0;
    return 10 ** ((-8 * i) / n) * (i === j ? 1 : value / Math.sqrt(n));
  });
}

/** Σ s² and Π s are those of the triangle; the product is that of its diagonal, to which the smallest value counts as much as the largest. */
function verifyInvariants({ verifyClose }, n, values, singular) {
  const squares = (all) => all.reduce((sum, value) => sum + value * value, 0);
  verifyClose(Float64Array.of(squares(singular)), Float64Array.of(squares(values)), 1e-12, "sum of squares");
  let logarithm = 0;
  for (let i = 0; i < n; i++) logarithm += Math.log(singular[i]) - Math.log(Math.abs(values[i * (n + 1)]));
  verifyClose(Float64Array.of(1 + logarithm), Float64Array.of(1), 1e-8, "ln of the product");
}

export const cases = [
  {
    name: "singular",
    unit: "triangle of 1000 columns",
    async run(context) {
      const { executor, smoke, measure } = context;
      const { wasm, pool } = executor;
      const n = smoke ? 60 : 1000;
      const values = triangle(n);
      const arena = new Arena(pool.allocate(8 * n * (n + 1) + singularScratchBytes(n, n, 1) + 1024, "operands of the decomposition"));
      const a = matrix(arena.f64(n * (n + 1)), n, n + 1);
      const decompose = () => {
        const stored = wasm.f64(a.pointer, n * (n + 1));
        for (let i = 0; i < n; i++) {
          stored.set(values.subarray(i * n, (i + 1) * n), i * (n + 1));
          stored[i * (n + 1) + n] = 1;
        }
        return singularDecomposition(wasm, arena, a, n);
      };
      verifyInvariants(context, n, values, decompose());
      const seconds = await measure(decompose);
      return { count: 1, seconds, verified: true };
    },
  },
];
