import type { AnyDescriptor } from "../../descriptors/structure-descriptor.js";
import { matrix } from "../../linalg/matrix.js";
import { seededRandom } from "../../math/random.js";
import { shuffle } from "../../math/sampling.js";
import type { Executor } from "../../parallel/executor.js";
import { Holdings } from "../../parallel/holdings.js";
import type { ProgressListener } from "../../parallel/progress.js";
import { settled } from "../../parallel/settled.js";
import type { Dataset } from "../../structures/dataset.js";
import { closestPairs, rowPairsTask } from "./closest.js";
import { distanceCorrelationTask } from "./distance-correlation.js";
import type { ClosePair, Estimate, Information, KernelShape, SampledRow } from "./information.js";
import { kernelShapeTask } from "./kernel-shape.js";
import type { LearningMemory } from "./learned-structures.js";
import { compactGroups, learn, type Learning } from "./learning.js";
import { describeSample, type PreparedTables, type SampledRows } from "./sampled-rows.js";
import { type SpectrumOutput, spectrumTask } from "./spectrum.js";

/** How much of the data is looked at. */
export interface InformationOptions {
  /** Of the samples and the splits; default 1. */
  readonly seed?: number | undefined;
  /** Most environments, or structures for descriptors of these; default 1000. */
  readonly sampleSize?: number | undefined;
  /** Seeds of learning curves; default 4. */
  readonly repeats?: number | undefined;
  /** Principal components of models of equal length; default 32, at most the columns of the descriptor. */
  readonly length?: number | undefined;
  /** Most structures that energies are learned from, held-out ones included; default 400. */
  readonly structures?: number | undefined;
  /** What models may take; rows that are too long for it are learned from fewer structures, and the result says so. */
  readonly memory?: LearningMemory | undefined;
  /** Stops between parts of the work with a CancelledError. */
  readonly signal?: AbortSignal | undefined;
  /** Hears of the parts of the work. */
  readonly onProgress?: ProgressListener | undefined;
}

/** Groups of structures that are left out in turn for standard errors. */
const GROUPS = 8;
const STEPS = 5;

/**
 * What the rows of a descriptor say on a seeded sample of some data: how many directions they vary in, how alike they are, what they know of energies
 * and forces. See docs/theory/descriptor-information.md. What the data or the descriptor does not allow is absent, with a sentence in `remarks`.
 * The same bits for any number of threads.
 * @param descriptor that has learned what it takes from data
 * @throws {InvalidStructureError} where a structure cannot be described; {NumericalError} for rows that are not finite; {CancelledError}
 */
export async function descriptorInformation(
  dataset: Dataset,
  descriptor: AnyDescriptor,
  executor: Executor,
  options: InformationOptions = {},
): Promise<Information> {
  const holdings = new Holdings(executor);
  try {
    const { tables } = holdings.keep(descriptor.prepare(executor.wasm, executor.pool, dataset.species()));
    return await new InformationOfDescriptor(dataset, descriptor, tables, holdings, options).collect();
  } finally {
    holdings.release();
  }
}

class InformationOfDescriptor {
  private readonly seed: number;
  private readonly remarks: string[] = [];
  private readonly groupOfStructure: Int32Array;
  private done = 0;

  constructor(
    private readonly dataset: Dataset,
    private readonly descriptor: AnyDescriptor,
    private readonly tables: PreparedTables,
    private readonly holdings: Holdings,
    private readonly options: InformationOptions,
  ) {
    this.seed = options.seed ?? 1;
    this.groupOfStructure = shuffle(
      Int32Array.from({ length: dataset.nStructures }, (_, i) => i % GROUPS),
      seededRandom(this.seed),
    );
  }

  async collect(): Promise<Information> {
    const { dataset, descriptor, tables, holdings, options } = this;
    const signal = options.signal;
    const sampled = await describeSample(dataset, descriptor, tables, holdings, { seed: this.seed, sampleSize: options.sampleSize ?? 1000, signal });
    this.step();
    const { rows } = sampled;
    this.remarkOnSample(rows.length);
    const groups = this.groupsOf(rows);
    const length = Math.min(options.length ?? 32, tables.nFeatures);
    const components = matrix(holdings.allocate(8 * Math.max(2, length) * tables.nFeatures, "principal components").pointer, Math.max(2, length), tables.nFeatures);
    const [{ spectrum, map }, kernels, force, closest] = await settled([
      this.spectrum(sampled, groups, components.pointer, components.rows),
      this.kernels(sampled, groups),
      this.forceCorrelation(sampled),
      this.closest(sampled),
    ]);
    const learning = await this.learning({ ...components, rows: length });
    return {
      rows: descriptor.rows,
      sampleSize: rows.length,
      spectrum,
      kernels,
      distanceCorrelation: { energy: learning.energyCorrelation, force },
      closest,
      learning: { ...learning.curves, length },
      map: { points: map, rows },
      remarks: this.remarks,
    };
  }

