// One benchmark of a descriptor of whole structures: a whole data set, verified by differences and by another order of the atoms, then timed.
import { attachStructureDescriptor, createDescriptor } from "../../dist/descriptors/index.js";
import { speciesIndices } from "../../dist/descriptors/species.js";
import { Arena } from "../../dist/wasm/memory.js";

/** Structures that are verified. */
const CHECKED = 2;

export async function runStructures(context, dataset, parameters, mode) {
  const { executor, measureBoth } = context;
  const { wasm, pool } = executor;
  const all = Array.from({ length: dataset.nStructures }, (_, i) => dataset.structure(i));
  const given = createDescriptor(parameters);
  const descriptor = (await given.learn?.({ largestStructure: Math.max(...all.map(({ atomicNumbers }) => atomicNumbers.length)) })) ?? given;
  const { tables } = descriptor.prepare(wasm, pool, dataset.species());
  const evaluator = attachStructureDescriptor(wasm, tables);
  // few are enough to time, and no set is described for minutes
  const stride = Math.max(1, Math.floor(all.length / 40));
  const structures = all.filter((_, i) => i % stride === 0).map(({ positions, cell, pbc, atomicNumbers, label }) => {
    return { positions, cell, pbc, species: speciesIndices({ atomicNumbers, label }, tables.species) };
  });
  const arena = new Arena(pool.allocate(256e6, "structures"));
  const { nFeatures } = tables;
  const most = Math.max(...structures.map(({ species }) => species.length));
  const [x, g, forces, strain] = [arena.f64(nFeatures), arena.f64(nFeatures), arena.f64(3 * most), arena.f64(9)];
  wasm.f64(g, nFeatures).set(Float64Array.from({ length: nFeatures }, (_, f) => Math.sin(f + 1)));
  const describe = (structure) => {
    evaluator.values(structure, x, arena);
    if (mode === "backward") evaluator.backward(structure, x, g, forces, strain, arena);
  };
  const energy = (structure) => {
    evaluator.values(structure, x, arena);
    return wasm.f64(x, nFeatures).reduce((sum, value, f) => sum + value * Math.sin(f + 1), 0);
  };
  for (const structure of structures.slice(0, CHECKED)) verifyStructure(context, structure, energy, () => {
    evaluator.values(structure, x, arena);
    evaluator.backward(structure, x, g, forces, strain, arena);
    return wasm.f64(forces, structure.positions.length).slice();
  });
  const nAtoms = structures.reduce((sum, { species }) => sum + species.length, 0);
  const times = await measureBoth(() => structures.forEach(describe));
  return { count: nAtoms, ...times, nFeatures, structures: structures.length, verified: true };
}

/** Gradients against differences, and the row of the atoms in another order. */
function verifyStructure({ verifyClose }, structure, energy, gradients) {
  const analytic = gradients();
  const direction = analytic.map((_, i) => Math.cos(7 * i));
  const moved = (h) => ({ ...structure, positions: structure.positions.map((r, i) => r + h * direction[i]) });
  const h = 1e-5;
  const numeric = (energy(moved(h)) - energy(moved(-h))) / (2 * h);
  const scale = Math.hypot(...analytic) * Math.hypot(...direction);
  verifyClose([analytic.reduce((sum, f, i) => sum + f * direction[i], 0) / scale], [numeric / scale], 1e-5, "gradient along a direction");
  const reversed = { ...structure, species: structure.species.slice().reverse(), positions: structure.positions.map((_, i, all) => all[all.length - 3 - 3 * Math.floor(i / 3) + (i % 3)]) };
  verifyClose([energy(reversed)], [energy(structure)], 1e-9, "row in another order");
}
