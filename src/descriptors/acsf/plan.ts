import { enumerations } from "../../wasm/records.js";
import { cutoffRecord, type CutoffFunctionName } from "../../math/cutoff-functions.js";
import type { RecordName, RecordValues } from "../../wasm/records.js";
import type { SpeciesList } from "../descriptor.js";
import type { SymmetryFunction } from "./symmetry-function.js";
import { PowerRows } from "./power-rows.js";

type Pointers = "terms" | "radial" | "slots" | "steps" | "slopeSteps" | "factors" | "functions";
type Numbers<Name extends RecordName> = Omit<RecordValues<Name>, Pointers>;

/** What functions of neighbors of one species are made of. */
export interface ChannelPlan {
  readonly terms: readonly Numbers<"Term">[];
  readonly radial: readonly Numbers<"RadialFunction">[];
  readonly slots: Numbers<"TripletSlot">[];
}

/** Functions of triplets that share a radial factor. */
export interface FactorPlan {
  readonly record: Omit<Numbers<"RadialFactor">, "nFunctions">;
  readonly functions: readonly Numbers<"AngularFunction">[];
}

/** Functions of triplets with neighbors of two species. */
export interface PairPlan {
  readonly first: number;
  readonly second: number;
  readonly narrowRadius: number;
  readonly wide: readonly FactorPlan[];
  readonly narrow: readonly FactorPlan[];
  readonly nFunctions: number;
  readonly steps: readonly Numbers<"AngularStep">[];
  readonly slopeSteps: readonly Numbers<"AngularStep">[];
}

/** Functions of centers of some species. */
export interface SetPlan {
  readonly angularRadius: number;
  /** For each species. */
  readonly channels: readonly ChannelPlan[];
  readonly pairs: readonly PairPlan[];
}

/** Symmetry functions as groups of what they have in common. */
export interface AcsfPlan {
  readonly nSpecies: number;
  readonly nFeatures: number;
  readonly cutoffs: readonly Numbers<"CutoffFunction">[];
  readonly sets: readonly SetPlan[];
  /** The set of the centers of each species, then of centers that are no atoms; −1: none */
  readonly setOfSpecies: readonly number[];
  readonly nAngularRows: number;
}

const { TermKind: termKinds } = enumerations;
/** Higher powers of a Gaussian would lose digits. */
const HIGHEST_POWER = 32;

/** A function with its column. */
interface Column extends SymmetryFunction {
  readonly feature: number;
}

/** Plans the columns of a list of species. */
export function planFunctions(
  columns: readonly SymmetryFunction[], species: SpeciesList, cutoff: { readonly function: CutoffFunctionName; readonly innerFraction: number },
): AcsfPlan {
  const radii = [...new Set(columns.map(({ radius }) => radius))];
  const rows = new PowerRows();
  const sets: SetPlan[] = [];
  const known = new Map<string, number>();
  const numbered = columns.map((column, feature): Column => ({ ...column, feature }));
  const setOf = (center: number | undefined): number => {
    const own = numbered.filter(({ centers }) => centers === undefined || (center !== undefined && centers.includes(center)));
    if (own.length === 0) return -1;
    const key = own.map(({ feature }) => feature).join();
    if (!known.has(key)) known.set(key, sets.push(new SetPlanner(own, species, radii, rows).plan()) - 1);
    return known.get(key)!;
  };
  const setOfSpecies = [...species, undefined].map(setOf);
  const cutoffs = radii.map((radius) => cutoffRecord(cutoff.function, radius, cutoff.innerFraction));
  return { nSpecies: species.length, nFeatures: columns.length, cutoffs, sets, setOfSpecies, nAngularRows: rows.count };
}

/** Plans the functions of one set of centers. */
class SetPlanner {
  private readonly terms: readonly Map<string, Numbers<"Term">>[];

  constructor(
    private readonly columns: readonly Column[],
    private readonly species: SpeciesList,
    private readonly radii: readonly number[],
    private readonly rows: PowerRows,
  ) {
    this.terms = species.map((z) => {
      const own = columns.filter(({ neighbors }) => neighbors.length === 0 || neighbors.includes(z)).map((column) => this.termOf(column));
      const sorted = own.sort((a, b) => a.cutoff - b.cutoff || a.kind - b.kind || a.shift - b.shift || a.factor - b.factor);
      return new Map(sorted.map((term) => [JSON.stringify(term), term]));
    });
  }

  plan(): SetPlan {
    const angular = this.columns.filter(({ zeta }) => zeta > 0);
    const channels = this.species.map((z, index): ChannelPlan => {
      const own = this.columns.filter(({ zeta, neighbors }) => zeta === 0 && (neighbors.length === 0 || neighbors[0] === z));
      const radial = own.map((column) => ({ term: this.term(index, column), feature: column.feature, weight: column.neighbors.length === 0 ? z : 1 }));
      return { terms: termsWithPowers([...this.terms[index].values()]), radial, slots: [] };
    });
    const pairs = this.species.flatMap((_, second) => this.species.slice(0, second + 1).flatMap((_, first) => this.pair(first, second, angular, channels)));
    return { angularRadius: Math.max(0, ...angular.map(({ radius }) => radius)), channels, pairs };
  }

