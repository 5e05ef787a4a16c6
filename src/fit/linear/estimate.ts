import { descriptorCost } from "../../descriptors/registry.js";
import { QUADRATIC_ROWS } from "../../models/linear/term-rows.js";
import type { Executor } from "../../parallel/executor.js";
import type { Dataset } from "../../structures/dataset.js";
import {
  centersIn, checkpointMemory, derivativeNeeds, DERIVATIVES, describeNeeds, describeSeconds, descriptorTables, FLOPS_PER_SECOND, HOST_BYTES, learningMemory, termShape, type TermShape,
} from "../design/estimate.js";
import { reductionMemory, reductionScratch, SCRATCH, writersOutline } from "../design/reduction-memory.js";
import { requireMemory } from "../design/require-memory.js";
import { describeRows } from "../design/summary.js";
import { splitBlocks } from "../least-squares/blocks.js";
import { chainCount } from "../least-squares/chains.js";
import { triangleBytes } from "../least-squares/triangle.js";
import { needsDerivatives } from "../sigma.js";
import { sigmaOf } from "../structure-sigma.js";
import { countTargets, rowCount, rowCounts } from "../targets.js";
import { defaultBlockRows } from "../../select/active-set.js";
import { ADDRESSABLE_BYTES } from "../../wasm/memory.js";
import type { FitPlan, PlannedMemory } from "../fit-plan.js";
import { type ColumnLayout, layOutColumns, requireAddressable } from "./columns.js";
import { planByAtoms } from "./reach/possible-columns.js";
import { hasIntercept, type LinearFit, type ResolvedLinearFit, resolveLinearFit } from "./schema.js";
import { estimateSolver } from "./solver-estimate.js";

/**
 * Operations per second of Jacobians with their folding, as descriptors count them. Measured on one core, silicon: 10e9 for a bispectrum with 55
 * features, 7 to 9e9 for SOAP with 147 and 324, 6e9 for soap_turbo with 252, 4e9 for ACE with 120.
 */
const JACOBIAN_FLOPS_PER_SECOND = 7e9;
/** Of one element of a Jacobian (pair × direction × feature), where its operations are not counted. */
const JACOBIAN_SECONDS = 0.5e-8;

/** Of the search for an active set, for each environment and squared number of columns, on one thread: silicon, 55 to 1595 columns. */
const ACTIVE_SET_SECONDS = 2e-9;
/** Numbers that the search works in: matrices of the rows of a block, and of the size of the set. */
const ACTIVE_SET_BLOCKS = 3;
const ACTIVE_SET_MATRICES = 6;

/** What a linear fit will take, before it is run. */
export interface LinearFitPlan extends FitPlan {
  /** Rows × columns of the design matrix, which is never held as a whole. */
  readonly rows: number;
  /** Coefficients of all terms, and intercepts. */
  readonly columns: number;
  /** Of these, what structures can reach with the atoms that they have: the others are left out before anything is computed. */
  readonly reachedColumns: number;
  /** Parts that the rows are factored in. */
  readonly blocks: number;
}

interface LinearTermShape extends TermShape {
  readonly quadratic: boolean;
}

/** A fit as far as a plan can tell. */
interface LinearShape {
  readonly terms: readonly LinearTermShape[];
  readonly layout: ColumnLayout;
  /** Columns that rows are reduced in, at most. */
  readonly reached: number;
  /** Of the arithmetic of the rows that groups of columns leave. */
  readonly share: number;
  readonly hasGroups: boolean;
}

/**
 * Plans a fit: shapes, memory and roughly the time, without computing anything.
 * @param room bytes of the WebAssembly memory: where it is short, fewer tasks run at once
 * @throws {InvalidParameterError} also for a model without coefficients, or with more than a fit can hold
 */
