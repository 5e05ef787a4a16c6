import { enumerations } from "../../wasm/records.js";
import { cutoffRecord, type CutoffFunctionName } from "../../math/cutoff-functions.js";
import type { RecordName, RecordValues } from "../../wasm/records.js";
import type { SpeciesList } from "../descriptor.js";
import type { SymmetryFunction } from "./symmetry-function.js";
import { PowerRows } from "./power-rows.js";

type Pointers = "terms" | "radial" | "slots" | "steps" | "slopeSteps" | "factors" | "functions" | "pairs" | "columns" | "runs" | "rows";
type Numbers<Name extends RecordName> = Omit<RecordValues<Name>, Pointers>;

/** What functions of neighbors of one species are made of. */
export interface ChannelPlan {
  readonly terms: readonly Numbers<"Term">[];
  readonly radial: readonly Numbers<"RadialFunction">[];
  readonly slots: Slot[];
}

/** A column of the Jacobian of triplets; without a feature it only fills the pair of lanes. */
export interface Slot {
  readonly feature: number | undefined;
  readonly weight: number;
}

/** Functions of triplets that share a radial factor. */
export interface FactorPlan {
  readonly record: Omit<Numbers<"RadialFactor">, "nFunctions" | "nRuns">;
  readonly functions: readonly Numbers<"AngularFunction">[];
  readonly runs: readonly RunPlan[];
}

/** Functions that are powers of the same base. */
export interface RunPlan {
  readonly base: number;
  readonly rows: readonly number[];
  /** λ and the power of the base and of every row */
  readonly powers: readonly (readonly [number, number])[];
}

/** Functions of triplets that are the same for several pairs of species. */
export interface GroupPlan {
  readonly narrowRadius: number;
  readonly leg: number;
  readonly isOfLegs: number;
  readonly usesDistances: number;
  readonly wide: readonly FactorPlan[];
  readonly narrow: readonly FactorPlan[];
  readonly steps: readonly Numbers<"AngularStep">[];
  readonly slopeSteps: readonly Numbers<"AngularStep">[];
  readonly runSteps: readonly Numbers<"AngularStep">[];
  readonly pairs: PairPlan[];
}

/** What functions of a group have of two species. */
export interface PairPlan {
  readonly first: number;
  readonly second: number;
  readonly columns: readonly Numbers<"Column">[];
  /** Of every factor, wide ones first. */
  readonly factors: readonly Numbers<"PairFactor">[];
}

/** Functions of centers of some species. */
export interface SetPlan {
  readonly angularRadius: number;
  readonly cutoffs: readonly Numbers<"SetCutoff">[];
  /** For each species. */
  readonly channels: readonly ChannelPlan[];
  readonly groups: readonly GroupPlan[];
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
  const needDistances = cutoff.function !== "cosine" || cutoff.innerFraction > 0;
  const rows = new PowerRows();
  const sets: SetPlan[] = [];
  const known = new Map<string, number>();
  const numbered = columns.map((column, feature): Column => ({ ...column, feature }));
  const setOf = (center: number | undefined): number => {
    const own = numbered.filter(({ centers }) => centers === undefined || (center !== undefined && centers.includes(center)));
    if (own.length === 0) return -1;
    const key = own.map(({ feature }) => feature).join();
    if (!known.has(key)) known.set(key, sets.push(new SetPlanner(own, species, { radii, needDistances }, rows).plan()) - 1);
    return known.get(key)!;
  };
  const setOfSpecies = [...species, undefined].map(setOf);
  const cutoffs = radii.map((radius) => cutoffRecord(cutoff.function, radius, cutoff.innerFraction));
  return { nSpecies: species.length, nFeatures: columns.length, cutoffs, sets, setOfSpecies, nAngularRows: rows.count };
}

/** Narrow and without a shift: its Gaussian is that of the sum of the squares of three distances. */
const isOfLegs = ({ kind, shift }: SymmetryFunction): boolean => kind !== "g5" && shift === 0;

/** Cutoff functions by their radius, and whether they need the distance and not only its square. */
interface Cutoffs {
  readonly radii: readonly number[];
  readonly needDistances: boolean;
}

/** Plans the functions of one set of centers. */
class SetPlanner {
  private readonly terms: readonly Map<string, Numbers<"Term">>[];
  private readonly angular: readonly Column[];
  /** Numbers of the cutoff functions of legs. */
  private readonly legs: readonly number[];