  private termOf({ kind, eta, kappa, shift, radius }: SymmetryFunction): Numbers<"Term"> {
    const cutoff = this.radii.indexOf(radius);
    return kind === "g3" ? { kind: termKinds.cosine, cutoff, factor: kappa, shift: 0, power: 0 } : { kind: termKinds.gaussian, cutoff, factor: eta, shift, power: 0 };
  }

  /** Position of a function's term in the channel of a species. */
  private term(species: number, column: SymmetryFunction): number {
    return [...this.terms[species].keys()].indexOf(JSON.stringify(this.termOf(column)));
  }

  private pair(first: number, second: number, angular: readonly Column[], channels: readonly ChannelPlan[]): PairPlan[] {
    const { species } = this;
    const own = angular.filter(({ neighbors: [a, b] }) => a === undefined || (a === species[first] && b === species[second]));
    if (own.length === 0) return [];
    const groups = new Map<string, Column[]>();
    for (const column of own) {
      const key = JSON.stringify([column.kind === "g5", column.eta, column.shift, column.radius]);
      groups.set(key, [...(groups.get(key) ?? []), column]);
    }
    const lists: string[] = [];
    let nFunctions = 0;
    const factor = (group: readonly Column[]): FactorPlan => {
      const functions = group.map((column) => this.functionOf(column, first, second));
      const list = JSON.stringify(functions.map(({ row, slopeRow, slope }) => [row, slopeRow, slope]));
      if (!lists.includes(list)) lists.push(list);
      const [firstSlot, secondSlot] = this.addSlots(functions, channels, first, second);
      const { eta, shift, radius } = group[0];
      const firstFunction = nFunctions;
      nFunctions += functions.length;
      const terms = { firstTerm: this.term(first, group[0]), secondTerm: this.term(second, group[0]) };
      const cutoff = this.radii.indexOf(radius);
      return { record: { eta, shift, cutoff, ...terms, firstFunction, list: lists.indexOf(list), power: 0, firstSlot, secondSlot }, functions };
    };
    const isWide = ([{ kind }]: readonly Column[]): boolean => kind === "g5";
    const order = (a: FactorPlan, b: FactorPlan): number => a.record.cutoff - b.record.cutoff || a.record.list - b.record.list || a.record.shift - b.record.shift || a.record.eta - b.record.eta;
    const all = [...groups.values()];
    const wide = all.filter(isWide).map(factor).sort((a, b) => a.record.list - b.record.list);
    const narrow = factorsWithPowers(all.filter((group) => !isWide(group)).map(factor).sort(order));
    const narrowRadius = Math.max(0, ...narrow.map(({ record }) => this.radii[record.cutoff]));
    const powers = own.map(({ lambda, zeta }) => [lambda, zeta] as const);
    return [{ first, second, narrowRadius, wide, narrow, nFunctions, steps: this.rows.values(powers), slopeSteps: this.rows.slopes(powers) }];
  }

  private functionOf({ feature, lambda, zeta, neighbors }: Column, first: number, second: number): Numbers<"AngularFunction"> {
    const weight = 2 ** (1 - zeta) * (neighbors.length === 0 ? this.species[first] * this.species[second] : 1);
    return { row: this.rows.row(lambda, zeta), slopeRow: this.rows.row(lambda, zeta - 1), feature, slope: lambda * zeta, weight };
  }

  /** Columns of the Jacobian for the functions of a factor, in pairs; the same for both neighbors where they are of one species. */
  private addSlots(
    functions: readonly Numbers<"AngularFunction">[], channels: readonly ChannelPlan[], first: number, second: number,
  ): [number, number] {
    const slots = functions.map(({ feature, weight }) => ({ feature, weight }));
    if (slots.length % 2 === 1) slots.push({ feature: -1, weight: 0 });
    const add = (channel: number): number => channels[channel].slots.push(...slots) - slots.length;
    const firstSlot = add(first);
    return [firstSlot, first === second ? firstSlot : add(second)];
  }
}

/** Factors whose Gaussians are powers of another's, in the order of the list. */
function factorsWithPowers(factors: readonly FactorPlan[]): FactorPlan[] {
  const powers = powersOf(factors.map(({ record }) => record));
  return factors.map(({ record, functions }, i) => ({ record: { ...record, power: powers[i] }, functions }));
}

/** The same for terms; other terms than Gaussians stand behind them. */
function termsWithPowers(terms: readonly Numbers<"Term">[]): Numbers<"Term">[] {
  const powers = powersOf(terms.map(({ kind, factor, shift }) => ({ eta: kind === termKinds.gaussian ? factor : 0, shift })));
  return terms.map((term, i) => ({ ...term, power: powers[i] }));
}

/** Which power each Gaussian is of the last one that is none, for which it is 0. */
function powersOf(gaussians: readonly { readonly eta: number; readonly shift: number }[]): number[] {
  let base = { eta: 0, shift: 0 };
  return gaussians.map((gaussian) => {
    const { eta, shift } = gaussian;
    const power = base.eta > 0 && shift === base.shift ? Math.round(eta / base.eta) : 0;
    if (power >= 1 && power <= HIGHEST_POWER && Math.abs(power * base.eta - eta) <= Number.EPSILON * eta) return power;
    base = gaussian;
    return 0;
  });
}
