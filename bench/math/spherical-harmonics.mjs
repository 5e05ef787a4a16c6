// Real spherical harmonics, and with gradients of the solid harmonics, of many unit vectors.
import { harmonicsTable } from "../../dist/math/spherical-harmonics.js";
import { Arena } from "../../dist/wasm/memory.js";

/** Vectors per call: what stays in the first-level cache with its results. */
const BLOCK = 32;

function prepare({ wasm, pool }, lMax) {
  const nLm = (lMax + 1) ** 2;
  const table = harmonicsTable(lMax);
  const scratch = (lMax + 1) * (lMax + 2);
  const arena = new Arena(pool.allocate((3 * BLOCK + table.length + 4 * nLm * BLOCK + scratch) * 8 + 1024, "spherical harmonics"));
  const xyz = [0, 1, 2].map(() => arena.f64(BLOCK));
  for (let i = 0; i < BLOCK; i++) {
    const vector = [Math.sin(3 * i + 1), Math.cos(5 * i), Math.sin(7 * i + 2)];
    vector.forEach((component, axis) => (wasm.f64(xyz[axis], BLOCK)[i] = component / Math.hypot(...vector)));
  }
  const tableAt = arena.f64(table.length);
  wasm.f64(tableAt, table.length).set(table);
  return { nLm, xyz, table: tableAt, out: arena.f64(nLm * BLOCK), gradients: arena.f64(3 * nLm * BLOCK), scratch: arena.f64(scratch) };
}

/** Σ_m Y² = (2l+1)/4π, and by Euler r · ∇(r^l Y) = l Y. */
function verifyIdentities({ verifyClose }, wasm, lMax, { nLm, xyz, out, gradients }, withGradients) {
  const y = wasm.f64(out, nLm * BLOCK);
  const g = wasm.f64(gradients, 3 * nLm * BLOCK);
  const components = xyz.map((pointer) => wasm.f64(pointer, BLOCK));
  for (let i = 0; i < BLOCK; i++) {
    for (let l = 0; l <= lMax; l++) {
      let sum = 0;
      for (let lm = l * l; lm < (l + 1) ** 2; lm++) {
        sum += y[lm * BLOCK + i] ** 2;
        if (!withGradients) continue;
        const along = components.reduce((total, component, axis) => total + component[i] * g[(axis * nLm + lm) * BLOCK + i], 0);
        verifyClose([1 + along], [1 + l * y[lm * BLOCK + i]], 1e-12, `gradient of degree ${l}`);
      }
      verifyClose([sum], [(2 * l + 1) / (4 * Math.PI)], 1e-12, `sum over the orders of degree ${l}`);
    }
  }
}

function harmonicsCase(name, lMax, withGradients) {
  return {
    name,
    unit: "vector",
    async run(context) {
      const { executor, smoke, measureBoth } = context;
      const { wasm } = executor;
      const prepared = prepare(executor, lMax);
      const { nLm, xyz, table, out, gradients, scratch } = prepared;
      const compute = withGradients
        ? () => wasm.routines.solidHarmonicGradients(BLOCK, lMax, ...xyz, table, out, gradients, scratch)
        : () => wasm.routines.sphericalHarmonics(BLOCK, lMax, ...xyz, table, out);
      compute();
      verifyIdentities(context, wasm, lMax, prepared, withGradients);
      const repeats = smoke ? 1 : 20_000;
      const times = await measureBoth(() => {
        for (let i = 0; i < repeats; i++) compute();
      });
      // per lm three multiplications and a subtraction for Q, one product with cos or sin; with gradients nine more
      const flops = repeats * BLOCK * nLm * (withGradients ? 14 : 4);
      return { count: repeats * BLOCK, ...times, flops, lMax, verified: true };
    },
  };
}

export const cases = [harmonicsCase("spherical-harmonics", 6, false), harmonicsCase("spherical-harmonics-gradients", 6, true)];
