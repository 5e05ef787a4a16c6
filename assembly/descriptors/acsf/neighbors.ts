// The neighbors of one center, sorted by species, with the radial terms that their functions are made of.
import { CutoffFunction, cutoffRow } from "../../math/cutoff";
import { broadcast, lanes, minus, plus, times } from "../../math/lanes";
import { Environments } from "../../neighbors/environments";
import { recordAt } from "../../records";
import { gaussians, wholePower } from "./gaussians";
import { AcsfTables, arms, Bucket, Channel, FunctionSet, neighborRow, NeighborRow, Term, TermKind, termsOf } from "./tables";

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
  store<f64>(to + <usize>NeighborRow.unitX * row, x * inverse);
  store<f64>(to + <usize>NeighborRow.unitY * row, y * inverse);
  store<f64>(to + <usize>NeighborRow.unitZ * row, z * inverse);
  store<f64>(to + <usize>NeighborRow.distance * row, r);
  store<f64>(to + <usize>NeighborRow.inverse * row, inverse);
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

/** Radial terms of every neighbor, and their derivatives by the distance if `derivatives` is 1. */
export function radialTerms<T>(tables: AcsfTables, set: FunctionSet, capacity: i32, derivatives: i32, scratch: usize): void {
  const nSpecies = tables.nSpecies;
  const e = neighborRow(tables, capacity, NeighborRow.gaussian, scratch);
  const f = neighborRow(tables, capacity, NeighborRow.cutoff, scratch);
  const slope = derivatives ? neighborRow(tables, capacity, NeighborRow.cutoffSlope, scratch) : 0;
  for (let s = 0; s < nSpecies; s++) {
    const bucket = recordAt<Bucket>(scratch + tables.bucketsAt, s);
    const channel = recordAt<Channel>(set.channels, s);
    const nTerms = channel.nTerms;
    if (bucket.count == 0) continue;
    const distances = neighborRow(tables, capacity, NeighborRow.distance, scratch) + (<usize>bucket.start << 3);
    let values = termsOf(tables, capacity, 0, bucket, scratch);
    let slopes = termsOf(tables, capacity, 1, bucket, scratch);
    let known = -1;
    for (let t = 0; t < nTerms; t++) {
      const term = recordAt<Term>(channel.terms, t);
      if (term.cutoff != known) {
        known = term.cutoff;
        const cutoff = recordAt<CutoffFunction>(tables.cutoffs, known);
        cutoffRow<T>(cutoff.kind, cutoff.start, cutoff.end, bucket.size, distances, f, slope, 0);
      }
      if (term.kind == TermKind.gaussian) {
        if (term.power == 0) gaussians<T>(bucket.size, term.factor, term.shift, distances, e);
        gaussianTerm<T>(bucket.size, term, distances, e, f, slope, values, slopes);
      } else cosineTerm(bucket.size, term.factor, distances, f, slope, values, slopes);
      values += <usize>bucket.size << 3;
      slopes += <usize>bucket.size << 3;
    }
  }
}

/** Powers of exp(−η (r − r_s)²), times f, and its derivative, for a row of distances. */
function gaussianTerm<T>(count: i32, term: Term, distances: usize, gaussian: usize, f: usize, slope: usize, values: usize, slopes: usize): void {
  const center = broadcast<T>(term.shift);
  const twice = broadcast<T>(-2 * term.factor);
  const power = max(term.power, 1);
  for (let i = 0; i < count; i += lanes<T>()) {
    const at = <usize>i << 3;
    const e = wholePower<T>(load<T>(gaussian + at), power);
    const cutoff = load<T>(f + at);
    store<T>(values + at, times<T>(e, cutoff));
    if (slope) {
      const d = minus<T>(load<T>(distances + at), center);
      store<T>(slopes + at, times<T>(e, plus<T>(load<T>(slope + at), times<T>(times<T>(twice, d), cutoff))));
    }
  }
}

/** cos(κr) f and its derivative. Few functions have it, so it is not vectorised. */
function cosineTerm(count: i32, kappa: f64, distances: usize, f: usize, slope: usize, values: usize, slopes: usize): void {
  for (let i = 0; i < count; i++) {
    const at = <usize>i << 3;
    const cutoff = load<f64>(f + at);
    const phase = cutoff == 0 ? 0 : kappa * load<f64>(distances + at);
    const c = Math.cos(phase);
    store<f64>(values + at, c * cutoff);
    if (slope) store<f64>(slopes + at, c * load<f64>(slope + at) - kappa * Math.sin(phase) * cutoff);
  }
}
