import { clusterFeatureCount } from "../../descriptors/cluster/basis.js";
import { packedTriangleBytes } from "../../linalg/packed-triangle.js";
import { qrScratchBytes } from "../../linalg/qr.js";
import { printNotation } from "../../models/composed/notation.js";
import { countParameters, layoutParameters } from "../../models/composed/parameters.js";
import { pairBytes } from "../../models/composed/pairs.js";
import { type ComposedForm, isLeaf, leavesOf } from "../../models/composed/tree.js";
import { estimateNeighborListBytes, expectedNeighbors } from "../../neighbors/estimate.js";
import { scratchSize } from "../../parallel/scratch-regions.js";
import type { Dataset } from "../../structures/dataset.js";
import { HOST_BYTES } from "../design/estimate.js";
import { SCRATCH } from "../design/reduction-memory.js";
import { describeRows } from "../design/summary.js";
import { BLOCK_ROWS } from "../least-squares/blocks.js";
import { strideOf } from "../least-squares/triangle.js";
import type { FitPlan, PlannedMemory } from "../fit-plan.js";
import { countTargets, rowCounts } from "../targets.js";
import { countSearches } from "./bipartite-training.js";
import { formOf, requireRows } from "./fit.js";
import { targetBytes } from "./placed-targets.js";
import { countDescents } from "./projection-training.js";
import { type ComposedFit, type ResolvedComposedFit, resolveComposedFit } from "./schema.js";
import { subForm } from "./sub-form.js";

/** How often rows are made, on average: of a descent on all data, and on the share for each start. */
const PASSES = { descent: 30, start: 30 };
/** s for each unordered pair and column of the rows, with their QR, on one core: measured 1e-8 to 2e-8. */
const ROW_SECONDS = 1.5e-8;
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
  requireRows(layout, targets);
  const { linear, nonLinear } = countParameters(layout);
  const shape = shapeOf(options, form, dataset);
  const total = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0);
  const [nRows, nPairs, nColumns] = [total(shape.rows), total(shape.pairs), linear + nonLinear];
  const needed = plannedMemory(shape, nColumns, threads);
  const descents = describeTraining(options, form, nSpecies);
  const flops = 2 * descents.columns * nRows * nColumns;
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
    seconds: (descents.columns * nPairs * ROW_SECONDS) / threads,
    predictionSeconds: { energy: (0.5 * nPairs * functions * PREDICTION_SECONDS) / dataset.nAtoms, energyAndForces: (nPairs * functions * PREDICTION_SECONDS) / dataset.nAtoms },
  };
}

/** Columns of all rows that are made, and what is done in words. */
function describeTraining({ fit }: ResolvedComposedFit, form: ComposedForm, nSpecies: number): { readonly columns: number; readonly text: string } {
  const { parameters } = layoutParameters(form, nSpecies);
  if (fit.start) return { columns: PASSES.descent * parameters.length, text: "a descent from given values" };
  if (fit.method === "bipartite") {
    const { initialPoints, proposals, sweeps } = fit.bipartite;
    const { nonLinear } = countParameters(layoutParameters(form, nSpecies));
    const points = (initialPoints + proposals) * nonLinear * (isLeaf(form.root) ? 1 : 1 + sweeps);
    return { columns: points * parameters.length, text: `Bayesian searches in ${nonLinear} dimensions, up to ${countSearches(form, fit.bipartite)} of them` };
  }
  const descents = countDescents(form, nSpecies, fit.starts);
  const share = (100 * fit.startShare).toFixed(0);
  return { columns: columnsMade(form, nSpecies, fit), text: `${descents} descents by variable projection, ${fit.starts} starts of each term on ${share} % of the structures` };
}

/** Of a form and of its operands alone. */
function columnsMade(form: ComposedForm, nSpecies: number, fit: ResolvedComposedFit["fit"]): number {
  const layout = layoutParameters(form, nSpecies);
  const { root } = form;
  const own = layout.parameters.length * (2 * PASSES.descent + fit.starts * fit.startShare * PASSES.start);
  if (isLeaf(root)) return own;
  return [root.left, root.right].reduce((sum, operand) => sum + columnsMade(subForm(form, layout, operand, nSpecies).form, nSpecies, fit), own);
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
