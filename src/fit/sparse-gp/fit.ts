import { requireCenterRows } from "../../descriptors/rows.js";
import { createDescriptor } from "../../descriptors/registry.js";
import type { Descriptor, DescriptorTables } from "../../descriptors/descriptor.js";
import { InvalidParameterError } from "../../errors.js";
import { prepareKernelPoints } from "../../kernels/registry.js";
import { matrix } from "../../linalg/matrix.js";
import { seededRandom } from "../../math/random.js";
import type { CachedEnvironments, DescribedStructures } from "../../environments/cache/environment-cache.js";
import type { Provenance } from "../../models/model-type.js";
import { SparseGpModel } from "../../models/sparse-gp/model.js";
import type { SparseGpTerm } from "../../models/sparse-gp/term.js";
import { type Executor, throwIfAborted } from "../../parallel/executor.js";
import { Holdings } from "../../parallel/holdings.js";
import type { ProgressListener } from "../../parallel/progress.js";
import { centerNumbers } from "../../environments/center-selection.js";
import type { EnvironmentSource } from "../../environments/collect.js";
import { selectSparsePoints, type SparseSelection } from "../../select/sparse-points.js";
import { symbolOf } from "../../structures/periodic-table.js";
import type { Dataset } from "../../structures/dataset.js";
import { findIsolatedAtomEnergies, type IsolatedAtomEnergies } from "../isolated-atoms.js";
import { type FitOptions, type ResolvedFit, resolveFit, type SparseGpFit, type SparseGpTermOptions } from "../schema.js";
import { countTargets, type TargetCounts } from "../targets.js";
import { splitBlocks, targetsOf } from "./blocks.js";
import { chainCount, reduceBlocks } from "./chains.js";
import type { FitPlan, FitTermPlan } from "./plan.js";
import { clearTriangle, regularize, solveTriangle, type Triangle } from "./tasks.js";

export interface FitContext {
  readonly signal?: AbortSignal;
  readonly onProgress?: ProgressListener;
  /** Stored in the model; `options` are filled in. */
  readonly provenance?: Provenance;
  /** Where described environments of the data set may be found; without it, they are described structure by structure. */
  readonly environments?: CachedEnvironments;
}

export interface SparseGpFitSummary {
  readonly structures: number;
  readonly atoms: number;
  readonly targets: TargetCounts;
  readonly isolatedAtomEnergies: Readonly<Record<string, number>>;
  readonly isolatedAtomSource: IsolatedAtomEnergies["source"];
  readonly terms: readonly {
    readonly descriptor: string;
    readonly nFeatures: number;
    readonly nSparse: number;
    readonly method: string;
    /** Different environments that the sparse points were chosen from. */
    readonly candidates: number;
    readonly sources: readonly EnvironmentSource[];
  }[];
  /** Root mean square of residual/σ over all targets and the prior: about 1 where the σ describe the errors. */
  readonly weightedResidual: number;
  readonly seconds: { readonly select: number; readonly design: number; readonly solve: number };
  readonly peakWasmBytes: number;
}

export interface SparseGpFitResult {
  readonly model: SparseGpModel;
  readonly summary: SparseGpFitSummary;
}

/** A term whose sparse points are chosen. */
interface SelectedTerm {
  readonly options: SparseGpTermOptions;
  readonly descriptor: Descriptor;
  readonly plan: DescriptorTables;
  readonly described: DescribedStructures | undefined;
  readonly centers: readonly number[] | null;
  readonly selection: SparseSelection;
}

/**
 * Fits a sparse Gaussian process to energies, forces and virials: minimises |Λ^−½ (K_NM c − y)|² + cᵀ K_MM c (subset of regressors),
 * by a QR decomposition of [Lᵀ; Λ^−½ K_NM] that takes the rows block by block. Bartók, Csányi, IJQC 115, 1051 (2015), 10.1002/qua.24927;
 * Foster et al., JMLR 10, 857 (2009) for the solution by QR. The same bits for any number of threads.
 * @throws {InvalidParameterError} for targets, species or isolated-atom energies that the data does not have;
 * {NumericalError} when the kernel matrix is not positive definite; {CancelledError}
 */
