import { cpuName } from "../compare/comparison-of.js";
import { dataDigest } from "../compare/data-digest.js";
import { type CacheKey, MemoryCache, type ResultCache } from "../compare/result-cache.js";
import type { AnyDescriptor } from "../descriptors/structure-descriptor.js";
import { learnFromData } from "../environments/learn.js";
import { InvalidParameterError } from "../errors.js";
import { type Executor, throwIfAborted } from "../parallel/executor.js";
import type { ProgressListener } from "../parallel/progress.js";
import type { Dataset } from "../structures/dataset.js";
import { symbolOf } from "../structures/periodic-table.js";
import { version } from "../version.js";
import type { Audit, AuditPartName } from "./audit.js";
import { blindPart } from "./blind-part.js";
import { costPart } from "./cost-part.js";
import { type RowParts, rowParts } from "./row-parts.js";
import { sensitivityParts } from "./sensitivity-part.js";
import { verdictsOf } from "./verdicts.js";

/** How much of the data an audit looks at, and where its results are kept. */
export interface AuditOptions {
  /** Of the data, for the page; default: "data". */
  readonly name?: string | undefined;
  /** Of all samples; default 1. */
  readonly seed?: number | undefined;
  /** Few repetitions of costs; default: false. */
  readonly isQuick?: boolean | undefined;
  /** Most environments of each kind of measurement. */
  readonly sample?: { readonly [Key in keyof AuditSample]?: number | undefined } | undefined;
  /** Where results of earlier audits are, and where those of this one go. */
  readonly cache?: ResultCache | undefined;
  /** Stops with a CancelledError; parts that are done are in the cache. */
  readonly signal?: AbortSignal | undefined;
  /** Hears of the parts of the work. */
  readonly onProgress?: ProgressListener | undefined;
}

/** Sizes of samples. */
export interface AuditSample {
  /** Environments that costs are measured on. */
  readonly cost: number;
  /** Rows that are compared with each other. */
  readonly rows: number;
  /** Environments whose atoms are moved. */
  readonly sensitivity: number;
  /** Environments of each species that blind pairs are searched among. */
  readonly pairs: number;
  /** Pairs of close rows of each species whose structures are compared. */
  readonly compared: number;
}

/** What is looked at where nobody says. */
function usualSample(isQuick: boolean): AuditSample {
  if (isQuick) return { cost: 100, rows: 400, sensitivity: 60, pairs: 1000, compared: 100 };
  return { cost: 300, rows: 2000, sensitivity: 500, pairs: 20_000, compared: 1000 };
}

/** Sizes of samples with those that nobody gave. */
export function sampleOf({ isQuick = false, sample = {} }: Pick<AuditOptions, "isQuick" | "sample">): AuditSample {
  const usual = usualSample(isQuick);
  const of = (name: keyof AuditSample): number => sample[name] ?? usual[name];
  return { cost: of("cost"), rows: of("rows"), sensitivity: of("sensitivity"), pairs: of("pairs"), compared: of("compared") };
}

/** Change where results of the same input are not what they were. */
const FORMATS = { cost: 1, rows: 2, moves: 3, pairs: 2 };

/**
 * Measures what a descriptor costs, repeats and misses on some data: docs/how-to/audit.md. Parts that the descriptor or the data do not allow say why.
 * All numbers but times have the same bits for any number of threads.
 * @throws {InvalidParameterError} for data without atoms; {InvalidStructureError} where a structure cannot be described; {CancelledError}
 */
export async function auditDescriptor(dataset: Dataset, given: AnyDescriptor, executor: Executor, options: AuditOptions = {}): Promise<Audit> {
  if (dataset.nAtoms === 0) throw new InvalidParameterError("there are no atoms in the data, so there is nothing to audit a descriptor on");
  const descriptor = await learnFromData(executor, given, dataset, { species: dataset.species(), ...(options.signal && { signal: options.signal }) });
  return new AuditRun(dataset, descriptor, executor, options).run();
}

class AuditRun {
  private readonly start = performance.now();
  private readonly sample: AuditSample;
  private readonly seed: number;
  private readonly cache: ResultCache;
  private readonly data: string;
  private readonly cached: AuditPartName[] = [];

  constructor(
    private readonly dataset: Dataset,
    private readonly descriptor: AnyDescriptor,
    private readonly executor: Executor,
    private readonly options: AuditOptions,
  ) {
    this.sample = sampleOf(options);
    this.seed = options.seed ?? 1;
    this.cache = options.cache ?? new MemoryCache();
    this.data = dataDigest(dataset);
  }

  async run(): Promise<Audit> {
    const { dataset, descriptor, executor, seed } = this;
    const { signal, onProgress, isQuick = false, name = "data" } = this.options;
    const common = { seed, signal, onProgress };
    const cost = await this.recall("cost", ["cost"], { isQuick, size: this.sample.cost, ...this.machine() }, () =>
      costPart(dataset, descriptor, executor, { ...common, sampleSize: this.sample.cost, isQuick }));
    const rows = await this.recall("rows", ["variance", "linear", "kernels"], { size: this.sample.rows }, (): Promise<RowParts> =>
      rowParts(dataset, descriptor, executor, { ...common, sampleSize: this.sample.rows }));
    const moves = await this.recall("moves", ["functional", "sensitivity", "manifold"], { size: this.sample.sensitivity }, () =>
      sensitivityParts(dataset, descriptor, executor, { ...common, sampleSize: this.sample.sensitivity }));
    const { pairs: environments, compared } = this.sample;
    const blind = await this.recall("pairs", ["blind"], { environments, compared }, () => blindPart(dataset, descriptor, executor, { ...common, environments, compared }));
    const parts = { cost, ...rows, ...moves, blind };
    const described = this.described();
    return {
      ...described,
      data: { name, structures: dataset.nStructures, atoms: dataset.nAtoms, species: dataset.species().map(symbolOf), periodic: dataset.pbc.includes(1) },
      machine: this.machine(),
      seed,
      threads: executor.threads,
      seconds: (performance.now() - this.start) / 1000,
      ...parts,
      verdicts: verdictsOf({ ...described, ...parts }),
      warnings: [],
      cached: this.cached,
    };
  }

  private described(): Pick<Audit, "descriptor"> {
    const { name, parameters, rows } = this.descriptor;
    const cutoff = this.descriptor.describes === "structures" ? undefined : this.descriptor.cutoff;
    return { descriptor: { type: name, parameters, rows, columns: this.descriptor.featureCount(this.dataset.species()), cutoff } };
  }

  /** Takes results from the cache, or measures and keeps them. */
  private async recall<Result>(kind: keyof typeof FORMATS, parts: readonly AuditPartName[], of: object, measure: () => Promise<Result>): Promise<Result> {
    throwIfAborted(this.options.signal);
    const { name: type, parameters } = this.descriptor;
    const key: CacheKey = { kind: `audit-${kind}`, format: FORMATS[kind], pestle: version, data: this.data, seed: this.seed, descriptor: { ...parameters, type }, ...of };
    const known = this.cache.get(key);
    if (known !== undefined) {
      this.cached.push(...parts);
      return known as Result;
    }
    const result = await measure();
    await this.cache.put(key, result);
    return result;
  }

  private machine(): Audit["machine"] {
    return { cpu: cpuName(), node: process.versions.node, build: this.executor.wasm.shared.build };
  }
}
