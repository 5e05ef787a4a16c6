// @ts-check
// A descriptor of one's own: moments of the distances to the neighbors of each species,
//     X_sk = Σ_{j of species s} w(r_j) (r_j / R)^k,   w = (1 − (r / R)²)³,   k = 0 … order − 1.
// docs/how-to/new-descriptor.md explains it line by line.
import { centerRows, nextSerial, registerDescriptor, symbolOf } from "pestle/core";

/** @returns {import("pestle/core").Descriptor} @param {{ order?: number, radius?: number }} options radius R in Å */
export function moments({ order = 3, radius = 4 } = {}) {
  const parameters = { type: "moments", order, radius };
  const stateSize = () => ({ perBatch: 0, perCenter: 0, perPair: 0 });
  const featureCount = (/** @type {readonly number[]} */ species) => species.length * order;
  return {
    name: "moments", parameters, cutoff: radius, isSmoothAtCutoff: true, rows: "center", featureCount, stateSize,
    features: (species) =>
      species.flatMap((z) => Array.from({ length: order }, (_, k) => ({ label: `${symbolOf(z)} k=${k}`, bodyOrder: 2, channel: [symbolOf(z)] }))),
    prepare: (_wasm, _pool, species) => {
      // large tables would go into regions of the pool; these two numbers travel with the plain data
      const common = { serial: nextSerial(), descriptor: "moments", rows: /** @type {const} */ ("center"), stateSize: stateSize() };
      return { tables: { ...common, nFeatures: featureCount(species), cutoff: radius, species, data: { order, radius } }, release: () => undefined };
    },
  };
}

/** w(r) (r / R)^k and its derivative by r. @param {number} r @param {number} k @param {number} radius */
function term(r, k, radius) {
  const u = r / radius;
  const base = 1 - u * u;
  const value = base ** 3 * u ** k;
  const slope = (-6 * u * base ** 2 * u ** k + (k > 0 ? k * base ** 3 * u ** (k - 1) : 0)) / radius;
  return { value, slope };
}

// Every thread makes its evaluators from the tables, so the module that registers them is named in `taskModules`.
registerDescriptor({
  name: "moments",
  attach: (wasm, tables) => {
    const { order, radius } = /** @type {{ order: number, radius: number }} */ (tables.data);
    const n = tables.nFeatures;
    /** Calls back with every pair that contributes: its center, its first feature, its unit vector and distance.
     * @param {import("pestle/core").RowBatch} batch
     * @param {(pair: number, center: number, first: number, r: number, direction: readonly number[]) => void} visit */
    const forEachPair = (batch, visit) => {
      const offsets = wasm.i32(batch.offsets, batch.nCenters + 1);
      const end = offsets[batch.nCenters] ?? 0;
      const [dx, dy, dz, distances] = [batch.dx, batch.dy, batch.dz, batch.distances].map((pointer) => wasm.f64(pointer, end));
      const species = wasm.i32(batch.neighborSpecies, end);
      for (let center = 0; center < batch.nCenters; center++) {
        for (let p = offsets[center]; p < offsets[center + 1]; p++) {
          const r = distances[p];
          if (r < radius && species[p] >= 0) visit(p - offsets[0], center, species[p] * order, r, [dx[p] / r, dy[p] / r, dz[p] / r]);
        }
      }
    };
    return {
      tables,
      rows: (batch) => centerRows(batch),
      values: (batch, out) => {
        const x = wasm.f64(out, batch.nCenters * n).fill(0);
        forEachPair(batch, (_, center, first, r) => {
          for (let k = 0; k < order; k++) x[center * n + first + k] += term(r, k, radius).value;
        });
      },
      jacobian: (batch, _values, _state, out) => {
        const j = wasm.f64(out, batch.nPairs * 3 * n).fill(0);
        forEachPair(batch, (pair, _, first, r, direction) => {
          for (let a = 0; a < 3; a++) for (let k = 0; k < order; k++) j[(3 * pair + a) * n + first + k] = term(r, k, radius).slope * direction[a];
        });
      },
      backward: (batch, _values, _state, gradients, out) => {
        const [g, f] = [wasm.f64(gradients, batch.nCenters * n), wasm.f64(out, batch.nPairs * 3).fill(0)];
        forEachPair(batch, (pair, center, first, r, direction) => {
          for (let k = 0; k < order; k++) {
            const slope = g[center * n + first + k] * term(r, k, radius).slope;
            for (let a = 0; a < 3; a++) f[3 * pair + a] += slope * direction[a];
          }
        });
      },
    };
  },
});
