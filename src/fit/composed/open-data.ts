import { InvalidParameterError } from "../../errors.js";
import { hasSpeciesWeights, speciesPairs } from "../../descriptors/cluster/basis.js";
import { layoutParameters, type ParameterLayout } from "../../models/composed/parameters.js";
import { type ComposedForm, leavesOf } from "../../models/composed/tree.js";
import type { Holdings } from "../../parallel/holdings.js";
import type { WorkContext } from "../../parallel/work-context.js";
import type { Dataset } from "../../structures/dataset.js";
import { symbolOf } from "../../structures/periodic-table.js";
import { TrainingOrder } from "../../structures/training-order.js";
import { rowsOf, type StructureTargets, targetsOf } from "../structure-targets.js";
import { DataProblem } from "./data-problem.js";
import { type LargestSums, largestSums, type SumsOfData } from "./largest-sums.js";
import { range } from "./linear-part.js";
import { ParameterSpace, type SpaceOptions } from "./parameter-space.js";
import { placeStructures } from "./place-structures.js";
import type { ComposedFitOptions, ResolvedComposedFit } from "./schema.js";
import type { PlacedStructure } from "./structure-rows.js";
import { nameOf, type TrainedForm, type TrainingData } from "./training.js";

/** A share of the structures has so many rows for each parameter, or all are taken. */
const ROWS_PER_PARAMETER = 5;

/** The data of a fit in shared memory, with pairs and targets, for any form of its cutoff. */
export class ComposedData implements TrainingData {
  private readonly problems = new Map<string, DataProblem>();
  private readonly spaces = new Map<string, ParameterSpace>();

  private constructor(
    private readonly options: ResolvedComposedFit,
    /** Atomic numbers, ascending. */
    readonly species: readonly number[],
    private readonly structures: readonly PlacedStructure[],
    /** Positions of the structures of the share. */
    private readonly share: readonly number[],
    private readonly sums: SumsOfData,
    private readonly work: WorkContext,
  ) {}

  /**
   * @param form of the fit; parts of it see the same pairs
   * @throws {InvalidParameterError} when the cutoff leaves no pairs
   */
  static async open(options: ResolvedComposedFit, form: ComposedForm, dataset: Dataset, zeros: readonly number[], work: WorkContext, holdings: Holdings): Promise<ComposedData> {
    const species = dataset.species();
    const targets: StructureTargets[] = [];
    for (let i = 0; i < dataset.nStructures; i++) targets.push(targetsOf(dataset, i, options.fit.sigma, species, zeros));
    const sums = await largestSums(targets.map(({ geometry }) => geometry), form.cutoff, species, options.fit.bounds.alpha, work);
    requirePairs(sums.pairsOfSpecies, species, form.cutoff.radius);
    requireTriplets(sums.tripletsOfSpecies, form);
    const structures = placeStructures(targets, form, species, work, holdings);
    const share = shareOf(options, form, dataset, targets, species.length);
    return new ComposedData(options, species, structures, share, sums, work);
  }

  get nSpecies(): number {
    return this.species.length;
  }

  /** What bounds exponents. */
  get largest(): LargestSums {
    return this.sums.sums;
  }

  /** Neighbors of all atoms, by unordered pair of species. */
  get pairsOfSpecies(): readonly number[] {
    return this.sums.pairsOfSpecies;
  }

  /** Atoms with two neighbors, by species of the three. */
  get tripletsOfSpecies(): readonly number[] {
    return this.sums.tripletsOfSpecies;
  }

  problem(trained: TrainedForm, share: boolean): DataProblem {
    const key = `${nameOf(trained)} ${share}`;
    let problem = this.problems.get(key);
    if (!problem) {
      const structures = share ? this.share.map((index) => this.structures[index]) : this.structures;
      this.problems.set(key, (problem = new DataProblem(trained, this.species, structures, this.work)));
    }
    return problem;
  }

  space({ form, layout }: TrainedForm): ParameterSpace {
    const key = nameOf({ form, layout });
    let space = this.spaces.get(key);
    if (!space) this.spaces.set(key, (space = new ParameterSpace(form, layout, this.sums.sums, spaceOptions(this.options.fit, form.cutoff.radius))));
    return space;
  }

