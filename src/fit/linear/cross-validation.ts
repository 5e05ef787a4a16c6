import { InvalidParameterError } from "../../errors.js";
import { matrix, rowBlock } from "../../linalg/matrix.js";
import { gemm } from "../../linalg/product.js";
import type { Executor } from "../../parallel/executor.js";
import { Holdings } from "../../parallel/holdings.js";
import { defineTask } from "../../parallel/task.js";
import type { Pointer } from "../../wasm/memory.js";
import { blocksInFlight } from "../least-squares/chains.js";
import { strideOf } from "../least-squares/triangle.js";
import { rowsOf, type StructureTargets } from "../structure-targets.js";
import type { PartName, StoredPart } from "../checkpoint/checkpoint.js";
import type { FitTable } from "../fit-summary.js";
import type { KeptContext } from "./reach/reduce-rows.js";
import { type LinearJob, type LinearRowSource, openRows } from "./rows.js";
import { leaveOut } from "./solvers/left-out.js";
import type { LinearSolution } from "./solvers/solution.js";

/** Errors of one kind of targets; NaN (null in JSON) where there are none. */
export interface LeftOutStatistics {
  /** Reference values. */
  readonly count: number;
  /** Root mean square error. */
  readonly rmse: number;
  /** Mean absolute error. */
  readonly mae: number;
}

/** Errors of each structure in a fit to all others, with the same regularization, scales and isolated atoms. */
export interface LeftOutErrors {
  /** Structures that were left out, one at a time. */
  readonly structures: number;
  /** eV/atom */
  readonly energy: LeftOutStatistics;
  /** eV/Å, by component */
  readonly forces: LeftOutStatistics;
  /** eV/atom, by component */
  readonly virial: LeftOutStatistics;
}

interface LeaveOutInput {
  /** f64 [rows × stride], weighted, with the target behind the columns */
  readonly design: Pointer;
  readonly nColumns: number;
  /** First row of every structure, and the number of rows. */
  readonly offsets: readonly number[];
  readonly labels: readonly string[];
  /** f64 [nColumns × (nDirections + 1)]: the root of the covariance without σ_ε, and the coefficients */
  readonly known: Pointer;
  readonly nDirections: number;
}

/** Weighted residuals of a block of rows, each structure as if it had not been in the fit. */
export const leaveStructuresOut = defineTask("fit/linear/leave-structures-out", (context, input: LeaveOutInput): Float64Array => {
  const { wasm, scratch } = context;
  const { design, nColumns, offsets, labels, known, nDirections } = input;
  const [nRows, stride, width] = [offsets[offsets.length - 1], strideOf(nColumns), nDirections + 1];
  const products = matrix(scratch.f64(nRows * width), nRows, width);
  gemm(wasm, scratch, 1, matrix(design, nRows, nColumns, stride), matrix(known, nColumns, width), 0, products);
  const residuals = matrix(scratch.f64(nRows), nRows, 1);
  const [left, rows, fitted] = [wasm.f64(residuals.pointer, nRows), wasm.f64(design, nRows * stride), wasm.f64(products.pointer, nRows * width)];
  for (let i = 0; i < nRows; i++) left[i] = rows[i * stride + nColumns] - fitted[i * width + nDirections];
  const projected = matrix(products.pointer, nRows, nDirections, width);
  for (const [s, label] of labels.entries()) {
    const count = offsets[s + 1] - offsets[s];
    leaveOut(context, label, rowBlock(projected, offsets[s], count), rowBlock(residuals, offsets[s], count));
  }
  return wasm.f64(residuals.pointer, nRows).slice();
});

/**
 * What the errors of each structure would be without it in the fit, by one more pass over the rows, without solving anew: (I − H_gg)⁻¹ r_g.
 * @param kept columns of the solution among all
 * @throws {InvalidParameterError} when the solution has no covariance; {NumericalError} when a structure determines coefficients alone
 */
export async function leaveStructuresOutOf(job: LinearJob, solution: LinearSolution, kept: Int32Array, executor: Executor): Promise<LeftOutErrors> {
  if (!solution.covarianceRoot || solution.noiseVariance === undefined) {
    throw new InvalidParameterError("fit.crossValidation needs more rows than the fit has parameters: use more data, a regularization, or crossValidation: none");
  }
  const { signal, onProgress, kept: parts } = job.context;
  const holdings = new Holdings(executor);
  try {
    const rows = await openRows(job, holdings);
    const source = rows.source(kept);
    const nColumns = kept.length;
    const { nDirections } = solution.covarianceRoot;
    const known = holdings.allocate(8 * nColumns * (nDirections + 1), "covariance of the coefficients");
    fillKnown(executor.wasm.f64(known.pointer, nColumns * (nDirections + 1)), solution);
    const sums = { energy: new ErrorSums(), forces: new ErrorSums(), virial: new ErrorSums() };
    const residuals = await residualsOf(source, { known: known.pointer, nDirections, nColumns }, { executor, signal, onProgress, kept: parts });
    let structures = 0;
    for (const [b, block] of residuals.entries()) {
      let next = 0;
      for (const targets of source.input(b).structures) {
        next = addErrors(sums, targets, block, next);
        structures++;
      }
    }
    return { structures, energy: sums.energy.statistics(), forces: sums.forces.statistics(), virial: sums.virial.statistics() };
  } finally {
    holdings.release();
  }
}

