// The computation that the page and the test both run, on the library they are given: SOAP of a distorted, triclinic SiC cell.

const structure = {
  positions: Float64Array.of(0.03, -0.02, 0.05, 1.11, 1.06, 1.09, 2.2, 0.05, 2.14, 3.25, 1.12, 3.3),
  cell: Float64Array.of(4.36, 0, 0, 0.3, 4.3, 0, -0.2, 0.1, 4.4),
  species: Int32Array.of(1, 0, 1, 0), // indices into [C, Si]
};

/** Fingerprints of the four atoms, and the backward pass of their sum, as numbers. */
export async function computeFingerprint({ Arena, attachDescriptor, buildNeighborList, createDescriptor, environmentBatch, loadWasm, stateBytes }, build) {
  const { wasm, pool } = await loadWasm({ build });
  const descriptor = createDescriptor({ type: "soap", nMax: 4, lMax: 3, sigma: 0.5, cutoff: { radius: 4 } });
  const prepared = descriptor.prepare(wasm, pool, [6, 14]);
  const arena = new Arena(pool.allocate(16 << 20, "one structure"));
  const list = buildNeighborList(wasm, arena, { ...structure, nAtoms: 4, pbc: [true, true, true], cutoff: descriptor.cutoff });
  const environments = environmentBatch(wasm, arena, list, structure.species);
  const evaluator = attachDescriptor(wasm, prepared.tables);
  const batch = { ...environments, rows: evaluator.rows(environments, arena) };
  const { nFeatures, stateSize } = prepared.tables;
  const values = arena.f64(4 * nFeatures);
  const state = arena.allocate(stateBytes(stateSize, batch));
  evaluator.values(batch, values, state, arena);
  const ones = arena.f64(4 * nFeatures);
  wasm.routines.fill(4 * nFeatures, 1, ones);
  const gradients = arena.f64(batch.nPairs * 3);
  evaluator.backward(batch, values, state, ones, gradients, arena);
  return { build: wasm.shared.build, values: [...wasm.f64(values, 4 * nFeatures), ...wasm.f64(gradients, batch.nPairs * 3)] };
}
