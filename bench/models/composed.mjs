// Composed potentials on all training frames of niobium: energies and forces on pairs that are known and with the search for them, and rows of derivatives
// by all parameters, contracted into JᵀJ.
import { matrix, syrk, transpose } from "../../dist/linalg/index.js";
import { attachPotential, ComposedModel, layoutParameters, parameterRowCount, parseNotation } from "../../dist/models/index.js";
import { BoundForm } from "../../dist/models/composed/bound-form.js";
import { columnCount } from "../../dist/models/composed/columns.js";
import { placePairs } from "../../dist/models/composed/pairs.js";
import { buildNeighborList } from "../../dist/neighbors/index.js";
import { withScratch } from "../../dist/wasm/scratch.js";

const RADIUS = 5;
const species = [41];
const typical = { alpha: () => 0.05, beta: () => 1.6, shift: () => -1, coefficient: (k) => Math.sin(k), exponent: (k) => 0.05 * Math.sin(k) };

function modelOf(notation) {
  const form = { cutoff: { radius: RADIUS, function: "poly4" }, ...parseNotation(notation) };
  const values = Float64Array.from(layoutParameters(form, 1).parameters, ({ kind }, k) => typical[kind](k));
  return new ComposedModel({ species, form, values });
}

const boundOf = ({ wasm }, arena, { form, values }, options) => new BoundForm(wasm, arena, { form, values, species, atomEnergies: [0] }, options);

/** Energy of E[G_N L_M] in plain loops over a neighbor list. */
function plainEnergy({ wasm, pool }, { layout, values }, { atomicNumbers, positions, cell, pbc }) {
  const of = (kind) => layout.parameters.flatMap((parameter, k) => (parameter.kind === kind ? [values[k]] : []));
  const [alpha, beta, shift, c, xi] = ["alpha", "beta", "shift", "coefficient", "exponent"].map(of);
  return withScratch(pool, (arena) => {
    const nAtoms = atomicNumbers.length;
    const list = buildNeighborList(wasm, arena, { positions, nAtoms, cell, pbc, cutoff: RADIUS });
    const [offsets, distances] = [wasm.i32(list.offsets, nAtoms + 1), wasm.f64(list.distances, list.nPairs)];
    let energy = nAtoms * shift[0];
    for (let i = 0; i < nAtoms; i++) {
      for (let nu = 0; nu < c.length / xi.length; nu++) {
        let sum = 0;
        for (let p = offsets[i]; p < offsets[i + 1]; p++) sum += (1 - (distances[p] / RADIUS) ** 2) ** 4 * Math.exp(-alpha[0] * beta[0] ** nu * distances[p] ** 2);
        xi.forEach((exponent, l) => (energy += c[nu * xi.length + l] * Math.exp(exponent * sum)));
      }
    }
    return energy;
  });
}

/** The force on the last atom by central differences. */
function numericalForce(context, model, structure, axis) {
  const at = structure.positions.length - 3 + axis;
  const energy = (step) => plainEnergy(context.executor, model, { ...structure, positions: structure.positions.map((x, k) => (k === at ? x + step : x)) });
  const h = 1e-3;
  return (8 * (energy(-h) - energy(h)) - (energy(-2 * h) - energy(2 * h))) / (12 * h);
}

/** Additions and multiplications of the pairs of E[G8L4], an exponential as 20: φ and its two sums 24, the slope 5 for each function; 30 for the forces. */
const flopsOf = (notation, count) => (notation === "E[G8L4]" ? count * (8 * (24 + 5) + 30) : undefined);

async function place({ executor, data }, model) {
  const structures = [...(await data.nb())];
  const kept = structures.map((structure) => placePairs(executor.wasm, executor.pool, structure, model.form, species));
  return { structures, kept, count: kept.reduce((sum, { pairs }) => sum + pairs.nPairs, 0), release: () => kept.forEach(({ region }) => executor.pool.release(region)) };
}

/** Forces of every frame add up to nothing; of exponentials of pair sums, energy and one force are those of plain loops. */
function verifyFrame(context, model, notation, structure, { energy, forces }) {
  const largest = Math.max(...forces.map(Math.abs));
  for (let axis = 0; axis < 3; axis++) context.verify(Math.abs(forces.reduce((sum, f, k) => (k % 3 === axis ? sum + f : sum), 0)) < 1e-10 * Math.max(1e-3, largest), "sum of forces");
  if (notation !== "E[G8L4]") return;
  context.verifyClose([energy], [plainEnergy(context.executor, model, structure)], 1e-12, "energy");
  if (largest > 1e-3) context.verifyClose(forces.slice(-3), [0, 1, 2].map((axis) => numericalForce(context, model, structure, axis)), 1e-6, "force");
}

async function evaluateKnown(context, notation) {
  const { executor, measureBoth } = context;
  const model = modelOf(notation);
  const { structures, kept, count, release } = await place(context, model);
  const work = (check) => withScratch(executor.pool, (arena) => {
    const bound = boundOf(executor, arena, model);
    for (const [s, { pairs }] of kept.entries()) {
      const prediction = bound.evaluate(pairs, { forces: true }, arena);
      if (check && s % 50 === 0) verifyFrame(context, model, notation, structures[s], prediction);
    }
  });
  work(true);
  const { seconds, cpuSeconds } = await measureBoth(() => work(false));
  const pairBytes = kept.reduce((sum, { region }) => sum + region.bytes, 0);
  release();
  return { count, seconds, cpuSeconds, flops: flopsOf(notation, count), pairBytes, verified: true };
}