export function planLinearFit(request: LinearFit, dataset: Dataset, threads: number, room = ADDRESSABLE_BYTES): LinearFitPlan {
  const options = resolveLinearFit(request);
  const { sigma } = options.fit;
  const targets = countTargets(dataset, sigma);
  const shape = shapeOf(options, dataset);
  const { terms, layout, reached } = shape;
  const { nColumns } = layout;
  const blocks = splitBlocks(rowCounts(dataset, sigma));
  const rows = blocks.reduce((sum, { nRows }) => sum + nRows, 0);
  const { needed, writers } = plannedMemory(options, shape, dataset, { threads, room });
  const wasmBytes = needed.reduce((sum, { bytes }) => sum + bytes, 0);
  const solver = estimateSolver(options.fit, reached);
  // the covariance of the model has the columns that were left out
  const hostBytes = solver.hostBytes + (options.fit.errorBars ? 8 * (nColumns ** 2 - reached ** 2) : 0);
  const work = workOf(options, shape, rows, blocks.length, dataset);
  const describe = describeSeconds(terms);
  const products = terms.reduce((sum, { nCenters, nFeatures, quadratic }) => sum + (quadratic ? 2 * nCenters * nFeatures ** 2 : 0), 0) / FLOPS_PER_SECOND;
  const activeSets = options.fit.activeSet ? describe + ACTIVE_SET_SECONDS * dataset.nAtoms * widestSpecies(layout) ** 2 : 0;
  const rowSeconds = (2 * rows * reached ** 2) / FLOPS_PER_SECOND + work.jacobianSeconds;
  const leftOut = options.fit.crossValidation === "none" ? 0 : rowSeconds + describe;
  const seconds =
    ((work.flops + solver.shared) / FLOPS_PER_SECOND + work.jacobianSeconds + describe + leftOut) / threads + solver.serial / FLOPS_PER_SECOND + activeSets;
  const host = [{ what: "program and data", bytes: HOST_BYTES }, { what: "solver and covariance", bytes: hostBytes }, ...checkpointMemory(reached, seconds)];
  const memory = [...host, ...needed];
  return {
    targets,
    outline: [
      ...terms.map(({ descriptor, nFeatures, nCenters, quadratic }, t) => ({
        label: `term ${t + 1}`,
        text: `${descriptor.name}: ${nCenters} environments × ${nFeatures} features${quadratic ? " and their products" : ""}, ${countColumns(shape, t)} coefficients`,
      })),
      { label: "rows", text: describeRows(rows, targets) },
      { label: "columns", text: reached === nColumns ? String(nColumns) : `${nColumns}, of which the atoms of the structures can reach ${reached}` },
      ...writersOutline({ threads, blocks }, writers),
    ],
    rows,
    columns: nColumns,
    reachedColumns: reached,
    blocks: blocks.length,
    memory,
    bytes: memory.reduce((sum, { bytes }) => sum + bytes, 0),
    wasmBytes,
    flops: work.flops + solver.serial + solver.shared,
    seconds,
    predictionSeconds: { energy: (describe + products) / dataset.nAtoms, energyAndForces: (DERIVATIVES * describe + products) / dataset.nAtoms },
  };
}

/**
 * WebAssembly memory of one fit, roughly: scratch of the threads, which all work shares, is left out.
 * @throws {InvalidParameterError}
 */
export function estimateLinearBytes(request: LinearFit, dataset: Dataset, threads: number): number {
  const options = resolveLinearFit(request);
  const { needed } = plannedMemory(options, shapeOf(options, dataset), dataset, { threads, room: ADDRESSABLE_BYTES });
  return needed.filter(({ what }) => what !== SCRATCH).reduce((sum, { bytes }) => sum + bytes, 0);
}

/**
 * Refuses a fit that there is no memory for, before rows are reduced.
 * @param reached columns that rows are reduced in
 * @throws {ResourceError}
 */
export function requireLinearMemory(options: ResolvedLinearFit, dataset: Dataset, { pool, threads }: Executor, reached: number, hasGroups: boolean): void {
  const terms = options.model.terms.map((term) => ({ ...termShape(term, dataset), quadratic: term.quadratic }));
  const layout = layOutColumns(terms, dataset.species(), hasIntercept(options.model));
  const needed = (columns: number): readonly PlannedMemory[] => {
    const nColumns = Math.round((layout.nColumns * columns) / Math.max(1, reached));
    const shape = { terms, layout: { ...layout, nColumns }, reached: columns, share: 1, hasGroups };
    return plannedMemory(options, shape, dataset, { threads, room: pool.bytesObtainable }).needed;
  };
  requireMemory(pool, { columns: reached, what: "coefficients", needed });
}

function shapeOf({ model, fit }: ResolvedLinearFit, dataset: Dataset): LinearShape {
  const terms = model.terms.map((term) => ({ ...termShape(term, dataset), quadratic: term.quadratic }));
  const layout = layOutColumns(terms, dataset.species(), hasIntercept(model));
  const { nColumns: reached, share, groups } = planByAtoms(terms, layout, dataset, rowCounts(dataset, fit.sigma)) ?? { nColumns: 0, share: 1, groups: [] };
  requireAddressable(layout, reached);
  return { terms, layout, reached, share, hasGroups: groups.length > 0 };
}

function countColumns({ layout }: LinearShape, term: number): number {
  const { blocks, width } = layout.terms[term];
  return blocks.length * width;
}

/** What a fit runs on: threads, and bytes of the WebAssembly memory. */
interface Machine {
  readonly threads: number;
  readonly room: number;
}

