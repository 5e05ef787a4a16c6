import { eigenScratchBytes } from "../../linalg/eigen.js";
import { ResourceError } from "../../errors.js";
import type { Dataset } from "../../structures/dataset.js";
import { FLOPS_PER_SECOND, HOST_BYTES, LEARNING } from "../design/estimate.js";
import { SCRATCH } from "../design/reduction-memory.js";
import type { FitPlan, PlannedMemory } from "../fit-plan.js";
import type { FitRequest } from "../trainer.js";
import { plannedLandmarkMemory } from "./estimate-landmarks.js";
import { fitsForces, type KernelRidgeFit, resolveKernelFit, type ResolvedKernelFit } from "./schema.js";
import { type KernelFitShape, kernelFitShape } from "./shape.js";

/** Bytes of the factor in model files up to which error bars come without being asked for. */
export const ERROR_BAR_BYTES = 1e8;
/** What there is of WebAssembly memory. */
const LIMIT_BYTES = 2 ** 32;
/** Rows of a kernel matrix of energies and forces, at most. */
export const MAXIMUM_FORCE_ROWS = 15_000;
/** To describe one feature of one row, s: roughly, as for other models. */
const DESCRIBE_SECONDS = 2.5e-8;
/** Decomposition of a kernel matrix, on one thread: measured with 2000 structures. */
const DECOMPOSE_FLOPS_PER_SECOND = 6e9;

/** Memory for the matrices of length scales that are worked on at once. */
const SCAN_BYTES = 1.2e9;

/**
 * Length scales that are worked on at once: by the size of the problem alone.
 * @param others structures that are predicted but not fitted to
 */
export function lengthsAtOnce(n: number, lengths: number, others = 0): number {
  return Math.max(1, Math.min(lengths, Math.floor(SCAN_BYTES / (8 * n * (2 * n + others)))));
}

/** Structures of the validation data that a scan predicts. */
export function validatedCount({ fit: { regularization } }: ResolvedKernelFit, validation: Dataset | undefined): number {
  return typeof regularization === "object" && regularization.scan.by === "validation" ? (validation?.nStructures ?? 0) : 0;
}

/**
 * WebAssembly memory at the peak of a fit.
 * @param others structures that a scan predicts beside those that it fits
 */
export function plannedKernelMemory(options: ResolvedKernelFit, dataset: Dataset, threads: number, others = 0): PlannedMemory[] {
  const shape = kernelFitShape(options, dataset);
  const needed = options.fit.sparse ? plannedLandmarkMemory(options.fit.sparse, shape, dataset.nAtoms, threads) : plannedMatrixMemory(options, shape, { dataset, threads, others });
  const { learningBytes } = shape;
  return learningBytes > needed.reduce((sum, { bytes }) => sum + bytes, 0) ? [{ what: LEARNING, bytes: learningBytes }] : needed;
}

function plannedMatrixMemory(options: ResolvedKernelFit, shape: KernelFitShape, { dataset, threads, others }: { readonly dataset: Dataset; readonly threads: number; readonly others: number }): PlannedMemory[] {
  const { size, lengths } = shape;
  const rows = shape.rows.reduce((sum, count, t) => sum + 8 * count * shape.features[t], 0);
  const isScan = typeof options.fit.regularization === "object";
  const atOnce = isScan ? lengthsAtOnce(size, lengths, others) : 1;
  const otherRows = (rows * others) / Math.max(1, dataset.nStructures);
  return [
    { what: "rows of the training data", bytes: rows },
    { what: isScan ? "kernel matrices and their decompositions" : "kernel matrix", bytes: 8 * size * size * (isScan ? 2 * atOnce : 1) },
    ...(others > 0 ? [{ what: "rows and kernels of other data", bytes: otherRows + 8 * size * others * atOnce }] : []),
    { what: SCRATCH, bytes: threads * (isScan ? eigenScratchBytes(size) + 16 * size : 8 * 480 * 480 * (lengths + 1)) + 8e6 },
  ];
}

/**
 * Refuses what does not fit into memory before anything is computed.
 * @param others structures that a scan predicts beside those that it fits
 * @throws {ResourceError} with the remedy
 */
