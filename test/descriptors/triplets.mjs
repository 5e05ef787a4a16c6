// @ts-check
// A descriptor whose rows are triplets: for every center and two of its neighbors x = (d·e, d·d + e·e), times a weight that fades out.
import { nextSerial, registerDescriptor } from "pestle/core";

const RADIUS = 3.4;

/** @returns {import("pestle/core").Descriptor} */
export function triplets() {
  const stateSize = () => ({ perBatch: 0, perCenter: 0, perPair: 24 });
  return {
    name: "triplets", parameters: { type: "triplets" }, cutoff: RADIUS, isSmoothAtCutoff: true, rows: "tuple", featureCount: () => 2, stateSize,
    features: () => ["d·e", "d·d + e·e"].map((label) => ({ label, bodyOrder: 3, channel: ["*"] })),
    prepare: (_wasm, _pool, species) => {
      const common = { serial: nextSerial(), descriptor: "triplets", rows: /** @type {const} */ ("tuple"), stateSize: stateSize() };
      return { tables: { ...common, nFeatures: 2, cutoff: RADIUS, species, data: {} }, release: () => undefined };
    },
  };
}

/** @param {number} square */
const weight = (square) => {
  const u = 1 - square / RADIUS ** 2;
  return { w: u ** 3, slope: (-6 * u ** 2) / RADIUS ** 2 }; // ∂w/∂d = slope · d
};

registerDescriptor({
  name: "triplets",
  attach: (wasm, tables) => {
    /** @param {import("pestle/core").RowBatch} batch */
    const read = (batch) => {
      const [first, end] = [wasm.i32(batch.offsets, 1)[0], wasm.i32(batch.offsets, batch.nCenters + 1)[batch.nCenters]];
      const axes = [batch.dx, batch.dy, batch.dz].map((pointer) => wasm.f64(pointer, end));
      const { rows } = batch;
      const offsets = wasm.i32(rows.offsets, rows.nRows + 1);
      const pairs = wasm.i32(rows.pairs, offsets[rows.nRows]);
      const of = (/** @type {number} */ pair) => axes.map((axis) => axis[pair]);
      return { first, offsets, pairs, of };
    };
    const dot = (/** @type {number[]} */ d, /** @type {number[]} */ e) => d[0] * e[0] + d[1] * e[1] + d[2] * e[2];
    /** Derivatives of both features by d. @param {number[]} d @param {number[]} e */
    const gradient = (d, e) => {
      const [a, b] = [weight(dot(d, d)), weight(dot(e, e))];
      const [p, q] = [dot(d, e), dot(d, d) + dot(e, e)];
      return [0, 1, 2].map((k) => [b.w * (a.slope * d[k] * p + a.w * e[k]), b.w * (a.slope * d[k] * q + 2 * a.w * d[k])]);
    };
    return {
      tables,
      rows: (batch, arena) => {
        const ends = wasm.i32(batch.offsets, batch.nCenters + 1);
        const triples = Array.from({ length: batch.nCenters }, (_, c) => ((ends[c + 1] - ends[c]) * (ends[c + 1] - ends[c] - 1)) / 2);
        const nRows = triples.reduce((sum, count) => sum + count, 0);
        const [offsets, pairs, ofCenters] = [arena.i32(nRows + 1), arena.i32(2 * nRows), arena.i32(batch.nCenters + 1)];
        wasm.i32(offsets, nRows + 1).forEach((_, row, all) => (all[row] = 2 * row));
        const [list, starts] = [wasm.i32(pairs, 2 * nRows), wasm.i32(ofCenters, batch.nCenters + 1)];
        let entry = 0;
        for (let c = 0; c < batch.nCenters; c++) {
          starts[c] = entry / 2;
          for (let p = ends[c]; p < ends[c + 1]; p++) for (let q = p + 1; q < ends[c + 1]; q++) [list[entry++], list[entry++]] = [p, q];
        }
        starts[batch.nCenters] = nRows;
        return { kind: "tuple", nRows, nEntries: 2 * nRows, offsets, pairs, ofCenters };
      },
      values: (batch, out) => {
        const { offsets, pairs, of } = read(batch);
        const x = wasm.f64(out, 2 * batch.rows.nRows);
        for (let row = 0; row < batch.rows.nRows; row++) {
          const [d, e] = [of(pairs[offsets[row]]), of(pairs[offsets[row] + 1])];
          const w = weight(dot(d, d)).w * weight(dot(e, e)).w;
          x.set([w * dot(d, e), w * (dot(d, d) + dot(e, e))], 2 * row);
        }
      },
      jacobian: (batch, _values, _state, out) => {
        const { offsets, pairs, of } = read(batch);
        const j = wasm.f64(out, 6 * batch.rows.nEntries);
        for (let row = 0; row < batch.rows.nRows; row++) {
          const [d, e] = [of(pairs[offsets[row]]), of(pairs[offsets[row] + 1])];
          j.set([...gradient(d, e).flat(), ...gradient(e, d).flat()], 6 * (offsets[row] - offsets[0]));
        }
      },
      backward: (batch, _values, _state, gradients, out) => {
        const { first, offsets, pairs, of } = read(batch);
        const [g, f] = [wasm.f64(gradients, 2 * batch.rows.nRows), wasm.f64(out, 3 * batch.nPairs).fill(0)];
        for (let row = 0; row < batch.rows.nRows; row++) {
          const [p, q] = [pairs[offsets[row]], pairs[offsets[row] + 1]];
          for (const [pair, other] of [[p, q], [q, p]]) {
            gradient(of(pair), of(other)).forEach(([a, b], k) => (f[3 * (pair - first) + k] += g[2 * row] * a + g[2 * row + 1] * b));
          }
        }
      },
    };
  },
});
