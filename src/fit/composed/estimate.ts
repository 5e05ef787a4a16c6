import { clusterFeatureCount } from "../../descriptors/cluster/basis.js";
import { packedTriangleBytes } from "../../linalg/packed-triangle.js";
import { qrScratchBytes } from "../../linalg/qr.js";
import { printNotation } from "../../models/composed/notation.js";
import { countParameters, layoutParameters } from "../../models/composed/parameters.js";
import { pairBytes } from "../../models/composed/pairs.js";
import { type ComposedForm, leavesOf } from "../../models/composed/tree.js";
import { estimateNeighborListBytes, expectedNeighbors } from "../../neighbors/estimate.js";
import { scratchSize } from "../../parallel/scratch-regions.js";
import type { Dataset } from "../../structures/dataset.js";
import { HOST_BYTES, FLOPS_PER_SECOND } from "../design/estimate.js";
import { SCRATCH } from "../design/reduction-memory.js";
import { describeRows } from "../design/summary.js";
import { BLOCK_ROWS } from "../least-squares/blocks.js";
import { strideOf } from "../least-squares/triangle.js";
import type { FitPlan, PlannedMemory } from "../fit-plan.js";
import { countTargets, rowCounts } from "../targets.js";
import { formOf } from "./fit.js";
import { targetBytes } from "./placed-targets.js";
import { countDescents } from "./projection-training.js";
import type { ComposedFit, ResolvedComposedFit } from "./schema.js";
import { resolveComposedFit } from "./schema.js";

/** Steps of a descent, as many as it takes on average, each with rows by the linear and by all parameters. */
const STEPS = 25;
/** s for each pair and column of the rows. */
const ROW_SECONDS = 1.5e-9;
/** s of energy and forces for each pair and function. */
const PREDICTION_SECONDS = 4e-9;

/** A data set as far as a plan can tell. */
interface DataShape {
  /** Unordered pairs of every structure. */
  readonly pairs: readonly number[];
  readonly atoms: readonly number[];
  readonly lists: readonly number[];
  readonly rows: readonly number[];
}

function shapeOf({ fit }: ResolvedComposedFit, { cutoff }: ComposedForm, dataset: Dataset): DataShape {
  const inputs = Array.from({ length: dataset.nStructures }, (_, i) => {
    const { atomicNumbers, cell, pbc } = dataset.structure(i);
    return { nAtoms: atomicNumbers.length, cell, pbc, cutoff: cutoff.radius };
  });
  return {
    pairs: inputs.map((input) => Math.round((input.nAtoms * expectedNeighbors(input)) / 2)),
    atoms: inputs.map(({ nAtoms }) => nAtoms),
    lists: inputs.map(estimateNeighborListBytes),
    rows: rowCounts(dataset, fit.sigma),
  };
}

/** Plans a fit: shapes, memory and roughly the time, without computing anything. */
export function planComposedFit(request: ComposedFit, dataset: Dataset, threads: number): FitPlan {
  const options = resolveComposedFit(request);
  const form = formOf(options.model);
  const targets = countTargets(dataset, options.fit.sigma);
  const nSpecies = dataset.species().length;
  const layout = layoutParameters(form, nSpecies);
  const { linear, nonLinear } = countParameters(layout);
  const shape = shapeOf(options, form, dataset);
  const total = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0);
  const [nRows, nPairs, nColumns] = [total(shape.rows), total(shape.pairs), linear + nonLinear];
  const needed = plannedMemory(shape, nColumns, threads);
  const descents = describeTraining(options, form, nSpecies);
  const flops = 2 * descents.passes * nRows * nColumns ** 2;
  const functions = leavesOf(form.root).reduce((sum, leaf) => sum + clusterFeatureCount(form.bases[leaf.basis], nSpecies) * (leaf.op === "linear" ? 1 : 1 + leaf.nExponents / 4), 0);
  const memory = [{ what: "program and data", bytes: HOST_BYTES }, ...needed];
  return {
    targets,
    outline: [
      { label: "potential", text: `${printNotation(form)}: ${linear} linear and ${nonLinear} non-linear parameters` },
      { label: "pairs", text: `${nPairs} within ${form.cutoff.radius} Å` },
      { label: "rows", text: describeRows(nRows, targets) },
      { label: "training", text: descents.text },
    ],
    memory,
    bytes: total(memory.map(({ bytes }) => bytes)),
    wasmBytes: total(needed.map(({ bytes }) => bytes)),
    flops,
    seconds: (flops / FLOPS_PER_SECOND + descents.passes * nPairs * nColumns * ROW_SECONDS) / threads,
    predictionSeconds: { energy: (0.5 * nPairs * functions * PREDICTION_SECONDS) / dataset.nAtoms, energyAndForces: (nPairs * functions * PREDICTION_SECONDS) / dataset.nAtoms },
  };
}

/** How often all rows are made, and that in words. */
function describeTraining({ fit }: ResolvedComposedFit, form: ComposedForm, nSpecies: number): { readonly passes: number; readonly text: string } {
  if (fit.start) return { passes: 2 * STEPS, text: "a descent from given values" };
  if (fit.method === "bipartite") {
    const { initialPoints, proposals, sweeps } = fit.bipartite;
    const { nonLinear } = countParameters(layoutParameters(form, nSpecies));
    return { passes: ((initialPoints + proposals) * nonLinear * (1 + sweeps)) / 2, text: `Bayesian searches in ${nonLinear} dimensions, up to ${sweeps} sweeps over ${leavesOf(form.root).length} terms` };
  }
  const descents = countDescents(form, nSpecies, fit.starts);
  const share = fit.startShare * fit.starts + 1;
  return { passes: 2 * STEPS * leavesOf(form.root).length * share, text: `${descents} descents by variable projection, ${fit.starts} starts of each term on ${(100 * fit.startShare).toFixed(0)} % of the structures` };
}

function plannedMemory({ pairs, atoms, lists, rows }: DataShape, nColumns: number, threads: number): PlannedMemory[] {
  const total = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0);
  const size = nColumns + 1;
  const room = Math.max(BLOCK_ROWS, ...rows);
  const reducing = atoms.map((nAtoms, i) => [
    packedTriangleBytes(size), 8 * room * strideOf(nColumns), qrScratchBytes(size, room),
    8 * (7 + 3 * nAtoms) * nColumns, 8 * nColumns * (pairs[i] + 8 * nAtoms),
  ]);
  const needs = [...reducing, ...lists.map((bytes) => [bytes])];
  return [
    { what: "pairs of all structures", bytes: total(atoms.map((nAtoms, i) => pairBytes(nAtoms, pairs[i]))) },
    { what: "targets", bytes: targetBytes(total(rows), rows.length) },
    { what: SCRATCH, bytes: (threads === 1 ? 1 : threads + 1) * Math.max(0, ...needs.map((allocations) => scratchSize(total(allocations)))) },
  ];
}

/** WebAssembly memory of one fit, roughly: scratch of the threads, which all work shares, is left out. */
export function estimateComposedBytes(request: ComposedFit, dataset: Dataset, threads: number): number {
  const options = resolveComposedFit(request);
  const form = formOf(options.model);
  const { parameters } = layoutParameters(form, dataset.species().length);
  return plannedMemory(shapeOf(options, form, dataset), parameters.length, threads).filter(({ what }) => what !== SCRATCH).reduce((sum, { bytes }) => sum + bytes, 0);
}