export async function fitSparseGp(
  request: SparseGpFit,
  dataset: Dataset,
  executor: Executor,
  context: FitContext = {},
): Promise<SparseGpFitResult> {
  const { signal } = context;
  throwIfAborted(signal);
  const options = resolveFit(request);
  const species = dataset.species();
  if (species.length === 0) throw new InvalidParameterError("the training data has no atoms");
  const targets = countTargets(dataset, options.fit.sigma);
  const isolated = findIsolatedAtomEnergies(options.model.isolatedAtomEnergies, dataset, species);
  const holdings = new Holdings(executor);
  try {
    const started = performance.now();
    const terms = await selectTerms(options, species, dataset, executor, context, holdings);
    const selected = performance.now();
    const nColumns = terms.reduce((sum, { selection }) => sum + selection.count, 0);
    const blocks = splitBlocks(dataset, options.fit.sigma);
    const stride = nColumns + 1 + ((nColumns + 1) % 2);
    const triangles = await makeTriangles(executor, holdings, nColumns + 1, stride, chainCount(nColumns + 1, blocks.length), signal);
    const plan: FitPlan = {
      species,
      nColumns,
      stride,
      terms: await planTerms(terms, species, options.fit.jitter, triangles[0], executor, holdings, signal),
    };
    const source = {
      count: blocks.length,
      maximumRows: Math.max(...blocks.map(({ nRows }) => nRows)),
      rows: (index: number) => blocks[index].nRows,
      structures: (index: number) =>
        blocks[index].structures.map((i) => ({
          ...targetsOf(dataset, i, options.fit.sigma, species, isolated.values),
          described: terms.map(({ described }) => described?.of(i) ?? null),
        })),
    };
    await reduceBlocks(plan, source, triangles, { executor, signal, onProgress: context.onProgress });
    const reduced = performance.now();
    const { coefficients, residual } = await executor.submit(solveTriangle, triangles[0], { signal, label: "coefficients" });
    const model = new SparseGpModel({
      species,
      isolatedAtomEnergies: isolated.values,
      terms: modelTerms(terms, plan, coefficients),
      provenance: { ...context.provenance, options: { model: options.model, fit: options.fit, seed: options.seed } },
    });
    const nTargets = targets.energies + targets.forceComponents + targets.virialComponents;
    const seconds = { select: selected - started, design: reduced - selected, solve: performance.now() - reduced };
    const summary: SparseGpFitSummary = {
      structures: dataset.nStructures,
      atoms: dataset.nAtoms,
      targets,
      isolatedAtomEnergies: Object.fromEntries(species.map((atomicNumber, i) => [symbolOf(atomicNumber), isolated.values[i]])),
      isolatedAtomSource: isolated.source,
      terms: terms.map(({ options: term, plan: { nFeatures }, selection }) => ({
        descriptor: term.descriptor.type,
        nFeatures,
        nSparse: selection.count,
        method: term.sparse.method,
        candidates: selection.candidates,
        sources: selection.sources,
      })),
      weightedResidual: residual / Math.sqrt(nTargets),
      seconds: { select: seconds.select / 1e3, design: seconds.design / 1e3, solve: seconds.solve / 1e3 },
      peakWasmBytes: executor.pool.peakBytes,
    };
    return { model, summary };
  } finally {
    holdings.release();
  }
}

async function selectTerms(
  { model, fit, seed }: ResolvedFit,
  species: readonly number[],
  dataset: Dataset,
  executor: Executor,
  { signal, onProgress, environments }: FitContext,
  holdings: Holdings,
): Promise<SelectedTerm[]> {
  const random = seededRandom(seed);
  const terms: SelectedTerm[] = [];
  for (const options of model.terms) {
    let descriptor = createDescriptor(options.descriptor);
    requireCenterRows(descriptor, "the local energies of a potential");
    const centers = options.centers ? centerNumbers(options.centers, species) : null;
    const described = await environments?.describe({ descriptor, species, centers, withState: needsDerivatives(fit) }, signal);
    if (described) ({ descriptor } = holdings.keep(described));
    const { tables: plan } = described ?? holdings.keep(descriptor.prepare(executor.wasm, executor.pool, species));
    const term = { descriptor: plan, species, centers, sparse: options.sparse, described };
    const selection = await selectSparsePoints(term, dataset, random, { executor, signal, onProgress });
    if (selection.count === 0) throw new InvalidParameterError(`term ${terms.length + 1} of the model has no sparse points: raise sparse.count`);
    terms.push({ options, descriptor, plan, described, centers, selection });
  }
  return terms;
}

function needsDerivatives({ sigma }: FitOptions): boolean {
  return [sigma, ...Object.values(sigma.configTypes)].some(({ forces, virial }) => forces !== undefined || virial !== undefined);
}

async function makeTriangles(
  executor: Executor,
  holdings: Holdings,
  size: number,
  stride: number,
  count: number,
  signal: AbortSignal | undefined,
): Promise<Triangle[]> {
  const triangles = Array.from({ length: count }, () => {
    const { pointer } = holdings.allocate(8 * size * stride, "triangular factor of the fit");
    return { pointer, size, stride };
  });
  await executor.map(clearTriangle, triangles, { signal });
  return triangles;
}

/** Puts the sparse points in shared memory, and the prior of the coefficients into the first triangle. */
async function planTerms(
  terms: readonly SelectedTerm[],
  species: readonly number[],
  jitter: number,
  triangle: Triangle,
  executor: Executor,
  holdings: Holdings,
  signal: AbortSignal | undefined,
): Promise<FitTermPlan[]> {
  const { wasm } = executor;
  const plans: FitTermPlan[] = [];
  let firstColumn = 0;
  for (const { options, plan, centers, selection } of terms) {
    const { nFeatures } = plan;
    const nSparse = selection.count;
    const points = holdings.allocate(8 * nSparse * nFeatures, "sparse points");
    wasm.f64(points.pointer, nSparse * nFeatures).set(selection.values);
    const { kernel } = options;
    const rows = matrix(points.pointer, nSparse, nFeatures);
    const kernelPoints = prepareKernelPoints(wasm, kernel, rows, false, (bytes) => holdings.allocate(bytes, "sparse points").pointer);
    const input = { kernel, jitter, points: points.pointer, nSparse, nFeatures, triangle, firstColumn };
    await executor.submit(regularize, input, { signal, label: "kernel matrix of the sparse points" });
    plans.push({
      descriptor: plan,
      kernel,
      centers: centers && centers.map((atomicNumber) => species.indexOf(atomicNumber)),
      nSparse,
      firstColumn,
      points: kernelPoints,
    });
    firstColumn += nSparse;
  }
  return plans;
}

function modelTerms(terms: readonly SelectedTerm[], plan: FitPlan, coefficients: Float64Array): SparseGpTerm[] {
  return terms.map(({ options, descriptor, centers, selection }, t) => {
    const { firstColumn, nSparse } = plan.terms[t];
    return {
      descriptor,
      kernel: options.kernel,
      centers,
      sparsePoints: selection.values,
      coefficients: coefficients.slice(firstColumn, firstColumn + nSparse),
    };
  });
}
