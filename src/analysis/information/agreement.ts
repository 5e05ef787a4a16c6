import type { AnyDescriptor } from "../../descriptors/structure-descriptor.js";
import type { RandomGenerator } from "pure-rand/types/RandomGenerator";
import type { Matrix } from "../../linalg/matrix.js";
import { seededRandom } from "../../math/random.js";
import { sampleIndices, shuffle } from "../../math/sampling.js";
import type { Executor } from "../../parallel/executor.js";
import { Holdings } from "../../parallel/holdings.js";
import type { ProgressListener } from "../../parallel/progress.js";
import type { Dataset } from "../../structures/dataset.js";
import type { Pointer } from "../../wasm/memory.js";
import { meanEstimate } from "./estimate.js";
import type { Agreement, Estimate, PairAgreement } from "./information.js";
import { type ReconstructionSplit, regressionSize } from "./reconstruction.js";
import { neighborsTask, prepareSourceTask, reconstructTask, sharedNeighbors } from "./reconstruction-tasks.js";
import { rowCoordinates, type RowCoordinates } from "./row-coordinates.js";
import { describeSample, type SampledRows } from "./sampled-rows.js";

/** How descriptors are compared with each other. */
export interface AgreementOptions {
  /** Of the sample and of the splits; default 1. */
  readonly seed?: number | undefined;
  /** Most environments, or structures for descriptors of these; default 1000. */
  readonly sampleSize?: number | undefined;
  /** Splits into rows that reconstructions are fitted to and rows that they are tested on, half and half; default 3. */
  readonly repeats?: number | undefined;
  /** k of the overlap of neighborhoods; default 10. */
  readonly neighbors?: number | undefined;
  /** Rows that a local reconstruction is fitted to; default 20. */
  readonly localNeighbors?: number | undefined;
  /** Most test rows of a split that are reconstructed locally; default 100. */
  readonly localTests?: number | undefined;
  /** Stops between pairs with a CancelledError. */
  readonly signal?: AbortSignal | undefined;
  /** Hears of pairs that are compared. */
  readonly onProgress?: ProgressListener | undefined;
  /** What is known already of the second descriptor from the first, by their positions: as `onPair` gave it for the same data and options. */
  readonly known?: ((from: number, to: number) => PairAgreement | undefined) | undefined;
  /** Asked before the pairs of the next descriptors are computed; where it says no, those that are missing are NaN. */
  readonly mayGoOn?: (() => boolean) | undefined;
  /** Hears of every pair as soon as it was computed, plain data. */
  readonly onPair?: ((from: number, to: number, pair: PairAgreement) => void) | undefined;
}

const DEFAULTS = { seed: 1, sampleSize: 1000, repeats: 3, neighbors: 10, localNeighbors: 20, localTests: 100 };
/** Descriptors that are reconstructed from at once: what is prepared of each takes some megabytes. */
const MOST_TOGETHER = 6;
/** Below this a split has too few rows on either side. */
const FEWEST_ROWS = 8;
const NOTHING: Estimate = { mean: NaN, error: NaN, count: 0 };

/**
 * How far descriptors tell the same: shared neighborhoods, and errors with which one is reconstructed from another, on the same seeded sample
 * of the data. Descriptors whose rows turn with the structure or are tuples are left out; those of structures are compared among each other.
 * The same bits for any number of threads, and whatever pairs are known.
 * @param descriptors that have learned what they take from data
 * @throws {NumericalError} for rows that are not finite; {CancelledError}
 */
export async function descriptorAgreement(
  dataset: Dataset,
  descriptors: readonly AnyDescriptor[],
  executor: Executor,
  options: AgreementOptions = {},
): Promise<Agreement> {
  const comparison = new AgreementComparison(dataset, descriptors, executor, options);
  return comparison.run();
}

/** The settings, with defaults filled in. */
type Settings = { readonly [Key in keyof typeof DEFAULTS]: number };

class AgreementComparison {
  private readonly settings: Settings;
  private readonly members: number[];
  private readonly remarks: string[] = [];
  private readonly pairs = new Map<string, PairAgreement>();
  private done = 0;
  private total = 0;

