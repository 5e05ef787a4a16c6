import { copyGeometry, namingStructure } from "../environments/environments.js";
import type { CenterRange, Geometry } from "../environments/geometry.js";
import { InvalidParameterError } from "../errors.js";
import type { Executor } from "../parallel/executor.js";
import { defineTask } from "../parallel/task.js";
import { attachedEvaluator, detachEvaluator, type NumberedTables } from "./attached.js";
import { calibrated } from "./calibration.js";
import type { Model } from "./model-type.js";
import { PlacedStructure } from "./placed-structure.js";
import type { DescribedParts, Potential, Prediction, PreparedPotential, Want } from "./potential.js";
import { addRange, rangesOf } from "./ranges.js";

interface EvaluateInput {
  readonly tables: NumberedTables;
  readonly geometries: readonly Geometry[];
  readonly range?: CenterRange;
  readonly want: Want;
  /** Of each structure, where they are known already. */
  readonly described?: readonly DescribedParts[];
}

const evaluateTask = defineTask("models/evaluate", ({ wasm, scratch }, { tables, geometries, range, want, described }: EvaluateInput): Prediction[] => {
  const evaluator = attachedEvaluator(wasm, tables);
  if (evaluator.evaluateTogether && !range && !described) return evaluator.evaluateTogether(geometries, want, scratch);
  return geometries.map((geometry, i) =>
    namingStructure(geometry.label, () => evaluator.evaluate(geometry, { want, range, described: described?.[i] }, scratch)),
  );
});

let lastSerial = 0;

/** A number for tables that threads remember evaluators of. */
export function nextSerial(): number {
  return ++lastSerial;
}

/**
 * Makes a potential ready for many calls: its tables are in shared memory until it is closed, and every thread keeps its evaluator.
 * @param want what every call predicts; default: energy and forces
 * @throws {InvalidParameterError} for a variance, error bars, grades or deviations that the potential does not have; {ResourceError}
 */
export function openPotential(potential: Potential, executor: Executor, want: Want = { forces: true }): OpenPotential {
  if (want.variance && !potential.hasVariance) throw new InvalidParameterError(`a ${potential.type} potential has no variance; do not ask for it`);
  if (want.errorBars && !potential.hasErrorBars) throw new InvalidParameterError(`this ${potential.type} potential has no error bars of energies and forces; do not ask for them`);
  if (want.extrapolationGrade && !potential.hasExtrapolationGrade) {
    throw new InvalidParameterError(`this ${potential.type} potential has no active set that environments could be graded by; do not ask for extrapolation grades`);
  }
  if (want.localDeviations && !potential.hasLocalDeviations) throw new InvalidParameterError(`this ${potential.type} potential is no committee; do not ask for local deviations`);
  return new OpenPotential(potential, executor, want);
}

/** What is predicted of the structure, and with which neighbor lists. */
export interface OpenEvaluateOptions {
  /** Stops before the task begins with a CancelledError. */
  readonly signal?: AbortSignal;
  /** Contribution of these atoms only; contributions of ranges that cover a structure add up to its prediction. */
  readonly range?: CenterRange;
  /** Environments of each structure that are known already, by part of the potential. */
  readonly described?: readonly DescribedParts[];
}

/** See `openPotential`. */
export class OpenPotential {
  private readonly prepared: PreparedPotential;
  private readonly tables: NumberedTables;

  constructor(
    /** Whose tables are held. */
    readonly potential: Potential,
    /** Where they are, and what runs the tasks. */
    readonly executor: Executor,
    /** What every prediction has besides the energy. */
    readonly want: Want,
  ) {
    this.prepared = potential.prepare(executor.wasm, executor.pool, want);
    this.tables = { serial: nextSerial(), tables: this.prepared.tables };
  }

  /**
   * Predicts some structures in one task, each as a whole (or its `range`).
   * @throws {InvalidStructureError} for a species that the potential does not know; {CancelledError}
   */
  evaluateTogether(structures: readonly Geometry[], { signal, range, described }: OpenEvaluateOptions = {}): Promise<Prediction[]> {
    if (range && this.want.errorBars) throw new InvalidParameterError("error bars of a range of centers do not add up to those of a structure: leave the range out");
    return this.submit({ geometries: structures.map(copyGeometry), range, described }, signal);
  }

  /**
   * Predicts one structure; a large one in ranges of centers, on all threads. The same bits for any number of threads.
   * @throws {InvalidStructureError} for a species that the potential does not know; {CancelledError}
   */
  evaluate(structure: Geometry, signal?: AbortSignal): Promise<Prediction> {
    return this.evaluateInPlace(copyGeometry(structure), signal);
  }

  /**
   * Puts a structure into shared memory, for many calls with positions that change.
   * @param skin Å: the neighbor list is searched this much farther than the cutoff and used until an atom has moved by half of it;
   * 0: searched in every call
   */
  place(structure: Geometry, { skin = 0 }: { readonly skin?: number } = {}): PlacedStructure {
    if (!(skin >= 0 && skin < Infinity)) throw new InvalidParameterError(`skin is ${skin} Å; it must be a finite number of at least 0`);
    const evaluate = (geometry: Geometry, signal: AbortSignal | undefined): Promise<Prediction> => this.evaluateInPlace(geometry, signal);
    return new PlacedStructure(this.executor, structure, this.potential.cutoff, skin, evaluate);
  }

  /** Gives the memory of the tables back. Calls that are under way must have ended. */
  close(): void {
    detachEvaluator(this.executor.wasm, this.tables.serial);
    this.prepared.release();
  }

  private async evaluateInPlace(geometry: Geometry, signal: AbortSignal | undefined): Promise<Prediction> {
    const ranges = rangesOf(geometry.atomicNumbers.length, this.want) ?? [undefined];
    const parts = ranges.map((range) => this.submit({ geometries: [geometry], range }, signal));
    const settled = await Promise.allSettled(parts);
    return settled
      .map((part) => {
        if (part.status === "rejected") throw part.reason;
        return part.value[0];
      })
      .reduce(addRange);
  }

  private async submit(input: Pick<EvaluateInput, "geometries" | "range" | "described">, signal: AbortSignal | undefined): Promise<Prediction[]> {
    const predictions = await this.executor.submit(evaluateTask, { tables: this.tables, want: this.want, ...input }, { signal });
    const { calibration } = (this.potential as Partial<Model>).provenance ?? {};
    return calibration ? predictions.map((prediction, i) => calibrated(prediction, calibration, input.geometries[i].atomicNumbers.length)) : predictions;
  }
}
