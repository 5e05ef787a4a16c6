// Values of another program for kernel ridge regression with energies and forces, and for a scan of energies alone.
import { fitKernelRidge, type KernelRidgeFit } from "../../src/fit/index.js";
import { kernelDerivatives, type KernelParameters } from "../../src/kernels/index.js";
import { addDerivativeKernels, type StackedCenter } from "../../src/models/kernel-ridge/derivative-kernel.js";
import { evaluateStructure, type KernelRidgeModel } from "../../src/models/index.js";
import type { Executor } from "../../src/parallel/index.js";
import { Dataset, type Structure } from "../../src/structures/index.js";
import { withScratch } from "../../src/wasm/scratch.js";
import { kernelResults } from "../kernels/kernel-results.js";
import { makeStructure } from "../models/systems.js";
import type { Comparisons } from "./comparisons.js";

/** Clusters of four atoms with a kernel δ² exp(−|D − D′|²/(2σ²)) of the six inverse distances. */
export interface KernelRidgeFile {
  readonly sigma: number;
  readonly delta2: number;
  readonly sE: number;
  readonly sF: number;
  readonly mean: number;
  /** Coefficients: of all energies, then of ∂E/∂r structure by structure, atom by atom. */
  readonly alpha: readonly number[];
  /** Of the first energy and of the first derivative, without δ². */
  readonly kernel_row0: readonly number[];
  readonly kernel_row_force0: readonly number[];
  readonly log_evidence: number;
  readonly loo_residuals: readonly number[];
  readonly positions: readonly number[][][];
  readonly energies: readonly number[];
  readonly forces: readonly number[][][];
  readonly test_positions: readonly number[][][];
  readonly test_energies: readonly number[];
  readonly test_forces: readonly number[][][];
  readonly test_energy_variance: readonly number[];
  readonly scan_energy_only: readonly { readonly sigma: number; readonly lambda_: number; readonly loo_rms: number; readonly log_evidence: number }[];
}

type Job = { readonly reference: KernelRidgeFile; readonly file: string; readonly executor: Executor; readonly comparisons: Comparisons };

/** Every number of a file: kernels of plain rows, then fits and predictions as users make them. */
export async function compareKernelRidge(job: Job): Promise<void> {
  compareKernels(job);
  await compareFit(job);
  await compareScan(job);
}

function compareKernels({ reference, file, executor, comparisons }: Job): void {
  const clusters = reference.positions.map(inverseDistances);
  const rows = clusters.map(({ values }) => values);
  const directions = clusters.flatMap(({ jacobian }) => jacobian);
  const groups = clusters.map(() => 4);
  const kernel: KernelParameters = { type: "squared-exponential", lengthScale: reference.sigma, delta: 1 };
  const first = kernelResults(executor, kernel, { rows, points: [rows[0]], coefficients: [1], directions, groups });
  comparisons.compare("squared-exponential kernel, values and derivatives", file, [...first.values, ...first.directional], reference.kernel_row0, 1e-12);
  const all = stackOf(clusters, 0, clusters.length);
  const one = stackOf(clusters, 0, 1);
  const size = reference.alpha.length;
  const values = new Float64Array(13 * size);
  withScratch(executor.pool, (arena) => {
    const place = (stack: typeof all): number => {
      const pointer = arena.f64(stack.values.length);
      executor.wasm.f64(pointer, stack.values.length).set(stack.values);
      return pointer;
    };
    const [a, b] = [one, all].map((stack) => ({ pointer: place(stack), rows: stack.values.length / 6, nFeatures: 6, centers: stack.centers }));
    addDerivativeKernels(executor.wasm, kernelDerivatives(kernel)!, a, b, { values, stride: size, firstRow: 0, firstColumn: 0 }, arena);
  });
  comparisons.compare("kernel of energies and forces", file, values.slice(0, size), reference.kernel_row0, 1e-12);
  comparisons.compare("kernel of energies and forces", file, values.slice(size, 2 * size), reference.kernel_row_force0, 1e-12);
}

interface Cluster {
  readonly values: number[];
  readonly jacobian: number[][];
}

/** Energies first, then derivatives; a stack of one cluster has its own numbers. */
function stackOf(clusters: readonly Cluster[], first: number, last: number): { values: number[]; centers: StackedCenter[] } {
  const part = clusters.slice(first, last);
  const centers = part.map((_, i): StackedCenter => ({
    first: 13 * i, count: 12, kind: 0, energy: i, derivatives: Int32Array.from({ length: 12 }, (_, d) => part.length + 12 * i + d),
  }));
  return { values: part.flatMap(({ values, jacobian }) => [...values, ...jacobian.flat()]), centers };
}

