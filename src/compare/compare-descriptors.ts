import { type Agreement, type Information, type PairAgreement } from "../analysis/information/information.js";
import { descriptorAgreement } from "../analysis/information/agreement.js";
import { descriptorInformation } from "../analysis/information/describe-information.js";
import { createDescriptor } from "../descriptors/registry.js";
import { learnFromData } from "../environments/learn.js";
import type { StructurePart } from "../environments/describe-task.js";
import { InvalidParameterError, PestleError } from "../errors.js";
import { type Executor, throwIfAborted } from "../parallel/executor.js";
import type { ProgressListener } from "../parallel/progress.js";
import type { Dataset } from "../structures/dataset.js";
import { version } from "../version.js";
import type { Comparison, Cost, RefusedDescriptor, Scaling } from "./comparison.js";
import { comparisonOf, cpuName, identity, type Member } from "./comparison-of.js";
import { type Effort, quick, thorough } from "./cost/effort.js";
import { type MeasuredCost, measureCosts } from "./cost/measure-costs.js";
import { Reference } from "./cost/reference.js";
import { measureScaling } from "./cost/scaling.js";
import { threadScaling } from "./cost/thread-scaling.js";
import { dataDigest } from "./data-digest.js";
import { Deadline } from "./deadline.js";
import { type NamedParameters, presetsFor, usualCutoff } from "./presets.js";
import { type CacheKey, MemoryCache, type ResultCache } from "./result-cache.js";
import { sampleStructures } from "./sample.js";
import { secondsPerAtom } from "./sentences.js";
import { Unreached } from "./unreached.js";

/** How descriptors are compared. */
export interface CompareOptions {
  /** Default: what is common for data of their kind. */
  readonly descriptors?: readonly NamedParameters[] | undefined;
  /** Of the data, for the page; default: none. */
  readonly name?: string | undefined;
  /** Of all samples; default 1. */
  readonly seed?: number | undefined;
  /** Seconds on the clock, about; default: as long as it takes. */
  readonly budget?: number | undefined;
  /** A first look: few repetitions. Default: false. */
  readonly isQuick?: boolean | undefined;
  /** Environments that costs are measured on; default 300. */
  readonly costSample?: number | undefined;
  /** Environments that information is measured on; default 1000. */
  readonly informationSample?: number | undefined;
  /** Where results of earlier comparisons are, and where those of this one go. */
  readonly cache?: ResultCache | undefined;
  /** Stops with a CancelledError; what was measured is in the cache. */
  readonly signal?: AbortSignal | undefined;
  /** Hears of the parts of the work. */
  readonly onProgress?: ProgressListener | undefined;
}

const DEFAULTS = { seed: 1, costSample: 300, informationSample: 1000 };
/** Environments that scaling is measured on. */
const SCALING_SAMPLE = 100;
/** Change where results of the same input are not what they were. */
const FORMATS: Readonly<Record<string, number>> = { reference: 1, cost: 1, information: 2, agreement: 1, scaling: 2 };

/**
 * Principal components of models of equal length: what all common descriptors have. Not fewer where one of some descriptors is shorter, as results must
 * not depend on what else is compared.
 */
const MODEL_LENGTH = 24;

/** Shares of a budget after which costs, then information, then agreement get no more time. */
const SHARES = { costs: 0.3, information: 0.6, agreement: 0.75, scaling: 1 };

/**
 * Measures what descriptors cost and tell on some data: docs/how-to/compare.md. Costs are those of one core, in processor time.
 * @throws {InvalidParameterError} for data without atoms, two descriptors of one name; {CancelledError}
 */
export async function compareDescriptors(dataset: Dataset, executor: Executor, options: CompareOptions = {}): Promise<Comparison> {
  if (dataset.nAtoms === 0) throw new InvalidParameterError("there are no atoms in the data, so there is nothing to compare descriptors on");
  return new ComparisonRun(dataset, executor, options).run();
}

class ComparisonRun {
  private readonly settings: typeof DEFAULTS;
  private readonly cache: ResultCache;
  private readonly deadline: Deadline;
  private readonly effort: Effort;
  private readonly data: string;
  private readonly sample: StructurePart[];
  private readonly refused: RefusedDescriptor[] = [];
  private readonly warnings: string[] = [];
  private readonly unreached = new Unreached();
  private measuredShare = 1;

  constructor(
    private readonly dataset: Dataset,
    private readonly executor: Executor,
    private readonly options: CompareOptions,
  ) {
    this.settings = { seed: options.seed ?? DEFAULTS.seed, costSample: options.costSample ?? DEFAULTS.costSample, informationSample: options.informationSample ?? DEFAULTS.informationSample };
    this.cache = options.cache ?? new MemoryCache();
    this.deadline = new Deadline(options.budget);
    this.effort = options.isQuick ? quick : thorough;
    this.data = dataDigest(dataset);
    this.sample = sampleStructures(dataset, this.settings.costSample, this.settings.seed);
  }