  private get isInvariant(): boolean {
    return !this.descriptor.turns && this.descriptor.rows !== "tuple";
  }

  private step(): void {
    this.options.onProgress?.({ stage: `information of ${this.descriptor.name}`, done: ++this.done, total: STEPS, unit: "steps" });
  }

  private remarkOnSample(count: number): void {
    const { rows, turns } = this.descriptor;
    const noun = rows === "center" ? "environment" : rows;
    if (count < 2) this.remarks.push(`The data has ${count === 0 ? "no" : "one"} ${noun}: nothing can be compared.`);
    if (turns) this.remarks.push("Rows turn with the structure: their spectrum depends on the orientations in the data, and similarities and models are left out.");
    if (rows === "tuple") this.remarks.push("Rows are tuples of atoms: similarities of environments and models are left out.");
  }

  private groupsOf(rows: readonly SampledRow[]): Int32Array {
    const structures = new Set(rows.map(({ structure }) => structure));
    // few structures: rows themselves are left out in turn
    if (structures.size < GROUPS) return compactGroups(rows.map((_, i) => i % Math.min(GROUPS, rows.length)));
    return compactGroups(rows.map(({ structure }) => this.groupOfStructure[structure]));
  }

  private async spectrum({ x }: SampledRows, groups: Int32Array, components: number, length: number): Promise<SpectrumOutput> {
    const output = await this.holdings.executor.submit(spectrumTask, { x, groups, components, length }, { signal: this.options.signal });
    if (x.rows > 1 && output.spectrum.eigenvalues.length === 0) this.remarks.push("All rows of the sample are equal.");
    this.step();
    return output;
  }

  private async kernels({ x }: SampledRows, groups: Int32Array): Promise<KernelShape | undefined> {
    if (!this.isInvariant || x.rows < 2) return undefined;
    const shape = await this.holdings.executor.submit(kernelShapeTask, { x, groups }, { signal: this.options.signal });
    if (!shape) this.remarks.push("Fewer than two rows of the sample are not 0, so there are no cosines.");
    this.step();
    return shape ?? undefined;
  }

  private async forceCorrelation({ x, rows }: SampledRows): Promise<Estimate | undefined> {
    if (!this.isInvariant || this.descriptor.rows !== "center") return undefined;
    const { forces, offsets } = this.dataset;
    const size = ({ structure, atom }: SampledRow): number => Math.hypot(...forces.subarray(3 * (offsets[structure] + atom), 3 * (offsets[structure] + atom) + 3));
    const known = Int32Array.from(rows.keys()).filter((row) => !Number.isNaN(size(rows[row])));
    if (known.length === 0) {
      this.remarks.push("The data has no forces, so rows are not compared with them.");
      return undefined;
    }
    const values = Float64Array.from(known, (row) => size(rows[row]));
    const groups = this.groupsOf(Array.from(known, (row) => rows[row]));
    const estimate = await this.holdings.executor.submit(distanceCorrelationTask, { x, rows: known, values, groups }, { signal: this.options.signal });
    this.step();
    return Number.isNaN(estimate.mean) ? undefined : estimate;
  }

  private async closest({ x, rows }: SampledRows): Promise<readonly ClosePair[] | undefined> {
    const { dataset, descriptor, holdings, options } = this;
    if (!this.isInvariant || descriptor.describes === "structures" || descriptor.rows !== "center" || x.rows < 2) return undefined;
    const pairs = await holdings.executor.submit(rowPairsTask, { x }, { signal: options.signal });
    const found = await closestPairs({ dataset, rows, cutoff: descriptor.cutoff }, pairs, { executor: holdings.executor, ...(options.signal && { signal: options.signal }) });
    if (found.length === 0) this.remarks.push("The closest pairs of rows are all of environments that are the same but for a rotation, a reflection or the numbering.");
    this.step();
    return found;
  }

  private async learning(components: ReturnType<typeof matrix>): Promise<Learning> {
    if (!this.isInvariant) return { curves: {}, remarks: [] };
    const { repeats = 4, structures = 400, memory = {}, signal } = this.options;
    const groupOf = (structure: number): number => this.groupOfStructure[structure];
    const learned = await learn(this.dataset, this.tables, components, this.holdings, { seed: this.seed, repeats, structures, groupOf, memory, signal });
    this.remarks.push(...learned.remarks);
    this.step();
    return learned;
  }
}
