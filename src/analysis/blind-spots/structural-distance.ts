import { InvalidParameterError } from "../../errors.js";
import { everyMatching } from "./every-matching.js";
import { bestPartners, compareAtoms, type ComparedAtoms, type EnvironmentAtoms, greedyCost, lengths, orientationOf, type Placement } from "./matched-atoms.js";
import { type Matrix3, transpose3 } from "./orthogonal.js";
import { startOrientations } from "./start-orientations.js";

/** Up to so many neighbors, every matching is looked at. */
const EXACT = 6;
/** Starts that are improved, and how often. */
const IMPROVED = 4;
const STEPS = 20;

/** How environments are compared. */
export interface StructuralDistanceOptions {
  /** Å, greater than 0: where environments end; neighbors that are farther are an error. */
  readonly cutoff: number;
  /** Å, ends the search at a placement that is as good; default 0. */
  readonly enough?: number;
}

/** How far two environments are from each other, and how one lies on the other. */
export interface StructuralDistance {
  /** Å, the root of the sum over all atoms. */
  readonly distance: number;
  /** Whether this is the least of all placements, or `enough`; otherwise it is an upper bound. */
  readonly isExact: boolean;
  /** 3 × 3, row by row, orthogonal: a ≈ R b. Where several are as good, as in symmetric environments, one of them. */
  readonly rotation: readonly number[];
  /** For each neighbor of a that of b, −1 for one that has none. */
  readonly partners: Int32Array;
}

/**
 * Congruence distance of two environments: the least of
 *
 * D² = Σ_matched |x_i − R y_j|² + Σ_unmatched (r_c − r)²
 *
 * over all rotations and reflections R about the center and all matchings of neighbors of the same species. It is 0 for environments that are the same but
 * for a rotation, a reflection or the numbering, and for these alone. A neighbor without a partner has its partner on the sphere of the cutoff, through
 * which it could come and go (Figalli & Gigli, J. Math. Pures Appl. 94, 107 (2010), doi:10.1016/j.matpur.2009.11.005), so that D is continuous, its
 * square with its slope, where an atom passes the cutoff, and the triangle inequality holds. Up to six neighbors each it is exact; for more
 * it is the best of several starts, improved by turns (Hungarian method, Kabsch), and so an upper bound. D is that of b and a, too.
 * @throws {InvalidParameterError} for a cutoff, positions or numbers of species that make no sense
 */
export function structuralDistance(a: EnvironmentAtoms, b: EnvironmentAtoms, { cutoff, enough = 0 }: StructuralDistanceOptions): StructuralDistance {
  if (!(cutoff > 0 && Number.isFinite(cutoff))) throw new InvalidParameterError(`the cutoff is ${cutoff} Å; it must be greater than 0`);
  check(a, cutoff);
  check(b, cutoff);
  // the same order whichever comes first: bounds from a few starts would differ
  if (comesAfter(a, b)) {
    const { distance, isExact, rotation, partners } = place(compareAtoms(b, a, cutoff), enough);
    const inverse = new Int32Array(a.species.length).fill(-1);
    partners.forEach((i, j) => i >= 0 && (inverse[i] = j));
    return { distance, isExact, rotation: Array.from(transpose3(Float64Array.from(rotation))), partners: inverse };
  }
  return place(compareAtoms(a, b, cutoff), enough);
}

function check({ positions, species }: EnvironmentAtoms, cutoff: number): void {
  if (positions.length !== 3 * species.length) {
    throw new InvalidParameterError(`an environment has ${positions.length} coordinates and ${species.length} species; it needs three coordinates for each neighbor`);
  }
  const wrong = lengths(positions).findIndex((length) => !(length <= cutoff * (1 + 1e-9)));
  if (wrong < 0) return;
  const where = Array.from(positions.subarray(3 * wrong, 3 * wrong + 3)).join(", ");
  throw new InvalidParameterError(`neighbor ${wrong} is at (${where}) Å from the center; it must be within the cutoff of ${cutoff} Å`);
}

/** By the number of neighbors, then by distances: the environment with fewer neighbors fixes orientations, as each of them should have a partner. */
function comesAfter(a: EnvironmentAtoms, b: EnvironmentAtoms): boolean {
  if (a.species.length !== b.species.length) return a.species.length > b.species.length;
  const [left, right] = [signature(a), signature(b)];
  const at = left.findIndex((value, k) => value !== right[k]);
  return at >= 0 && left[at] > right[at];
}

function signature({ positions }: EnvironmentAtoms): Float64Array {
  return Float64Array.from([...lengths(positions).sort(), ...positions]);
}

function place(atoms: ComparedAtoms, enough: number): StructuralDistance {
  const isSmall = Math.max(atoms.leavingX.length, atoms.leavingY.length) <= EXACT;
  const limit = enough ** 2;
  const improved = bestOfStarts(atoms, limit);
  const best = isSmall ? everyMatching(atoms, improved, limit) : improved;
  return { distance: Math.sqrt(best.square), isExact: isSmall || best.square <= limit, rotation: Array.from(best.rotation), partners: best.partners };
}

function bestOfStarts(atoms: ComparedAtoms, enough: number): Placement {
  const starts: { readonly rotation: Matrix3; readonly cost: number }[] = [];
  for (const rotation of startOrientations(atoms)) {
    const limit = starts.length < IMPROVED ? Infinity : starts[IMPROVED - 1].cost;
    const cost = greedyCost(atoms, rotation, limit);
    if (cost <= enough) return bestPartners(atoms, rotation);
    if (!(cost < limit)) continue;
    const place = starts.findIndex((other) => cost < other.cost);
    starts.splice(place < 0 ? starts.length : place, 0, { rotation, cost });
    starts.length = Math.min(starts.length, IMPROVED);
  }
  let best = improve(atoms, starts[0].rotation);
  for (const { rotation } of starts.slice(1)) {
    if (best.square <= enough) break;
    const found = improve(atoms, rotation);
    if (found.square < best.square) best = found;
  }
  return best;
}

/** Turns of the best orientation for the partners and the best partners for the orientation: neither can make it worse. */
function improve(atoms: ComparedAtoms, start: Matrix3): Placement {
  let best = bestPartners(atoms, start);
  for (let step = 0; step < STEPS; step++) {
    const next = bestPartners(atoms, orientationOf(atoms, best.partners));
    if (!(next.square < best.square * (1 - 1e-9))) return next.square < best.square ? next : best;
    best = next;
  }
  return best;
}