function fillKnown(target: Float64Array, { coefficients, covarianceRoot, noiseVariance }: LinearSolution): void {
  const { nDirections, values } = covarianceRoot!;
  const share = noiseVariance! > 0 ? 1 / Math.sqrt(noiseVariance!) : 0;
  coefficients.forEach((coefficient, column) => {
    for (let d = 0; d < nDirections; d++) target[column * (nDirections + 1) + d] = share * values[column * nDirections + d];
    target[column * (nDirections + 1) + nDirections] = coefficient;
  });
}

/** Of every block, in order. */
async function residualsOf(
  source: LinearRowSource,
  input: Pick<LeaveOutInput, "known" | "nDirections" | "nColumns">,
  { executor, signal, onProgress, kept }: KeptContext,
): Promise<Float64Array[]> {
  const part: PartName = { name: "residuals of structures left out", of: [input.nColumns, source.count] };
  const results = blocksOf(await kept?.find(part));
  let [next, done] = [0, Object.keys(results).length];
  const blockBytes = 8 * source.maximumRows * source.writtenStride;
  executor.announce(2 * (source.count - done));
  const takeBlocks = async (): Promise<void> => {
    const buffer = executor.pool.allocate(blockBytes, "rows of the design matrix");
    try {
      while (next < source.count) {
        const index = next++;
        if (results[index]) continue;
        const rows = source.input(index);
        await executor.submit(source.write, { rows, design: buffer.pointer }, { signal });
        const offsets = [0];
        for (const targets of rows.structures) offsets.push(offsets[offsets.length - 1] + rowsOf(targets));
        const labels = rows.structures.map(({ geometry }, i) => geometry.label ?? `structure ${source.blocks[index].items[i]}`);
        results[index] = await executor.submit(leaveStructuresOut, { ...input, design: buffer.pointer, offsets, labels }, { signal });
        kept?.later(part, () => partOf(results));
        onProgress?.({ stage: "leave structures out", done: ++done, total: source.count, unit: "blocks" });
      }
    } catch (error) {
      next = source.count;
      throw error;
    } finally {
      executor.pool.release(buffer);
    }
  };
  const inFlight = blocksInFlight(executor.threads, source.count, blockBytes, executor.pool.bytesObtainable);
  const flight = await Promise.allSettled(Array.from({ length: inFlight }, takeBlocks));
  for (const result of flight) if (result.status === "rejected") throw result.reason;
  return results;
}

/** Blocks that are there, in any order. */
function partOf(results: readonly Float64Array[]): StoredPart {
  const blocks = Object.keys(results).map(Number);
  return { meta: blocks, arrays: blocks.map((block) => results[block]) };
}

function blocksOf(part: StoredPart | undefined): Float64Array[] {
  const results: Float64Array[] = [];
  for (const [i, block] of ((part?.meta ?? []) as number[]).entries()) results[block] = part!.arrays[i];
  return results;
}

class ErrorSums {
  private count = 0;
  private squares = 0;
  private magnitudes = 0;

  add(error: number): void {
    this.count++;
    this.squares += error * error;
    this.magnitudes += Math.abs(error);
  }

  statistics(): LeftOutStatistics {
    return { count: this.count, rmse: Math.sqrt(this.squares / this.count), mae: this.magnitudes / this.count };
  }
}

/** Adds the errors of one structure, whose weighted residuals begin at `first`; returns where those of the next one do. */
function addErrors(
  sums: Readonly<Record<"energy" | "forces" | "virial", ErrorSums>>,
  { geometry, energy, forces, virial }: StructureTargets,
  residuals: Float64Array,
  first: number,
): number {
  const nAtoms = geometry.atomicNumbers.length;
  let next = first;
  if (energy) sums.energy.add((residuals[next++] * energy.sigma) / nAtoms);
  if (forces) for (const sigma of forces.sigma) sums.forces.add(residuals[next++] * sigma);
  if (virial) for (const sigma of virial.sigma) sums.virial.add((residuals[next++] * sigma) / nAtoms);
  return next;
}

/** For the report. */
export function leftOutTable({ energy, forces, virial }: LeftOutErrors): FitTable {
  const rows = [
    ["energy, meV/atom", energy, 1000],
    ["forces, eV/Å", forces, 1],
    ["virial, meV/atom", virial, 1000],
  ] as const;
  return {
    title: "Errors of structures left out",
    columns: ["of", "RMSE", "MAE", "values"],
    rows: rows.filter(([, { count }]) => count > 0).map(([of, { rmse, mae, count }, unit]) => [of, (unit * rmse).toPrecision(4), (unit * mae).toPrecision(4), count]),
  };
}