/** 1/r of the pairs 01 02 03 12 13 23 of four atoms, and its derivatives in their coordinates: 12 rows. */
function inverseDistances(positions: readonly number[][]): Cluster {
  const pairs = [[0, 1], [0, 2], [0, 3], [1, 2], [1, 3], [2, 3]] as const;
  const values = pairs.map(([i, j]) => 1 / Math.hypot(...[0, 1, 2].map((k) => positions[i][k] - positions[j][k])));
  const jacobian = [0, 1, 2, 3].flatMap((atom) =>
    [0, 1, 2].map((k) =>
      pairs.map(([i, j], p) => (atom === i || atom === j ? (atom === i ? -1 : 1) * (positions[i][k] - positions[j][k]) * values[p] ** 3 : 0)),
    ),
  );
  return { values, jacobian };
}

/** The Coulomb matrix of hydrogen atoms holds every inverse distance twice, so that lengths are √2 longer. */
function requestOf(lengthScale: number, delta: number, fit: KernelRidgeFit["fit"]): KernelRidgeFit {
  const kernel = { type: "squared-exponential", lengthScale: Math.SQRT2 * lengthScale, delta } as const;
  const descriptor = { type: "coulomb-matrix", permutation: "none" } as { type: "coulomb-matrix" };
  return { model: { type: "kernel-ridge", isolatedAtomEnergies: "none", terms: [{ descriptor, kernel }] }, fit };
}

function structureOf(positions: readonly number[][], label: string, energy?: number, forces?: readonly number[][]): Structure {
  const atoms = { atomicNumbers: new Uint8Array(4).fill(1), positions: Float64Array.from(positions.flat()), cell: null, pbc: [false, false, false] as const, label };
  return makeStructure(atoms, { ...(energy !== undefined && { energy }), ...(forces && { forces: Float64Array.from(forces.flat()) }) });
}

function datasetOf({ positions, energies, forces }: KernelRidgeFile): Dataset {
  return Dataset.from(positions.map((own, i) => structureOf(own, `cluster ${i}`, energies[i], forces[i])));
}

async function compareFit({ reference, file, executor, comparisons }: Job): Promise<void> {
  const sigma = { energy: reference.sE, forces: reference.sF, perAtom: false };
  const request = requestOf(reference.sigma, Math.sqrt(reference.delta2), { sigma, errorBars: true });
  const { model, summary, leftOutResiduals } = await fitKernelRidge(request, datasetOf(reference), executor);
  const name = "kernel ridge regression";
  const n = reference.energies.length;
  comparisons.compare(`${name}, coefficients`, file, model.targets[0].coefficients, reference.alpha.slice(0, n), 1e-8);
  comparisons.compare(`${name}, mean`, file, [model.targets[0].mean], [reference.mean], 1e-13);
  comparisons.compare(`${name}, evidence`, file, [summary.logEvidence!], [reference.log_evidence], 1e-6);
  comparisons.compare(`${name}, rows left out`, file, leftOutResiduals, reference.loo_residuals, 1e-8);
  await comparePredictions(model, { reference, file, executor, comparisons });
}

async function comparePredictions(model: KernelRidgeModel, { reference, file, executor, comparisons }: Job): Promise<void> {
  const want = { forces: true, errorBars: true };
  const found = await Promise.all(reference.test_positions.map((own, t) => evaluateStructure(model, structureOf(own, `test ${t}`), executor, { want })));
  const name = "kernel ridge regression";
  comparisons.compare(`${name}, energies`, file, found.map(({ energy }) => energy), reference.test_energies, 1e-9);
  comparisons.compare(`${name}, forces`, file, found.flatMap(({ forces }) => [...forces!]), reference.test_forces.flat(2), 1e-9);
  comparisons.compare(`${name}, variances`, file, found.map(({ energyVariance }) => energyVariance!), reference.test_energy_variance, 1e-9);
}

async function compareScan({ reference, file, executor, comparisons }: Job): Promise<void> {
  for (const sigma of new Set(reference.scan_energy_only.map((point) => point.sigma))) {
    const points = reference.scan_energy_only.filter((point) => point.sigma === sigma);
    const fit = { regularization: { scan: { lambda: points.map(({ lambda_ }) => lambda_) } } };
    const { summary } = await fitKernelRidge(requestOf(sigma, 1, fit), datasetOf(reference), executor);
    comparisons.compare("kernel ridge regression, scan: errors left out", file, summary.scan!.map(({ leaveOneOut }) => leaveOneOut[0]), points.map(({ loo_rms }) => loo_rms), 1e-7);
    comparisons.compare("kernel ridge regression, scan: evidence", file, summary.scan!.map(({ logEvidence }) => logEvidence), points.map(({ log_evidence }) => log_evidence), 1e-6);
  }
}
