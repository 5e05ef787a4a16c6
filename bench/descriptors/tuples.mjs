// Pairs and triplets of silicon with GAP's usual ranges: distances within 5 Å, triplets within 3.5 Å. Rows per second, neighbor lists not counted.
import { attachDescriptor, createDescriptor } from "../../dist/descriptors/index.js";
import { buildNeighborList, environmentBatch } from "../../dist/neighbors/index.js";
import { Arena } from "../../dist/wasm/memory.js";

const pairs = { type: "distance-2b", species: ["Si", "Si"], cutoff: { radius: 5 }, exponents: [1] };
const triplets = { type: "angle-3b", center: "Si", species: ["Si", "Si"], cutoff: { radius: 3.5 } };

const weight = (r, { radius, width = 0.5 }) => (r >= radius ? 0 : r <= radius - width ? 1 : 0.5 * (1 + Math.cos((Math.PI * (r - radius + width)) / width)));

/** Rows of one center from its displacements, by their definition. */
const direct = {
  "distance-2b": (d, cutoff) => d.map((x) => Math.hypot(...x)).filter((r) => r < cutoff.radius).flatMap((r) => [r, weight(r, cutoff)]),
  "angle-3b": (d, cutoff) => {
    const near = d.filter((x) => Math.hypot(...x) < cutoff.radius);
    return near.flatMap((x, i) =>
      near.slice(i + 1).flatMap((y) => {
        const [r, s] = [Math.hypot(...x), Math.hypot(...y)];
        return [r + s, (r - s) ** 2, Math.hypot(...x.map((value, axis) => value - y[axis])), weight(r, cutoff) * weight(s, cutoff)];
      }),
    );
  },
};

function displacementsOf(wasm, { offsets, dx, dy, dz }, center) {
  const [first, end] = wasm.i32(offsets + 4 * center, 2);
  return Array.from({ length: end - first }, (_, k) => [dx, dy, dz].map((pointer) => wasm.f64(pointer, end)[first + k]));
}

async function run({ executor: { wasm, pool }, data, measureBoth, verifyClose }, parameters, mode) {
  const dataset = await data.si();
  const descriptor = createDescriptor(parameters);
  const { tables } = descriptor.prepare(wasm, pool, dataset.species());
  const evaluator = attachDescriptor(wasm, tables);
  const arena = new Arena(pool.allocate(256e6, "rows and neighbor lists"));
  const batches = Array.from({ length: dataset.nStructures }, (_, i) => {
    const { positions, cell, pbc, atomicNumbers } = dataset.structure(i);
    const list = buildNeighborList(wasm, arena, { positions, nAtoms: atomicNumbers.length, cell, pbc, cutoff: tables.cutoff });
    const batch = environmentBatch(wasm, arena, list, Int32Array.from(atomicNumbers, () => 0));
    return { ...batch, rows: evaluator.rows(batch, arena) };
  });
  const { nFeatures } = tables;
  const most = (of) => Math.max(...batches.map(of));
  const [values, gradients, forces] = [arena.f64(most(({ rows }) => rows.nRows) * nFeatures), arena.f64(most(({ rows }) => rows.nRows) * nFeatures), arena.f64(3 * most(({ nPairs }) => nPairs))];
  wasm.f64(gradients, most(({ rows }) => rows.nRows) * nFeatures).fill(0.1);
  for (const batch of [batches[0], batches.at(-1)]) {
    evaluator.values(batch, values, 0, arena);
    const expected = Array.from({ length: batch.nCenters }, (_, center) => direct[parameters.type](displacementsOf(wasm, batch, center), parameters.cutoff)).flat();
    verifyClose(wasm.f64(values, batch.rows.nRows * nFeatures), Float64Array.from(expected), 1e-12, `rows of ${parameters.type}`);
    verifyBackward(wasm, arena, evaluator, batch, { values, gradients, forces }, verifyClose);
  }
  const times = await measureBoth(() => {
    for (const batch of batches) {
      if (mode === "rows") {
        const mark = arena.mark();
        evaluator.rows(batch, arena);
        arena.reset(mark);
      } else evaluator.values(batch, values, 0, arena);
      if (mode === "backward") evaluator.backward(batch, values, 0, gradients, forces, arena);
    }
  });
  return { count: batches.reduce((sum, { rows }) => sum + rows.nRows, 0), ...times, verified: true };
}

/** The gradient of a sum of all columns against the Jacobian. */
function verifyBackward(wasm, arena, evaluator, batch, { values, gradients, forces }, verifyClose) {
  const mark = arena.mark();
  const { rows, nPairs } = batch;
  const { nFeatures } = evaluator.tables;
  const jacobian = arena.f64(3 * rows.nEntries * nFeatures);
  evaluator.jacobian(batch, values, 0, jacobian, arena);
  evaluator.backward(batch, values, 0, gradients, forces, arena);
  const expected = new Float64Array(3 * nPairs);
  const slopes = wasm.f64(jacobian, 3 * rows.nEntries * nFeatures);
  const ofEntries = wasm.i32(rows.pairs, rows.nEntries);
  slopes.forEach((slope, at) => {
    const line = Math.floor(at / nFeatures);
    expected[3 * ofEntries[Math.floor(line / 3)] + (line % 3)] += 0.1 * slope;
  });
  verifyClose(wasm.f64(forces, 3 * nPairs), expected, 1e-10, "backward");
  arena.reset(mark);
}

export const cases = [
  ["distance-2b-si", pairs],
  ["angle-3b-si", triplets],
].flatMap(([name, parameters]) => ["rows", "values", "backward"].map((mode) => ({ name: `${name}-${mode}`, unit: "row", run: (context) => run(context, parameters, mode) })));