/** @returns also the tasks that write rows at once */
function plannedMemory(
  { fit }: ResolvedLinearFit,
  { terms, layout, reached, hasGroups }: LinearShape,
  dataset: Dataset,
  { threads, room }: Machine,
): { readonly needed: readonly PlannedMemory[]; readonly writers: number } {
  const { sigma, activeSet, crossValidation } = fit;
  const reduction = { columns: reached, writtenColumns: layout.nColumns, blocks: splitBlocks(rowCounts(dataset, sigma)), threads };
  const needs = terms.flatMap((term, t) => rowNeeds(term, layout.terms[t].width, dataset, needsDerivatives(sigma)));
  const largest = Math.max(0, ...reduction.blocks.map(({ nRows }) => nRows));
  const solver = estimateSolver(fit, reached);
  const tables = descriptorTables(terms, dataset.species());
  const groups = hasGroups ? [{ what: "triangular factors of groups of columns", bytes: triangleBytes(reached) }] : [];
  const roomOfRows = room - sumOf([tables, ...groups]);
  const reducing = [...reductionMemory(reduction, roomOfRows), ...groups];
  const given = sumOf(reducing);
  const lateNeeds = [
    [...solver.scratch],
    ...(activeSet ? [activeSetNeeds(layout)] : []),
    ...(crossValidation === "none" ? [] : [[8 * largest * (reached + 1), 8 * largest ** 2]]),
  ];
  const held = [tables, ...reducing, ...(solver.poolBytes > given ? [{ what: "solver, beyond the memory of the rows", bytes: solver.poolBytes - given }] : [])];
  const tasks = { rowNeeds: needs, singleNeeds: lateNeeds, nStructures: dataset.nStructures };
  const { bytes, writers } = reductionScratch(reduction, tasks, roomOfRows, room - sumOf(held));
  const reduced = [...held, { what: SCRATCH, bytes }];
  const learning = [tables, ...learningMemory(terms, dataset.species())];
  return { needed: sumOf(learning) > sumOf(reduced) ? learning : reduced, writers };
}

function sumOf(memory: readonly PlannedMemory[]): number {
  return memory.reduce((sum, { bytes }) => sum + bytes, 0);
}

/** Most columns of one species of centers. */
function widestSpecies({ terms }: ColumnLayout): number {
  const species = new Set(terms.flatMap(({ blocks }) => blocks));
  return Math.max(...Array.from(species, (own) => terms.reduce((sum, { blocks, width }) => sum + (blocks.includes(own) ? width : 0), 0)));
}

function activeSetNeeds(layout: ColumnLayout): number[] {
  const width = widestSpecies(layout);
  return [8 * width * (ACTIVE_SET_BLOCKS * (defaultBlockRows(width) + width) + ACTIVE_SET_MATRICES * width)];
}

/** Allocations of the task that writes the rows of a structure: environments, and Jacobians of some centers. */
function rowNeeds(term: LinearTermShape, width: number, dataset: Dataset, hasDerivatives: boolean): number[][] {
  return describeNeeds(term, dataset).map(([list, values, state, work], i) => {
    const centers = centersIn(term, dataset, i);
    const energies = term.quadratic ? 8 * Math.min(QUADRATIC_ROWS, centers.nCenters) * width : 0;
    if (!hasDerivatives) return [list, values, state, Math.max(work, energies)];
    const [jacobian, folded, products] = derivativeNeeds(term, centers, width);
    return [list, values, state, 8 * width, jacobian, folded, Math.max(work, term.quadratic ? products : 0)];
  });
}

interface Work {
  readonly flops: number;
  /** On one thread. */
  readonly jacobianSeconds: number;
}

/** Updates and merges of the triangles, products of columns, and Jacobians. */
function workOf({ fit: { sigma } }: ResolvedLinearFit, { terms, layout, reached, share }: LinearShape, rows: number, nBlocks: number, dataset: Dataset): Work {
  const merges = chainCount(reached + 1, nBlocks) - 1;
  let products = 0;
  const extents = terms.map(() => ({ nCenters: 0, nPairs: 0 }));
  for (let i = 0; i < dataset.nStructures; i++) {
    const own = sigmaOf(dataset, i, sigma);
    if (rowCount(own) === 0 || (own.forces === null && own.virial === null)) continue;
    for (const [t, term] of terms.entries()) {
      const { nCenters, nPairs } = centersIn(term, dataset, i);
      extents[t].nCenters += nCenters;
      extents[t].nPairs += nPairs;
      if (term.quadratic) products += 9 * nPairs * layout.terms[t].width;
    }
  }
  const flops = 2 * share * rows * reached ** 2 + (merges * 2 * reached ** 3) / 3 + products;
  const nSpecies = dataset.species().length;
  const jacobianSeconds = terms.map(({ descriptor, nFeatures }, t) => {
    const counted = descriptorCost(descriptor.name)?.arithmetic?.(descriptor.parameters, { nSpecies, ...extents[t] });
    return counted ? counted.jacobian / JACOBIAN_FLOPS_PER_SECOND : 3 * extents[t].nPairs * nFeatures * JACOBIAN_SECONDS;
  });
  return { flops, jacobianSeconds: jacobianSeconds.reduce((sum, seconds) => sum + seconds, 0) };
}
