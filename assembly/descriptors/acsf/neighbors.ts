// The neighbors of one center, sorted by species, with the radial terms and the legs that their functions are made of.
import { CutoffFunction, cutoffRow } from "../../math/cutoff";
import { broadcast, lanes, minus, plus, times } from "../../math/lanes";
import { Environments } from "../../neighbors/environments";
import { recordAt } from "../../records";
import { gaussians, wholePower } from "./gaussians";
import { arms, Bucket, legs, neighborRow, NeighborRow, termRow } from "./scratch";
import { AcsfTables, Channel, FunctionSet, SetCutoff, Term, TermKind } from "./tables";

/** Å: stands where there is no neighbor; every cutoff function is 0 there. */
const NOWHERE: f64 = 1e30;

/** Fills the rows over neighbors; no more than `capacity` places. */
export function sortNeighbors(center: i32, environments: Environments, tables: AcsfTables, set: FunctionSet, capacity: i32, scratch: usize): void {
  const first = load<i32>(environments.offsets + (<usize>center << 2));
  const end = load<i32>(environments.offsets + (<usize>center << 2), 4);
  const species = environments.neighborSpecies;
  const distances = environments.distances;
  const radius = set.angularRadius;
  const buckets = scratch + tables.bucketsAt;
  const nSpecies = tables.nSpecies;
  for (let s = 0; s < nSpecies; s++) {
    const bucket = recordAt<Bucket>(buckets, s);
    bucket.near = 0;
    bucket.count = 0;
  }
  for (let pair = first; pair < end; pair++) {
    const bucket = recordAt<Bucket>(buckets, load<i32>(species + (<usize>pair << 2)));
    bucket.count++;
    bucket.near += i32(load<f64>(distances + (<usize>pair << 3)) < radius);
  }
  let start = 0;
  for (let s = 0; s < nSpecies; s++) {
    const bucket = recordAt<Bucket>(buckets, s);
    bucket.start = start;
    bucket.size = (bucket.count + 2) & ~1;
    start += bucket.size;
    for (let i = bucket.count; i < bucket.size; i++) clearPlace(tables, capacity, bucket.start + i, scratch);
    // from here on the numbers of those that were placed
    bucket.count = bucket.near;
    bucket.near = 0;
  }
  for (let pair = first; pair < end; pair++) {
    const bucket = recordAt<Bucket>(buckets, load<i32>(species + (<usize>pair << 2)));
    const isNear = load<f64>(distances + (<usize>pair << 3)) < radius;
    const place = bucket.start + (isNear ? bucket.near : bucket.count);
    bucket.near += i32(isNear);
    bucket.count += i32(!isNear);
    placeNeighbor(environments, pair, tables, capacity, place, scratch);
  }
}

function placeNeighbor(environments: Environments, pair: i32, tables: AcsfTables, capacity: i32, place: i32, scratch: usize): void {
  const at = <usize>pair << 3;
  const x = load<f64>(environments.dx + at);
  const y = load<f64>(environments.dy + at);
  const z = load<f64>(environments.dz + at);
  const r = load<f64>(environments.distances + at);
  const inverse = r > 0 ? 1 / r : 0;
  const row = <usize>capacity << 3;
  const to = neighborRow(tables, capacity, 0, scratch) + (<usize>place << 3);
  store<i32>(to, pair);
  store<f64>(to + <usize>NeighborRow.x * row, x);
  store<f64>(to + <usize>NeighborRow.y * row, y);
  store<f64>(to + <usize>NeighborRow.z * row, z);
  store<f64>(to + <usize>NeighborRow.distance * row, r);
  store<f64>(to + <usize>NeighborRow.inverse * row, inverse);
  store<f64>(to + <usize>NeighborRow.inverseSquare * row, inverse * inverse);
  const arm = arms(tables, capacity, scratch) + (<usize>place << 5);
  store<f64>(arm, 1);
  store<f64>(arm, x, 8);
  store<f64>(arm, y, 16);
  store<f64>(arm, z, 24);
}

function clearPlace(tables: AcsfTables, capacity: i32, place: i32, scratch: usize): void {
  const row = <usize>capacity << 3;
  const to = neighborRow(tables, capacity, 0, scratch) + (<usize>place << 3);
  for (let i = 0; i < NeighborRow.cutoff; i++) store<f64>(to + <usize>i * row, 0);
  const arm = arms(tables, capacity, scratch) + (<usize>place << 5);
  for (let i: usize = 0; i < 32; i += 8) store<f64>(arm + i, 0);
  store<f64>(to + <usize>NeighborRow.distance * row, NOWHERE);
}

/** Radial terms and legs of every neighbor, with their derivatives over the distance if `derivatives` is 1. */
export function radialTerms<T>(tables: AcsfTables, set: FunctionSet, capacity: i32, derivatives: i32, scratch: usize): void {
  const nSpecies = tables.nSpecies;
  const last = recordAt<Bucket>(scratch + tables.bucketsAt, nSpecies - 1);
  const nPlaces = last.start + last.size;
  const distances = neighborRow(tables, capacity, NeighborRow.distance, scratch);
  const f = neighborRow(tables, capacity, NeighborRow.cutoff, scratch);
  const slopes = derivatives ? neighborRow(tables, capacity, NeighborRow.cutoffSlope, scratch) : 0;
  const nCutoffs = set.nCutoffs;
  for (let i = 0; i < nCutoffs; i++) {
    const own = recordAt<SetCutoff>(set.cutoffs, i);
    const cutoff = recordAt<CutoffFunction>(tables.cutoffs, own.cutoff);
    cutoffRow<T>(cutoff.kind, cutoff.start, cutoff.end, nPlaces, distances, f, slopes, 0);
    if (derivatives) overDistance<T>(tables, capacity, nPlaces, scratch);
    if (own.leg >= 0) writeLegs<T>(tables, capacity, own.leg, nPlaces, derivatives, scratch);
    // neighbors whose species have the same terms stand side by side
    for (let s = 0; s < nSpecies; ) {
      const terms = recordAt<Channel>(set.channels, s).terms;
      const start = recordAt<Bucket>(scratch + tables.bucketsAt, s).start;
      const channel = recordAt<Channel>(set.channels, s);
      while (s < nSpecies && recordAt<Channel>(set.channels, s).terms == terms) s++;
      const end = s < nSpecies ? recordAt<Bucket>(scratch + tables.bucketsAt, s).start : nPlaces;
      termsOfCutoff<T>(tables, channel, own.cutoff, capacity, start, end - start, derivatives, scratch);
    }
  }
}