  constructor(
    private readonly columns: readonly Column[],
    private readonly species: SpeciesList,
    private readonly cutoffs: Cutoffs,
    private readonly rows: PowerRows,
  ) {
    this.angular = columns.filter(({ zeta }) => zeta > 0);
    const ofLegs = this.angular.filter(isOfLegs);
    // one is there in any case, for the directions
    this.legs = [...new Set((ofLegs.length > 0 ? ofLegs : this.angular.slice(0, 1)).map((column) => this.cutoffOf(column)))];
    const ofTerms = columns.filter((column) => column.zeta === 0 || !isOfLegs(column));
    this.terms = species.map((z) => {
      const own = ofTerms.filter(({ neighbors }) => neighbors.length === 0 || neighbors.includes(z)).map((column) => this.termOf(column));
      const sorted = own.sort((a, b) => a.cutoff - b.cutoff || a.kind - b.kind || a.shift - b.shift || a.factor - b.factor);
      return new Map(sorted.map((term) => [JSON.stringify(term), term]));
    });
  }

  plan(): SetPlan {
    const channels = this.species.map((z, index): ChannelPlan => {
      const own = this.columns.filter(({ zeta, neighbors }) => zeta === 0 && (neighbors.length === 0 || neighbors[0] === z));
      const radial = own.map((column) => ({ term: this.term(index, column), feature: column.feature, weight: column.neighbors.length === 0 ? z : 1 }));
      return { terms: termsWithPowers([...this.terms[index].values()]), radial, slots: [] };
    });
    const groups = new Map<string, GroupPlan>();
    this.species.forEach((_, second) => {
      for (let first = 0; first <= second; first++) this.addPair(groups, first, second, channels);
    });
    const used = new Set([...this.terms.flatMap((terms) => [...terms.values()].map(({ cutoff }) => cutoff)), ...this.legs]);
    const cutoffs = [...used].sort((a, b) => a - b).map((cutoff) => ({ cutoff, leg: this.legs.indexOf(cutoff) }));
    return { angularRadius: Math.max(0, ...this.angular.map(({ radius }) => radius)), cutoffs, channels, groups: [...groups.values()] };
  }

  private cutoffOf({ radius }: SymmetryFunction): number {
    return this.cutoffs.radii.indexOf(radius);
  }

  private termOf(column: SymmetryFunction): Numbers<"Term"> {
    const { kind, eta, kappa, shift } = column;
    const cutoff = this.cutoffOf(column);
    return kind === "g3" ? { kind: termKinds.cosine, cutoff, factor: kappa, shift: 0, power: 0 } : { kind: termKinds.gaussian, cutoff, factor: eta, shift, power: 0 };
  }

  /** Position of a function's term in the channel of a species. */
  private term(species: number, column: SymmetryFunction): number {
    return [...this.terms[species].keys()].indexOf(JSON.stringify(this.termOf(column)));
  }

  /** Adds what functions have of a pair of species to the group of its functions. */
  private addPair(groups: Map<string, GroupPlan>, first: number, second: number, channels: readonly ChannelPlan[]): void {
    const { species } = this;
    const own = this.angular.filter(({ neighbors: [a, b] }) => a === undefined || (a === species[first] && b === species[second]));
    if (own.length === 0) return;
    const byFactor = new Map<string, Column[]>();
    for (const column of own) {
      const key = JSON.stringify([column.kind === "g5", column.eta, column.shift, column.radius]);
      byFactor.set(key, [...(byFactor.get(key) ?? []), column]);
    }
    const lists: string[] = [];
    const columns: Numbers<"Column">[] = [];
    const planned = [...byFactor.values()].map((functions) => {
      const factor = this.factor(functions, columns.length, lists);
      const ofFactor = functions.map((column) => this.columnOf(column, first, second));
      columns.push(...ofFactor);
      return { factor, ofPair: this.pairFactor(functions[0], ofFactor, channels, first, second) };
    });
    const isWide = ({ factor }: (typeof planned)[number]): boolean => factor.record.cutoff < 0;
    const wide = planned.filter(isWide).sort((a, b) => a.factor.record.list - b.factor.record.list);
    const narrow = planned.filter((each) => !isWide(each)).sort((a, b) => inOrder(a.factor, b.factor));
    const group = this.group(own, wide.map(({ factor }) => factor), narrow.map(({ factor }) => factor));
    const key = JSON.stringify(group);
    if (!groups.has(key)) groups.set(key, group);
    groups.get(key)!.pairs.push({ first, second, columns, factors: [...wide, ...narrow].map(({ ofPair }) => ofPair) });
  }

