import type { AceLayout } from "../../descriptors/ace/layout.js";
import { radialParts, type RadialPart } from "../../descriptors/ace/radial/pair-radial.js";
import { polynomialSet, SMALLEST } from "../../descriptors/ace/radial/polynomials.js";
import type { RadialSet } from "../../descriptors/ace/radial/radial-functions.js";
import type { PacemakerParameters } from "../../descriptors/ace/radial/pacemaker.js";
import { type ExportedTerm, specOf } from "./exported-term.js";
import { project, PROJECTION, type Projection, type Range, type Target } from "./projection.js";
import type { YaceBond } from "./yace-file.js";

/** How radial functions are written. */
export interface RadialOptions {
  /** Functions of ChebExpCos that others are written as sums of; undefined: as many as they take. */
  readonly size: number | undefined;
  /** Whether the pair term is among them. */
  readonly withPairs: boolean;
}

/** Radial functions of one neighbor around one center. */
export interface ExportedBond {
  /** As in the file, without the coefficients of functions. */
  readonly head: YaceBond;
  /** R_nl as coefficients of g_k; n of the term itself */
  manyBody(term: ExportedTerm, n: number, l: number): readonly number[];
  /** Functions of the pair term, the same way. */
  pair(term: ExportedTerm, n: number): readonly number[];
  /** Of values and derivatives, where functions were projected. */
  readonly errors?: { readonly value: number; readonly slope: number };
}

/** Degree of the polynomial that ρ^−2 goes on as nearer than `SMALLEST`: so smooth that sums of few functions follow. */
const INWARD_DEGREE = 12;
/** Sizes that are tried in turn, until deviations are below the aim. */
const SIZES = [40, 60, 80, 100, 120];
const AIM = 1e-10;

/** What all bonds have, in which nothing repels but the functions. */
const NO_CORE = { prehc: 0, lambdahc: 1 };

/** Radial functions that the files have themselves are written as they are, others as sums of functions of ChebExpCos. */
export function exportedBond(terms: readonly ExportedTerm[], center: number, neighbor: number, options: RadialOptions): ExportedBond {
  return nativeBond(terms, center, neighbor, options) ?? projectedBond(terms, center, neighbor, options);
}

const NAMES: Readonly<Record<PacemakerParameters["type"], string>> = {
  "chebyshev-power": "ChebPow",
  "chebyshev-linear": "ChebLinear",
  "chebyshev-exponential-cosine": "ChebExpCos",
  "simplified-bessel": "SBessel",
};

/** Of the functions of files, where those of all terms are the same. */
function nativeBond(terms: readonly ExportedTerm[], center: number, neighbor: number, { withPairs }: RadialOptions): ExportedBond | undefined {
  const specs = terms.map((term) => specOf(term, center, neighbor));
  const hasOther = terms.some(({ layout }, t) => withPairs && layout.nPair > 0 && specs[t].pair !== "radial");
  const radials = specs.map(({ radial }) => (radial.type === "polynomials" ? undefined : radial));
  const [first] = radials;
  const key = (t: number): string => JSON.stringify({ ...radials[t], size: undefined, coefficients: undefined, cutoff: specs[t].cutoff });
  if (!first || hasOther || radials.some((own, t) => !own || key(t) !== key(0))) return undefined;
  const sizes = terms.flatMap(({ nMax, layout }, t) => [radials[t]!.coefficients ? longest(radials[t]!.coefficients) : nMax, withPairs ? layout.nPair : 0]);
  const size = Math.max(1, ...sizes);
  const unit = (n: number): number[] => Array.from({ length: size }, (_, k) => Number(k === n - 1));
  const inner = first.innerSwitch;
  return {
    head: {
      radbasename: NAMES[first.type],
      radparameters: [("lambda" in first ? first.lambda : undefined) ?? 1],
      nradbasemax: size,
      ...NO_CORE,
      rcut: specs[0].cutoff,
      dcut: "switchWidth" in first ? first.switchWidth : 0.01,
      ...(inner && { rcut_in: inner.radius, dcut_in: inner.width, inner_cutoff_type: "distance" as const }),
    },
    manyBody(term, n, l) {
      const at = terms.indexOf(term);
      if (at < 0) return [];
      const { coefficients } = radials[at]!;
      if (!coefficients) return unit(n);
      return Array.from({ length: size }, (_, k) => coefficients[n - 1]?.[l]?.[k] ?? 0);
    },
    pair: (_, n) => unit(n),
  };
}