  constructor(
    private readonly dataset: Dataset,
    private readonly descriptors: readonly AnyDescriptor[],
    private readonly executor: Executor,
    private readonly options: AgreementOptions,
  ) {
    const entries = Object.entries(DEFAULTS).map(([key, value]) => [key, options[key as keyof Settings] ?? value]);
    this.settings = Object.fromEntries(entries) as Settings;
    this.members = Array.from(descriptors.keys()).filter((i) => this.isComparable(descriptors[i]));
  }

  async run(): Promise<Agreement> {
    const sizes = [0];
    for (const kind of ["center", "structure"] as const) {
      const ofKind = this.members.filter((i) => (this.descriptors[i].rows === "center") === (kind === "center"));
      if (ofKind.length > 0) sizes.push(await this.compare(ofKind));
    }
    if (new Set(this.members.map((i) => this.descriptors[i].rows)).size > 1) {
      this.remarks.push("Descriptors of environments and of whole structures have no rows in common: these pairs are left out.");
    }
    const table = <Value>(value: (pair: PairAgreement | undefined) => Value): Value[][] =>
      this.members.map((i) => this.members.map((j) => value(this.pairs.get(`${i} ${j}`))));
    return {
      members: this.members,
      sampleSize: Math.max(...sizes),
      neighbors: this.settings.neighbors,
      localNeighbors: this.settings.localNeighbors,
      overlap: table((pair) => pair?.overlap ?? NaN),
      globalError: table((pair) => pair?.globalError ?? NOTHING),
      localError: table((pair) => pair?.localError ?? NOTHING),
      remarks: this.remarks,
    };
  }

  private isComparable({ name, turns, rows }: AnyDescriptor): boolean {
    if (turns) this.remarks.push(`The rows of ${name} turn with the structure, so they are not compared with others.`);
    else if (rows === "tuple") this.remarks.push(`The rows of ${name} are tuples of atoms, which no other descriptor has.`);
    return !turns && rows !== "tuple";
  }

  /** Compares descriptors with rows of one kind; returns the number of rows. */
  private async compare(positions: readonly number[]): Promise<number> {
    const wanted: [number, number][] = [];
    for (const i of positions) {
      for (const j of positions) {
        const known = this.options.known?.(i, j);
        if (known) this.pairs.set(`${i} ${j}`, known);
        else wanted.push([i, j]);
      }
    }
    const holdings = new Holdings(this.executor);
    try {
      const needing = [...new Set(wanted.flat())];
      if (needing.length === 0 || this.options.mayGoOn?.() === false) return this.sampledCount(positions[0]);
      const samples: Matrix[] = [];
      for (const i of needing) samples.push((await this.describe(i, holdings)).x);
      const nRows = samples[0].rows;
      const needed = Math.max(FEWEST_ROWS, this.settings.neighbors + 1, 2 * this.settings.localNeighbors);
      if (nRows < needed) this.remarks.push(`The data has ${nRows} rows to compare descriptors on; ${needed} are needed.`);
      else {
        const coordinates = await rowCoordinates(samples, holdings, this.options.signal);
        await this.reconstruct(wanted, new Map(coordinates.map((rows, k) => [needing[k], rows] as const)), nRows, holdings);
      }
      return nRows;
    } finally {
      holdings.release();
    }
  }

  private sampledCount(position: number): number {
    const { nAtoms, nStructures } = this.dataset;
    return Math.min(this.settings.sampleSize, this.descriptors[position].rows === "center" ? nAtoms : nStructures);
  }

  private async describe(position: number, holdings: Holdings): Promise<SampledRows> {
    const { wasm, pool } = this.executor;
    const descriptor = this.descriptors[position];
    const prepared = descriptor.prepare(wasm, pool, this.dataset.species());
    try {
      return await describeSample(this.dataset, descriptor, prepared.tables, holdings, { ...this.settings, signal: this.options.signal });
    } finally {
      prepared.release();
    }
  }