  frozen({ form, layout }: TrainedForm): ReadonlySet<number> {
    return new Set([...frozenWeights(form, layout, this.nSpecies, this.options.model.freezeFirstPair), ...idleWeights(form, layout, this.nSpecies, this.sums)]);
  }
}

function requirePairs(pairsOfSpecies: readonly number[], species: readonly number[], radius: number): void {
  const pairs = speciesPairs(species.length);
  const lonely = species.filter((_, s) => pairs.every((pair, p) => pairsOfSpecies[p] === 0 || !pair.includes(s)));
  if (lonely.length === 0) return;
  const who = lonely.length === species.length ? "no two atoms of the data are that close" : `no ${lonely.map(symbolOf).join(" and no ")} atom of the data has a neighbor that close`;
  throw new InvalidParameterError(`model.cutoff.radius is ${radius} Å, and ${who}: raise it${lonely.length === species.length ? "" : ", or leave these atoms out of the data"}`);
}

/** Without pairs of neighbors the sums of three bodies are rounding errors, which a fit would follow. */
function requireTriplets(tripletsOfSpecies: readonly number[], { bases, cutoff: { radius } }: ComposedForm): void {
  if (bases.every(({ body }) => body === 2) || tripletsOfSpecies.some((count) => count > 0)) return;
  throw new InvalidParameterError(`model.cutoff.radius is ${radius} Å, and no atom of the data has two neighbors that close, as three-body terms need: raise it, or leave the T out of model.potential`);
}

/** Bounds and starts in terms of the cutoff where the options do not say. */
export function spaceOptions({ bounds, startRanges }: ComposedFitOptions, radius: number): SpaceOptions {
  return {
    bounds: { alpha: bounds.alpha, beta: bounds.beta, narrowest: bounds.largestExponent, exponents: bounds.argument },
    start: { alpha: startRanges.alpha ?? [0.125 / radius ** 2, 5 / radius ** 2], beta: startRanges.beta, exponents: startRanges.argument },
  };
}

/** Factors of the first pair of species, of bases where others could take their part. */
export function frozenWeights(form: ComposedForm, layout: ParameterLayout, nSpecies: number, option: boolean | undefined): Set<number> {
  const frozen = new Set<number>();
  for (const [b, basis] of form.bases.entries()) {
    if (!hasSpeciesWeights(basis, nSpecies)) continue;
    const isGauge = leavesOf(form.root).every((leaf) => leaf.basis !== b || leaf.op === "linear");
    if (!(option ?? isGauge)) continue;
    for (const parameter of range(layout.bases[b].weights, basis.body === 2 ? basis.size : 1)) frozen.add(parameter);
  }
  return frozen;
}

/** Factors of species that never meet: their columns are 0, or of three bodies rounding errors, which steps would follow to any size. */
export function idleWeights({ bases }: ComposedForm, layout: ParameterLayout, nSpecies: number, { pairsOfSpecies, tripletsOfSpecies }: Pick<SumsOfData, "pairsOfSpecies" | "tripletsOfSpecies">): Set<number> {
  const idle = new Set<number>();
  for (const [b, basis] of bases.entries()) {
    if (!hasSpeciesWeights(basis, nSpecies)) continue;
    const [counts, each] = basis.body === 2 ? [pairsOfSpecies, basis.size] : [tripletsOfSpecies, 1];
    for (const [key, count] of counts.entries()) {
      if (count === 0) for (const parameter of range(layout.bases[b].weights + key * each, each)) idle.add(parameter);
    }
  }
  return idle;
}

function shareOf({ fit, seed }: ResolvedComposedFit, form: ComposedForm, dataset: Dataset, targets: readonly StructureTargets[], nSpecies: number): readonly number[] {
  const all = [...targets.keys()];
  if (fit.startShare === 1) return all;
  const share = new TrainingOrder(dataset, seed).take(fit.startShare);
  const nRows = share.reduce((sum, index) => sum + rowsOf(targets[index]), 0);
  return nRows < ROWS_PER_PARAMETER * layoutParameters(form, nSpecies).parameters.length ? all : share;
}