  async run(): Promise<Comparison> {
    const { wasm, pool } = this.executor;
    const best: CacheKey = { kind: "reference", format: FORMATS.reference, pestle: version, ...this.machine() };
    const reference = new Reference(wasm, pool, (this.cache.get(best) as number[] | undefined) ?? []);
    try {
      const members = await this.members();
      const measured = await this.measureCosts(members, reference);
      await this.measureInformation(measured);
      const agreement = await this.measureAgreement(measured);
      await this.measureScaling(measured, reference);
      return this.result(measured, agreement, reference);
    } finally {
      await this.cache.put(best, reference.bests);
      reference.close();
    }
  }

  private async members(): Promise<Member[]> {
    const { wasm, pool } = this.executor;
    const wanted = this.options.descriptors ?? presetsFor(this.dataset, usualCutoff(wasm, pool, this.sample));
    if (wanted.length === 0) throw new InvalidParameterError("there is no descriptor to compare: name at least one");
    const names = wanted.map(({ name }) => name);
    const double = names.find((name, i) => names.indexOf(name) !== i);
    if (double !== undefined) throw new InvalidParameterError(`two descriptors are called "${double}": give each a name of its own`);
    const members: Member[] = [];
    for (const { name, parameters } of wanted) {
      try {
        const descriptor = await learnFromData(this.executor, createDescriptor(parameters), this.dataset, { species: this.dataset.species(), signal: this.options.signal });
        members.push({ name, given: parameters, descriptor, cached: [], scaling: [] });
      } catch (error) {
        this.refuse(name, parameters, error);
      }
    }
    return members;
  }

  private refuse(name: string, parameters: NamedParameters["parameters"], error: unknown): void {
    if (!isRefusal(error)) throw error;
    this.refused.push({ name, parameters, reason: error.message });
  }

  /** Costs of all that are not known, side by side. */
  private async measureCosts(members: readonly Member[], reference: Reference): Promise<Member[]> {
    const { wasm, pool } = this.executor;
    for (const member of members) this.recall(member, "cost", (value) => (member.cost = value as Cost));
    const unknown = members.filter(({ cost }) => !cost);
    const species = this.dataset.species();
    const inputs = unknown.map(({ name, descriptor }) => ({ name, descriptor, species, structures: this.sample }));
    const { signal, onProgress } = this.options;
    const context = { wasm, pool, reference, effort: this.effort, signal, onProgress, mayGoOn: () => this.deadline.isBefore(SHARES.costs) };
    const { results, measuredShare } = await measureCosts(context, inputs);
    this.measuredShare = measuredShare;
    for (const member of unknown) await this.keepCost(member, results.get(member.name));
    return members.filter(({ cost }) => cost);
  }

  private async keepCost(member: Member, result: MeasuredCost | undefined): Promise<void> {
    if (result === undefined) {
      this.unreached.add("cost", member.name);
    } else if ("refused" in result) {
      this.refused.push({ name: member.name, parameters: member.given, reason: result.refused });
    } else {
      member.cost = result.cost;
      await this.cache.put(this.keyOf(member, "cost"), result.cost);
    }
  }

  private async measureInformation(members: readonly Member[]): Promise<void> {
    const { signal, onProgress } = this.options;
    const { seed, informationSample: sampleSize } = this.settings;
    for (const [done, member] of members.entries()) {
      throwIfAborted(signal);
      onProgress?.({ stage: "look at what rows tell", done, total: members.length, unit: "descriptors" });
      this.recall(member, "information", (value) => (member.information = value as Information));
      if (member.information) continue;
      if (!this.deadline.isBefore(SHARES.information)) {
        this.unreached.add("information", member.name);
        continue;
      }
      try {
        member.information = await descriptorInformation(this.dataset, member.descriptor, this.executor, { seed, sampleSize, length: MODEL_LENGTH, repeats: this.effort.repeats, signal });
        await this.cache.put(this.keyOf(member, "information"), member.information);
      } catch (error) {
        if (!isRefusal(error)) throw error;
        this.warnings.push(`${member.name}: what it tells is not known: ${error.message}`);
      }
    }
  }