  /** Some descriptors to reconstruct from after the others, so that pairs are whole early and a run that is stopped keeps them. */
  private async reconstruct(wanted: readonly [number, number][], sampled: ReadonlyMap<number, RowCoordinates>, nRows: number, holdings: Holdings): Promise<void> {
    const { executor, settings } = this;
    const { signal, mayGoOn } = this.options;
    const positions = [...sampled.keys()];
    const inputs = positions.map((i) => ({ x: sampled.get(i)!.rows, neighbors: settings.neighbors }));
    const lists = new Map((await executor.map(neighborsTask, inputs, { signal })).map((list, k) => [positions[k], list] as const));
    const sources = [...new Set(wanted.map(([i]) => i))];
    this.total += settings.repeats * (sources.length + wanted.length);
    const splits = Array.from({ length: settings.repeats }, (_, repeat) => splitRows(nRows, settings, seededRandom(settings.seed + 1 + repeat)));
    const together = Math.min(sources.length, MOST_TOGETHER, Math.max(2, Math.ceil(executor.threads / settings.repeats)));
    const columns = Math.max(...sources.map((i) => sampled.get(i)!.rows.columns));
    const places = Array.from({ length: together * splits.length }, () => placeFor(splits[0], columns, holdings));
    for (let first = 0; first < sources.length; first += together) {
      if (mayGoOn?.() === false) return;
      const some = sources.slice(first, first + together);
      await this.reconstructFrom(some, wanted, { sampled, splits, places, lists });
    }
  }

  /** All pairs of some sources, over all splits. */
  private async reconstructFrom(sources: readonly number[], wanted: readonly [number, number][], { sampled, splits, places, lists }: Rows): Promise<void> {
    const { executor, settings } = this;
    const options = { signal: this.options.signal, onDone: () => this.progress() };
    const inputs = sources.flatMap((i) => splits.map(({ rows, localTests }) => ({ x: sampled.get(i)!.rows, split: rows, localTests })));
    const prepared = await executor.map(
      prepareSourceTask,
      inputs.map((input, k) => ({ ...input, out: places[k] })),
      options,
    );
    const pairs = wanted.filter(([i]) => sources.includes(i));
    const targets = pairs.flatMap(([i, j], pair) =>
      splits.flatMap(({ rows }, repeat) => {
        const source = prepared[sources.indexOf(i) * splits.length + repeat];
        return source ? [{ pair, input: { source, y: sampled.get(j)!, split: rows } }] : [];
      }),
    );
    const found = await executor.map(
      reconstructTask,
      targets.map(({ input }) => input),
      options,
    );
    pairs.forEach(([i, j], pair) => {
      const errors = found.filter((error, k) => targets[k].pair === pair && error !== null);
      const estimate = (values: readonly number[]): Estimate => (values.length > 0 ? meanEstimate(values) : NOTHING);
      const result = {
        overlap: sharedNeighbors(lists.get(i)!, lists.get(j)!, settings.neighbors),
        globalError: estimate(errors.map((error) => error!.global)),
        localError: estimate(errors.map((error) => error!.local)),
      };
      this.pairs.set(`${i} ${j}`, result);
      this.options.onPair?.(i, j, result);
      if (i === j && errors.length === 0) this.remarks.push(`The rows of ${this.descriptors[i].name} are all alike, so nothing is reconstructed from or to them.`);
    });
  }

  private progress(): void {
    this.options.onProgress?.({ stage: "compare descriptors", done: ++this.done, total: this.total, unit: "steps" });
  }
}

/** What pairs are computed from. */
interface Rows {
  readonly sampled: ReadonlyMap<number, RowCoordinates>;
  readonly splits: readonly Split[];
  /** For each source that is worked on and each split. */
  readonly places: readonly Pointer[];
  /** Nearest neighbors of the rows of each descriptor. */
  readonly lists: ReadonlyMap<number, Int32Array>;
}

/** Memory for what is prepared of a source and a split, for one source after the other. */
function placeFor({ rows: { train, test, secondFold } }: Split, columns: number, holdings: Holdings): Pointer {
  return holdings.allocate(8 * regressionSize(train.length, test.length, columns, secondFold.length), "reconstructions of descriptors").pointer;
}

interface Split {
  readonly rows: ReconstructionSplit;
  /** Positions among the test rows. */
  readonly localTests: Int32Array;
}

/** Half of the rows for training, half of these for each fold. */
function splitRows(nRows: number, { localNeighbors, localTests }: Settings, random: RandomGenerator): Split {
  const order = shuffle(
    Int32Array.from({ length: nRows }, (_, i) => i),
    random,
  );
  const train = order.slice(0, nRows - (nRows >> 1));
  const test = order.slice(nRows - (nRows >> 1));
  const half = (count: number): Int32Array => sampleIndices(count, (count + 1) >> 1, random);
  const rows = { train, test, secondFold: half(train.length), secondLocalFold: half(localNeighbors), neighbors: localNeighbors };
  return { rows, localTests: sampleIndices(test.length, localTests, random) };
}