function longest(coefficients: readonly (readonly (readonly number[])[])[]): number {
  return Math.max(0, ...coefficients.flat().map(({ length }) => length));
}

/** Targets of a projection by the function that each is: term, kind, n, l. */
type Targets = Map<string, Target>;

const nameOf = (term: number, kind: "pair" | "manyBody", n: number, l = 0): string => `${term} ${kind} ${n} ${l}`;

function projectedBond(terms: readonly ExportedTerm[], center: number, neighbor: number, { size, withPairs }: RadialOptions): ExportedBond {
  const specs = terms.map((term) => specOf(term, center, neighbor));
  const targets: Targets = new Map();
  const all = terms.map((term, t) => ({ term, ...radialParts(specs[t], term.layout) }));
  // functions that are given for every l, and those that are the same for all
  const byL = all.map(({ term, manyBody }) => term.layout.isByL && "set" in manyBody);
  const ends = all.flatMap(({ term, manyBody, pair }, t) => [
    ...(term.nMax > 0 ? [addManyBody(targets, t, term, manyBody, byL[t])] : []),
    ...(pair && withPairs ? [addPairs(targets, t, term, pair)] : []),
  ]);
  const range = { cutoff: Math.max(0, ...ends) || Math.max(...specs.map(({ cutoff }) => cutoff)), bondLength: Math.min(...specs.map(({ bondLength }) => bondLength)) };
  const tried = bestProjection([...targets.values()], size, range);
  const places = new Map([...targets.keys()].map((name, i) => [name, i]));
  const coefficientsOf = (name: string): readonly number[] => tried.coefficients[places.get(name) ?? -1] ?? [];
  return {
    head: { radbasename: "ChebExpCos", radparameters: [PROJECTION.lambda], nradbasemax: tried.size, ...NO_CORE, rcut: range.cutoff, dcut: PROJECTION.switchWidth },
    manyBody: (term, n, l) => coefficientsOf(nameOf(terms.indexOf(term), "manyBody", n, byL[terms.indexOf(term)] ? l : 0)),
    pair: (term, n) => coefficientsOf(nameOf(terms.indexOf(term), "pair", n)),
    errors: { value: tried.error, slope: tried.slopeError },
  };
}

/** @returns Å, where they end */
function addManyBody(targets: Targets, t: number, { layout }: ExportedTerm, part: RadialPart, isByL: boolean): number {
  const whole = wholeSet(part);
  layout.nOfL.forEach((count, l) => {
    for (let n = 1; n <= count; n++) {
      targets.set(nameOf(t, "manyBody", n, isByL ? l : 0), { ...whole, column: (isByL ? columnOfL(layout, l) : 0) + n - 1 });
    }
  });
  return endOf(whole.set);
}

function addPairs(targets: Targets, t: number, { layout }: ExportedTerm, part: RadialPart): number {
  const whole = wholeSet(part);
  for (let n = 1; n <= layout.nPair; n++) targets.set(nameOf(t, "pair", n), { ...whole, column: n - 1 });
  return endOf(whole.set);
}

/** Functions of each l stand side by side. */
function columnOfL({ blocks }: AceLayout, l: number): number {
  return blocks[l].columnAt;
}

function endOf({ pieces }: RadialSet): number {
  return pieces[pieces.length - 1].end;
}

/** As a set, and from where on it has to be followed. */
function wholeSet(part: RadialPart): { set: RadialSet; from: number } {
  if ("set" in part) return { set: part.set, from: 0 };
  const { polynomials } = part;
  const rises = polynomials.envelope.type === "inverse-square";
  return { set: polynomialSet(polynomials, INWARD_DEGREE), from: rises ? SMALLEST * polynomials.bondLength : 0 };
}

/** Of the fewest functions that reach the aim, or of the most. */
function bestProjection(targets: readonly Target[], size: number | undefined, range: Range): Projection & { readonly size: number } {
  const sizes = targets.length === 0 ? [1] : size === undefined ? SIZES : [size];
  let tried = { size: sizes[0], ...project(targets, sizes[0], range) };
  for (const own of sizes.slice(1)) {
    if (Math.max(tried.error, tried.slopeError) <= AIM) break;
    tried = { size: own, ...project(targets, own, range) };
  }
  return tried;
}