/** The derivative of the cutoff function over the distance. */
function overDistance<T>(tables: AcsfTables, capacity: i32, nPlaces: i32, scratch: usize): void {
  const slopes = neighborRow(tables, capacity, NeighborRow.cutoffSlope, scratch);
  const inverses = neighborRow(tables, capacity, NeighborRow.inverse, scratch);
  for (let at: usize = 0; at < <usize>nPlaces << 3; at += sizeof<T>()) store<T>(slopes + at, times<T>(load<T>(slopes + at), load<T>(inverses + at)));
}

/** What triplets have of each neighbor. */
function writeLegs<T>(tables: AcsfTables, capacity: i32, number: i32, nPlaces: i32, derivatives: i32, scratch: usize): void {
  const row = <usize>capacity << 3;
  let from = neighborRow(tables, capacity, 0, scratch);
  let to = legs(tables, capacity, number, scratch);
  for (let place = 0; place < nPlaces; place++) {
    const inverse = load<f64>(from + <usize>NeighborRow.inverse * row);
    store<f64>(to, load<f64>(from + <usize>NeighborRow.cutoff * row));
    store<f64>(to, inverse, 8);
    if (derivatives) {
      store<f64>(to, load<f64>(from + <usize>NeighborRow.cutoffSlope * row), 16);
      store<f64>(to, load<f64>(from + <usize>NeighborRow.inverseSquare * row), 24);
    }
    from += 8;
    to += 32;
  }
}

/** Terms of one cutoff function of neighbors side by side. */
function termsOfCutoff<T>(
  tables: AcsfTables, channel: Channel, cutoff: i32, capacity: i32, start: i32, count: i32, derivatives: i32, scratch: usize,
): void {
  const first = neighborRow(tables, capacity, 0, scratch) + (<usize>start << 3);
  const nTerms = channel.nTerms;
  for (let t = 0; t < nTerms; t++) {
    const term = recordAt<Term>(channel.terms, t);
    if (term.cutoff != cutoff) continue;
    const values = termRow(tables, capacity, 0, t, scratch) + (<usize>start << 3);
    const slopes = derivatives ? termRow(tables, capacity, 1, t, scratch) + (<usize>start << 3) : 0;
    if (term.kind == TermKind.gaussian) gaussianTerm<T>(count, term, first, <usize>capacity << 3, values, slopes);
    else cosineTerm(count, term.factor, first, <usize>capacity << 3, values, slopes);
  }
}

/** Powers of exp(−η (r − r_s)²), times f, and its derivative over the distance; `first`: what stands in the first row. */
function gaussianTerm<T>(count: i32, term: Term, first: usize, row: usize, values: usize, slopes: usize): void {
  const center = broadcast<T>(term.shift);
  const twice = broadcast<T>(-2 * term.factor);
  const power = max(term.power, 1);
  if (term.power == 0) gaussians<T>(count, term.factor, term.shift, first + <usize>NeighborRow.distance * row, first + <usize>NeighborRow.gaussian * row);
  for (let i = 0; i < count; i += lanes<T>()) {
    const at = <usize>i << 3;
    const from = first + at;
    const e = wholePower<T>(load<T>(from + <usize>NeighborRow.gaussian * row), power);
    const cutoff = load<T>(from + <usize>NeighborRow.cutoff * row);
    store<T>(values + at, times<T>(e, cutoff));
    if (slopes) {
      const d = times<T>(minus<T>(load<T>(from + <usize>NeighborRow.distance * row), center), load<T>(from + <usize>NeighborRow.inverse * row));
      const slope = plus<T>(load<T>(from + <usize>NeighborRow.cutoffSlope * row), times<T>(times<T>(twice, d), cutoff));
      store<T>(slopes + at, times<T>(e, slope));
    }
  }
}

/** cos(κr) f and its derivative over the distance. Few functions have it, so it is not vectorised. */
function cosineTerm(count: i32, kappa: f64, first: usize, row: usize, values: usize, slopes: usize): void {
  for (let i = 0; i < count; i++) {
    const at = <usize>i << 3;
    const from = first + at;
    const cutoff = load<f64>(from + <usize>NeighborRow.cutoff * row);
    const phase = cutoff == 0 ? 0 : kappa * load<f64>(from + <usize>NeighborRow.distance * row);
    const c = Math.cos(phase);
    store<f64>(values + at, c * cutoff);
    if (slopes) {
      const turn = kappa * Math.sin(phase) * cutoff * load<f64>(from + <usize>NeighborRow.inverse * row);
      store<f64>(slopes + at, c * load<f64>(from + <usize>NeighborRow.cutoffSlope * row) - turn);
    }
  }
}
