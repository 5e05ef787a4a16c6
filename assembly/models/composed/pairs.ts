// From neighbor lists to unordered pairs.
import { clusterCutoffRow } from "../../descriptors/cluster/radial";
import { NeighborList } from "../../neighbors/list";
import { CAPACITY, INVALID_ARGUMENT, OK } from "../../status";
import { ComposedPairs } from "./records";

/**
 * Writes each pair of a list once. Centers of the list are the complete sites in their order.
 * @param kind a ClusterCutoffKind, @param radius Å: f_c
 * @param list NeighborList
 * @param sites i32 [nAtoms]: the site that an atom is
 * @param pairs ComposedPairs with the species of its sites; arrays of pairs, with room for one more, are written, nPairs becomes their number
 */
export function composedPairs(kind: i32, radius: f64, list: usize, sites: usize, pairs: usize): i32 {
  const source = changetype<NeighborList>(list);
  const target = changetype<ComposedPairs>(pairs);
  if (source.nCenters != target.nComplete || !(radius > 0)) return INVALID_ARGUMENT;
  const capacity = target.nPairs;
  const nSpecies = target.nSpecies;
  let count = 0;
  store<i32>(target.firstStarts, 0);
  for (let i = 0; i < source.nCenters; i++) {
    const offsets = source.offsets + (<usize>i << 2);
    const s = load<i32>(target.species + (<usize>i << 2));
    for (let p = load<i32>(offsets); p < load<i32>(offsets, 4); p++) {
      const j = load<i32>(sites + (<usize>load<i32>(source.neighborAtoms + (<usize>p << 2)) << 2));
      const at = <usize>p << 3;
      const dx = load<f64>(source.dx + at);
      const dy = load<f64>(source.dy + at);
      const dz = load<f64>(source.dz + at);
      if (j < i || (j == i && !isAhead(dx, dy, dz))) continue;
      if (count == capacity) return CAPACITY;
      const r = load<f64>(source.distances + at);
      const t = load<i32>(target.species + (<usize>j << 2));
      const word = <usize>count << 2;
      const to = <usize>count << 3;
      store<i32>(target.first + word, i);
      store<i32>(target.second + word, j);
      store<i32>(target.kinds + word, pairOfSpecies(nSpecies, s, t));
      store<f64>(target.distances + to, r);
      store<f64>(target.ux + to, dx / r);
      store<f64>(target.uy + to, dy / r);
      store<f64>(target.uz + to, dz / r);
      count++;
    }
    store<i32>(target.firstStarts + (<usize>i << 2), count, 4);
  }
  for (let i = source.nCenters; i < target.nSites; i++) store<i32>(target.firstStarts + (<usize>i << 2), count, 4);
  target.nPairs = count;
  sortBySecond(target);
  if (ASC_FEATURE_SIMD) clusterCutoffRow<v128>(kind, radius, (count + 1) & ~1, target.distances, target.cutoffs, target.cutoffSlopes);
  else clusterCutoffRow<f64>(kind, radius, count, target.distances, target.cutoffs, target.cutoffSlopes);
  return OK;
}

/** Pairs in the order of their second sites. */
function sortBySecond(target: ComposedPairs): void {
  const starts = target.secondStarts;
  const nPairs = <usize>target.nPairs << 2;
  memory.fill(starts, 0, (<usize>target.nSites + 1) << 2);
  for (let p: usize = 0; p < nPairs; p += 4) {
    const at = starts + (<usize>load<i32>(target.second + p) << 2);
    store<i32>(at, load<i32>(at, 4) + 1, 4);
  }
  for (let i: usize = 0; i < <usize>target.nSites << 2; i += 4) store<i32>(starts + i, load<i32>(starts + i, 4) + load<i32>(starts + i), 4);
  // from the last pair on, so that each end of a site moves down to its start
  for (let p = <i32>target.nPairs - 1; p >= 0; p--) {
    const at = starts + (<usize>load<i32>(target.second + (<usize>p << 2)) << 2);
    const place = load<i32>(at, 4) - 1;
    store<i32>(at, place, 4);
    store<i32>(target.secondPairs + (<usize>place << 2), p);
  }
  // every start stands one site too late
  for (let i: usize = 0; i < <usize>target.nSites << 2; i += 4) store<i32>(starts + i, load<i32>(starts + i, 4));
  store<i32>(starts + (<usize>target.nSites << 2), target.nPairs);
}

/** One of d and −d: displacements to opposite images differ in the sign alone. */
function isAhead(dx: f64, dy: f64, dz: f64): bool {
  return dx > 0 || (dx == 0 && (dy > 0 || (dy == 0 && dz > 0)));
}

/** Position of an unordered pair: (0,0), (0,1) … (1,1) … */
// @ts-ignore: decorator
@inline
export function pairOfSpecies(nSpecies: i32, s: i32, t: i32): i32 {
  const low = min(s, t);
  return low * nSpecies - ((low * (low - 1)) >> 1) + abs(t - s);
}
