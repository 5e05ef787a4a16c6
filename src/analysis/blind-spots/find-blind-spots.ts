import { requireCenterRows, requireInvariantRows } from "../../descriptors/requirements.js";
import type { AnyDescriptor } from "../../descriptors/structure-descriptor.js";
import { centerNumbers } from "../../environments/center-selection.js";
import { learnFromData } from "../../environments/learn.js";
import type { Executor } from "../../parallel/executor.js";
import { Holdings } from "../../parallel/holdings.js";
import type { WorkContext } from "../../parallel/work-context.js";
import type { Dataset } from "../../structures/dataset.js";
import type { BlindPair, BlindSpots, PairEnergy, SpeciesSearch } from "./blind-spots.js";
import { CONGRUENT } from "./distinct-environments.js";
import { errorBound, pairEnergy, pairForces, type ScalesBySpecies, type StructurePair } from "./pair-cost.js";
import { type BlindSpotOptions, searchLimits, type SearchLimits } from "./options.js";
import { type ComparedPair, type FoundPairs, searchSpecies } from "./search-species.js";

/**
 * Pairs of environments of the data that are close for a descriptor and far from each other: nearest neighbors by fingerprints, with columns over their
 * deviations, are found without all pairs; congruent environments count once; the congruence distance of the closest, or of those that a reference tells
 * apart best, says how far they are. What the pairs cost in energies and forces, and which errors follow for every model of the
 * descriptor, see docs/theory/blind-spots.md. The same bits for any number of threads.
 * @throws {InvalidParameterError} for a descriptor without a row for each center, or options that are not allowed; {InvalidStructureError};
 * {NumericalError} for fingerprints that are not finite; {ResourceError} where there is no memory for so many; {CancelledError}
 */
export async function findBlindSpots(dataset: Dataset, descriptor: AnyDescriptor, executor: Executor, options: BlindSpotOptions = {}): Promise<BlindSpots> {
  const limits = searchLimits(options);
  requireCenterRows(descriptor, "blind pairs");
  requireInvariantRows(descriptor, "blind pairs");
  const species = dataset.species();
  const centers = options.centers ? centerNumbers(options.centers, species) : species;
  const context: WorkContext = { executor, ...(options.signal && { signal: options.signal }), ...(options.onProgress && { onProgress: options.onProgress }) };
  const holdings = new Holdings(executor);
  try {
    const learning = { species, centers: { species: centers }, signal: options.signal };
    const learned = await learnFromData(executor, descriptor, dataset, learning);
    const reference = options.reference && (await learnFromData(executor, options.reference, dataset, learning));
    const [tables, referenceTables] = [learned, reference].map((kind) => kind && holdings.keep(kind.prepare(executor.wasm, executor.pool, species)).tables);
    const found: FoundPairs[] = [];
    for (const center of centers) {
      found.push(await searchSpecies({ dataset, center, tables: tables!, referenceTables, cutoff: descriptor.cutoff, limits }, context));
    }
    const scales: ScalesBySpecies = new Map(found.map(({ center, scales }) => [center, scales]));
    return await new Judgement(dataset, found, limits, (pair) => pairEnergy(dataset, pair, tables!, scales, context)).result();
  } finally {
    holdings.release();
  }
}

/** What the pairs that were found cost. */
class Judgement {
  private readonly energies = new Map<string, PairEnergy | undefined>();

  constructor(
    private readonly dataset: Dataset,
    private readonly found: readonly FoundPairs[],
    private readonly limits: SearchLimits,
    private readonly energyOf: (pair: StructurePair) => Promise<PairEnergy | undefined>,
  ) {}

  async result(): Promise<BlindSpots> {
    const different = this.found.flatMap(({ pairs }) => pairs).filter(({ structuralDistance }) => structuralDistance > CONGRUENT);
    const all = different.filter(({ isIdentical, structuralDistance }) => isIdentical || structuralDistance >= this.limits.leastDifference);
    all.sort((left, right) => right.score - left.score || left.a.structure - right.a.structure || left.a.atom - right.a.atom || left.b.structure - right.b.structure || left.b.atom - right.b.atom);
    const identical = all.filter(({ isIdentical }) => isIdentical);
    const bounds: StructurePair[] = [];
    for (const { a, b } of identical) if ((await this.energy(a.structure, b.structure))?.isBound) bounds.push({ a: a.structure, b: b.structure });
    const pairs: BlindPair[] = [];
    for (const pair of all.slice(0, this.limits.listed)) pairs.push(await this.judge(pair));
    const bound = errorBound(this.dataset, bounds);
    return { searches: this.found.map(({ search }) => search), pairs, identical: identical.length, ...(bound && { bound }), remarks: this.remarks(different.length, different.length - all.length) };
  }

  private async judge(pair: ComparedPair): Promise<BlindPair> {
    const energy = await this.energy(pair.a.structure, pair.b.structure);
    const forces = pairForces(this.dataset, pair.a, pair.b, pair.rotation);
    return { ...pair, ...(energy && { energy }), ...(forces && { forces }) };
  }

  private async energy(a: number, b: number): Promise<PairEnergy | undefined> {
    const key = `${a} ${b}`;
    if (!this.energies.has(key)) this.energies.set(key, await this.energyOf({ a, b }));
    return this.energies.get(key);
  }

  private remarks(count: number, small: number): string[] {
    const searches = this.found.map(({ search }) => search);
    const remarks = searches.flatMap((search) => remarksOn(search));
    if (count === 0 && searches.some(({ pairs }) => pairs > 0)) remarks.push("All environments with close fingerprints are congruent: no pair is blind.");
    if (small > 0) remarks.push(`${small} pair${small === 1 ? " of environments that differs" : "s of environments that differ"} by less than ${this.limits.leastDifference} Å ${small === 1 ? "does" : "do"} not count.`);
    return remarks;
  }
}

function remarksOn({ species, total, environments, distinct, columns, pairs, compared }: SpeciesSearch): string[] {
  const remarks: string[] = [];
  if (environments < total) remarks.push(`${species}: ${environments} of ${total} environments are looked at, a seeded sample.`);
  if (distinct < 2) remarks.push(`${species}: ${total === 1 ? "there is one environment" : "all environments are congruent"}, so there are no pairs.`);
  else if (columns === 0) remarks.push(`${species}: all fingerprints are equal.`);
  if (compared < pairs) remarks.push(`${species}: the structures of ${compared} of ${pairs} pairs of neighbors are compared.`);
  return remarks;
}