export function requireRoom(options: ResolvedKernelFit, dataset: Dataset, threads: number, others = 0): void {
  const { size } = kernelFitShape(options, dataset);
  if (fitsForces(options.fit) && size > MAXIMUM_FORCE_ROWS) {
    throw new ResourceError(`the kernel matrix of energies and forces would have ${size} rows, more than ${MAXIMUM_FORCE_ROWS}: use type: sparse-gp, or fewer structures`);
  }
  const bytes = plannedKernelMemory(options, dataset, threads, others).reduce((sum, part) => sum + part.bytes, 0);
  if (bytes <= LIMIT_BYTES) return;
  const isScan = typeof options.fit.regularization === "object";
  const remedy = isScan ? "scan a part of the data and give the λ that it finds, or choose landmarks with fit.sparse" : "choose landmarks with fit.sparse, or use type: sparse-gp";
  throw new ResourceError(`the fit needs ${(bytes / 1e9).toFixed(1)} GB of WebAssembly memory, which ends at 4 GiB: ${remedy}`);
}

/** Plans a fit: shapes, memory and roughly the time, without computing anything. */
export async function planKernelRidgeFit(request: KernelRidgeFit | FitRequest, dataset: Dataset, threads: number): Promise<FitPlan> {
  const options = resolveKernelFit(request);
  const shape = kernelFitShape(options, dataset);
  const memory = plannedKernelMemory(options, dataset, threads);
  const wasmBytes = memory.reduce((sum, { bytes }) => sum + bytes, 0);
  const { size, lengths, lambdas } = shape;
  const isScan = typeof options.fit.regularization === "object";
  const side = options.fit.sparse ? size / Math.max(1, shape.structures) : 0.5;
  const kernels = shape.rows.reduce((sum, rows, t) => sum + 2 * side * rows * rows * shape.features[t], 0) * (isScan ? 2 : 1);
  const decompositions = isScan ? lengths * ((8 / 3) * size ** 3 + 8 * lambdas * size * size) : 0;
  const solution = options.fit.sparse ? 2 * shape.structures * size * size : (2 / 3) * size ** 3;
  const describe = shape.rows.reduce((sum, rows, t) => sum + rows * shape.features[t] * DESCRIBE_SECONDS, 0);
  const toPredict = kernels * (isScan || options.fit.sparse ? 1 : 2); // of all structures with all: the matrix of a fit without a scan is half of it
  const perAtom = (describe + toPredict / FLOPS_PER_SECOND) / Math.max(1, dataset.nAtoms);
  const forces = size - shape.structures;
  return {
    targets: { energies: shape.structures, forceComponents: fitsForces(options.fit) ? forces : 0, virialComponents: 0 },
    outline: [
      ...options.model.terms.map(({ descriptor }, t) => ({ label: `term ${t + 1}`, text: `${descriptor.type}: ${shape.rows[t]} rows × ${shape.features[t]} features` })),
      { label: "kernel", text: `${size} × ${size}` },
      ...(isScan ? [{ label: "scan", text: `${lengths} length scales × ${lambdas} λ` }] : []),
    ],
    memory: [{ what: "program and data", bytes: HOST_BYTES }, ...memory],
    bytes: HOST_BYTES + wasmBytes,
    wasmBytes,
    flops: kernels + decompositions + solution,
    seconds: (describe + kernels / FLOPS_PER_SECOND + decompositions / DECOMPOSE_FLOPS_PER_SECOND + solution / FLOPS_PER_SECOND) / threads,
    predictionSeconds: { energy: perAtom, energyAndForces: 3 * perAtom },
  };
}

/** WebAssembly memory of one fit beside the scratch of the threads. */
export function estimateKernelRidgeBytes(request: KernelRidgeFit | FitRequest, dataset: Dataset, threads: number): number {
  const memory = plannedKernelMemory(resolveKernelFit(request), dataset, threads);
  return memory.filter(({ what }) => what !== SCRATCH).reduce((sum, { bytes }) => sum + bytes, 0);
}