async function evaluateSearched(context, notation) {
  const { executor, data, measureBoth } = context;
  const model = modelOf(notation);
  const structures = [...(await data.nb())];
  const evaluator = attachPotential(executor.wasm, model.prepare().tables);
  const { count, release } = await place(context, model);
  release();
  const work = (check) => withScratch(executor.pool, (arena) => {
    for (const [s, structure] of structures.entries()) {
      const prediction = evaluator.evaluate(structure, { want: { forces: true } }, arena);
      if (check && s % 50 === 0) verifyFrame(context, model, notation, structure, prediction);
    }
  });
  work(true);
  const { seconds, cpuSeconds } = await measureBoth(() => work(false));
  return { count, seconds, cpuSeconds, verified: true };
}

/** The energy is linear in coefficients and shifts of a tree without products: rows times values are predictions. */
function verifyRows(context, model, notation, rows, { energy, forces }) {
  const width = model.values.length;
  const predicted = Array.from({ length: rows.length / width }, (_, row) =>
    model.parametric.parameters.reduce((sum, { isLinear }, k) => (isLinear ? sum + model.values[k] * rows[row * width + k] : sum), 0));
  if (notation.includes(" x ")) return;
  context.verifyClose(predicted, [energy, ...forces], 1e-11, "rows times linear parameters");
}

/** Rows that are contracted at once at least: products of a few rows cost more to start than to make. */
const BLOCK_ROWS = 128;

/** JᵀJ of rows that stand side by side, added to, its lower triangle. */
function addSquare(executor, arena, rows, nRows, columns, product, isFirst) {
  if (nRows > 0) syrk(executor.wasm, arena, 1, transpose(matrix(rows, nRows, columns)), isFirst ? 0 : 1, matrix(product, columns, columns), "lower");
}

/** JᵀJ of all structures, its lower triangle, block by block: J is never there as a whole. */
function squareOf(executor, arena, model, kept, request, columns) {
  const { wasm } = executor;
  const bound = boundOf(executor, arena, model, { rows: "all" });
  const product = arena.f64(columns ** 2);
  const largest = kept.reduce((most, { pairs }) => Math.max(most, parameterRowCount(request, pairs.nAtoms)), 0);
  const block = arena.f64((BLOCK_ROWS + largest) * columns);
  let [filled, isFirst] = [0, true];
  for (const { pairs } of kept) {
    bound.rows(pairs, request, block + 8 * filled * columns, arena);
    filled += parameterRowCount(request, pairs.nAtoms);
    if (filled < BLOCK_ROWS) continue;
    addSquare(executor, arena, block, filled, columns, product, isFirst);
    [filled, isFirst] = [0, false];
  }
  addSquare(executor, arena, block, filled, columns, product, isFirst);
  return wasm.f64(product, columns ** 2);
}

/** Rows of some structures against predictions, and JᵀJ against plain sums over them. */
function verifySquare({ executor, verifyClose, ...context }, notation, model, kept, request, columns) {
  const some = kept.filter((_, s) => s % 50 === 0);
  withScratch(executor.pool, (arena) => {
    const bound = boundOf(executor, arena, model);
    const plain = new Float64Array(columns ** 2);
    for (const { pairs } of some) {
      const length = parameterRowCount(request, pairs.nAtoms) * columns;
      const out = arena.f64(length);
      bound.rows(pairs, request, out, arena);
      const rows = executor.wasm.f64(out, length);
      verifyRows({ verifyClose, ...context }, model, notation, rows, bound.evaluate(pairs, { forces: true }, arena));
      for (let r = 0; r < length; r += columns) for (let i = 0; i < columns; i++) for (let j = 0; j <= i; j++) plain[i * columns + j] += rows[r + i] * rows[r + j];
    }
    const square = squareOf(executor, arena, model, some, request, columns);
    verifyClose(square.map((value, k) => (k % columns <= Math.floor(k / columns) ? value : 0)), plain, 1e-12, "JᵀJ");
  });
}

async function normalMatrix(context, notation) {
  const { executor, measureBoth } = context;
  const model = modelOf(notation);
  const { kept, count, release } = await place(context, model);
  const request = { forces: true, virial: false };
  const columns = columnCount(model.layout);
  verifySquare(context, notation, model, kept, request, columns);
  const { seconds, cpuSeconds } = await measureBoth(() => withScratch(executor.pool, (arena) => squareOf(executor, arena, model, kept, request, columns)));
  const nRows = kept.reduce((sum, { pairs }) => sum + parameterRowCount(request, pairs.nAtoms), 0);
  release();
  return { count, seconds, cpuSeconds, columns, rows: nRows, verified: true };
}

const notations = { pair: "G8", exp: "E[G8L4]", neighbors: "N[E[G8L4]]", product: "G8 x E[G8L4]", both: "E[G8L4] + N[E[G8L4]]", triplets: "T4[0,1,2]" };
export const cases = Object.entries(notations).flatMap(([name, notation]) => [
  { name: `composed-${name}-nb`, unit: "pair", run: (context) => evaluateKnown(context, notation) },
  { name: `composed-${name}-nb-search`, unit: "pair", run: (context) => evaluateSearched(context, notation) },
  { name: `composed-${name}-nb-rows`, unit: "pair", run: (context) => normalMatrix(context, notation) },
]);