  private async measureAgreement(members: readonly Member[]): Promise<Agreement | undefined> {
    const informed = members.filter(({ information }) => information);
    if (informed.length < 2) return undefined;
    const { signal, onProgress } = this.options;
    const { seed, informationSample: sampleSize } = this.settings;
    const keyOf = (from: number, to: number): CacheKey => ({ ...this.keyOf(informed[from], "agreement"), other: identity(informed[to]) });
    const known = new Map<string, PairAgreement>();
    for (let i = 0; i < informed.length; i++) {
      for (let j = 0; j < informed.length; j++) {
        const pair = this.cache.get(keyOf(i, j)) as PairAgreement | undefined;
        if (pair) known.set(`${i} ${j}`, pair);
      }
    }
    let isWhole = true;
    const mayGoOn = (): boolean => {
      isWhole = this.deadline.isBefore(SHARES.agreement);
      return isWhole;
    };
    const writes: Promise<void>[] = [];
    const onPair = (i: number, j: number, pair: PairAgreement): number => writes.push(this.cache.put(keyOf(i, j), pair));
    const descriptors = informed.map(({ descriptor }) => descriptor);
    const options = { seed, sampleSize, repeats: this.effort.repeats, signal, onProgress, mayGoOn, onPair, known: (i: number, j: number) => known.get(`${i} ${j}`) };
    // a run that is stopped keeps its pairs, too
    const agreement = await descriptorAgreement(this.dataset, descriptors, this.executor, options).finally(() => Promise.all(writes));
    if (!isWhole) this.warnings.push("the time was over before all descriptors were compared with each other: raise the budget");
    if (!isWhole && known.size + writes.length === 0) return undefined;
    return { ...agreement, members: agreement.members.map((i) => members.indexOf(informed[i])) };
  }

  private async measureScaling(members: readonly Member[], reference: Reference): Promise<void> {
    const { wasm, pool } = this.executor;
    const { signal, onProgress } = this.options;
    const species = this.dataset.species();
    const structures = sampleStructures(this.dataset, SCALING_SAMPLE, this.settings.seed);
    const mayGoOn = (): boolean => this.deadline.isBefore(SHARES.scaling);
    for (const [done, member] of members.entries()) {
      throwIfAborted(signal);
      onProgress?.({ stage: "measure how times grow", done, total: members.length, unit: "descriptors" });
      let isKnown = false;
      this.recall(member, "scaling", (value) => {
        member.scaling = value as Scaling[];
        isKnown = true;
      });
      if (isKnown) continue;
      if (!mayGoOn()) {
        this.unreached.add("scaling", member.name);
        continue;
      }
      const { descriptor, cost } = member;
      member.scaling = await measureScaling({ wasm, pool, reference, effort: this.effort, signal, mayGoOn }, { descriptor, species, structures });
      const perStructure = secondsPerAtom({ cost }) * (structures[0]?.geometry.atomicNumbers.length ?? 1);
      const byThreads = mayGoOn() ? await threadScaling(this.executor, { descriptor, species, structures }, perStructure, this.effort.threadRounds) : undefined;
      if (byThreads) member.scaling.push(byThreads);
      if (mayGoOn()) await this.cache.put(this.keyOf(member, "scaling"), member.scaling);
      else this.unreached.add("all-scaling", member.name);
    }
  }

  /** Takes a result from the cache, where there is one. */
  private recall(member: Member, kind: string, use: (value: unknown) => void): void {
    const value = this.cache.get(this.keyOf(member, kind));
    if (value === undefined) return;
    use(value);
    member.cached.push(kind);
  }

  private keyOf(member: Member, kind: string): CacheKey {
    const { seed, costSample, informationSample } = this.settings;
    const isOfMachine = kind === "cost" || kind === "scaling";
    return {
      kind,
      format: FORMATS[kind],
      pestle: version,
      data: this.data,
      seed,
      isQuick: this.options.isQuick === true,
      descriptor: identity(member),
      sample: kind === "cost" ? costSample : kind === "scaling" ? SCALING_SAMPLE : informationSample,
      ...(isOfMachine && this.machine()),
      ...(kind === "scaling" && { threads: this.executor.threads }),
    };
  }

  private result(members: readonly Member[], agreement: Agreement | undefined, reference: Reference): Comparison {
    const { dataset, executor, options, settings, deadline, measuredShare, refused } = this;
    const warnings = [...this.unreached.warnings, ...this.warnings];
    return comparisonOf({
      dataset, executor, members, reference, agreement, refused, warnings, measuredShare, name: options.name ?? "data", seed: settings.seed, seconds: deadline.elapsed,
    });
  }

  /** What times depend on beside the program. */
  private machine(): { cpu: string; node: string; build: string } {
    return { cpu: cpuName(), node: process.versions.node, build: this.executor.wasm.shared.build };
  }
}

/** Whether an error says that a descriptor and the data do not go together, and others may go on. */
function isRefusal(error: unknown): error is PestleError {
  return error instanceof PestleError && error.code !== "CANCELLED" && error.code !== "INTERNAL";
}