  private group(columns: readonly Column[], wide: readonly FactorPlan[], narrow: readonly FactorPlan[]): GroupPlan {
    const powers = columns.map(({ lambda, zeta }) => [lambda, zeta] as const);
    const { radii, needDistances } = this.cutoffs;
    return {
      narrowRadius: Math.max(0, ...narrow.map(({ record }) => radii[record.cutoff])),
      leg: Math.max(0, ...narrow.slice(0, 1).map(({ record }) => record.leg)),
      isOfLegs: Number(wide.length === 0 && narrow.every(({ record }) => record.leg >= 0 && record.leg === narrow[0].record.leg)),
      usesDistances: Number(needDistances || narrow.some(({ record }) => record.leg < 0)),
      wide, narrow: factorsWithPowers(narrow), pairs: [],
      steps: this.rows.powers(powers), slopeSteps: this.rows.slopes(powers), runSteps: this.rows.powers(powersOfRuns([...wide, ...narrow])),
    };
  }

  private factor(columns: readonly Column[], firstFunction: number, lists: string[]): FactorPlan {
    const sorted = [...columns].sort((a, b) => b.lambda - a.lambda || b.zeta - a.zeta);
    const functions = columns.map((column) => {
      const { lambda, zeta } = column;
      return { row: this.rows.row(lambda, zeta), slopeRow: this.rows.row(lambda, zeta - 1), rank: sorted.indexOf(column), slope: lambda * zeta };
    });
    const runs = [...new Set(sorted.map(({ lambda }) => lambda))].map((own): RunPlan => {
      const zetas = sorted.filter(({ lambda }) => lambda === own).map(({ zeta }) => zeta);
      const powers = zetas.map((zeta, i) => [own, zeta - (zetas[i + 1] ?? 1)] as const);
      return { base: this.rows.row(own, 1), rows: powers.map(([lambda, power]) => this.rows.row(lambda, power)), powers: [[own, 1], ...powers] };
    });
    const list = JSON.stringify(functions);
    if (!lists.includes(list)) lists.push(list);
    const [{ kind, eta, shift }] = columns;
    const cutoff = this.cutoffOf(columns[0]);
    const leg = isOfLegs(columns[0]) ? this.legs.indexOf(cutoff) : -1;
    return { record: { eta, shift, cutoff: kind === "g5" ? -1 : cutoff, leg, firstFunction, list: lists.indexOf(list), power: 0 }, functions, runs };
  }

  private columnOf({ feature, zeta, neighbors }: Column, first: number, second: number): Numbers<"Column"> {
    return { feature, weight: 2 ** (1 - zeta) * (neighbors.length === 0 ? this.species[first] * this.species[second] : 1) };
  }

  /** With columns of the Jacobian in pairs, the same for both neighbors where they are of one species. */
  private pairFactor(
    column: Column, columns: readonly Numbers<"Column">[], channels: readonly ChannelPlan[], first: number, second: number,
  ): Numbers<"PairFactor"> {
    const slots = columns.length % 2 === 1 ? [...columns, { feature: undefined, weight: 0 }] : columns;
    const add = (channel: number): number => channels[channel].slots.push(...slots) - slots.length;
    const firstSlot = add(first);
    const secondSlot = first === second ? firstSlot : add(second);
    const term = (channel: number): number => (isOfLegs(column) ? -1 : this.term(channel, column));
    return { firstTerm: term(first), secondTerm: term(second), firstSlot, secondSlot };
  }
}

function powersOfRuns(factors: readonly FactorPlan[]): (readonly [number, number])[] {
  return factors.flatMap(({ runs }) => runs.flatMap(({ powers }) => powers));
}

/** Narrow factors: those of the same legs stand together, and those whose Gaussians may be powers of another's. */
function inOrder({ record: a }: FactorPlan, { record: b }: FactorPlan): number {
  return a.cutoff - b.cutoff || b.leg - a.leg || a.list - b.list || a.shift - b.shift || a.eta - b.eta;
}

/** Factors whose Gaussians are powers of another's, in the order of the list. */
function factorsWithPowers(factors: readonly FactorPlan[]): FactorPlan[] {
  const powers = powersOf(factors.map(({ record }) => record));
  return factors.map((factor, i) => ({ ...factor, record: { ...factor.record, power: powers[i] } }));
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
