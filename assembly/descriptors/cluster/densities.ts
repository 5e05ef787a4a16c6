// Densities a_ν,lm = Σ_j φ_ν(r_j) Y_lm(u_j) of the neighbors of one center, which make three-body functions linear in the number of neighbors:
// Φ_νμq = ½ Σ_s [Σ_m a^s_ν,qm b^s_μ,qm − w_ss Σ_j φ_ν φ_μ] with the densities of the partners b^s = 4π/(2q + 1) Σ_t w_st a^t.
import { broadcast, lanes, times, timesPlus } from "../../math/lanes";
import { outerProducts } from "../../math/outer-tile";
import { harmonicsAt } from "../../math/spherical-harmonics";
import { Environments } from "../../neighbors/environments";
import { recordAt } from "../../records";
import { nextNeighbors, radialOfChunk, slotCount, transposeRows, valueRows } from "./neighbors";
import { ClusterBasisTables, ClusterRow, clusterRow, ClusterTables, densityBytes, densityOf, pairWeight, ROW, strideBytes } from "./tables";

/** Y_lm of every slot, rows over slots. */
export function harmonicsOfChunk<T>(tables: ClusterTables, scratch: usize): void {
  const places = (slotCount(tables, scratch) + 1) & ~1;
  const direction = clusterRow(tables, 0, scratch);
  for (let slot = 0; slot < places; slot += lanes<T>()) {
    const at = direction + (<usize>slot << 3);
    harmonicsAt<T>(tables.lMax, load<T>(at), load<T>(at + ROW), load<T>(at + 2 * ROW), tables.harmonics, scratch + tables.harmonicsAt + (<usize>slot << 3), ROW);
  }
}

/** Adds the neighbors of a chunk to a density: `rows` f64 [slot][stride] of radial functions. */
export function addDensity<T>(tables: ClusterTables, basis: ClusterBasisTables, rows: usize, density: usize, scratch: usize): void {
  const slots = slotCount(tables, scratch);
  const stride = strideBytes(basis);
  for (let i = 0; i < basis.nDegrees; i++) {
    const q = load<i32>(basis.degrees + (<usize>i << 2));
    const first = <usize>(q * q);
    outerProducts<T>(
      2 * q + 1, basis.stride, slots, scratch + tables.harmonicsAt + first * ROW, 8, ROW, rows, stride, density + first * stride, stride, true,
    );
  }
}

/** Adds Σ_j f_ν(j) g_μ(j) of a chunk: `left`, `right` f64 [slot][stride]; out f64 [ν][stride]. */
export function addSelf<T>(tables: ClusterTables, basis: ClusterBasisTables, left: usize, right: usize, out: usize, scratch: usize): void {
  const stride = strideBytes(basis);
  outerProducts<T>(basis.size, basis.stride, slotCount(tables, scratch), left, stride, 8, right, stride, out, stride, true);
}

/** Where Σ φ φ of a density stands. */
// @ts-ignore: decorator
@inline
export function selfOf(tables: ClusterTables, basis: ClusterBasisTables, density: i32, scratch: usize): usize {
  return scratch + tables.selfAt + basis.selfAt + <usize>(density * basis.size) * strideBytes(basis);
}

/** Where a density stands among those of a center. */
// @ts-ignore: decorator
@inline
export function densityAt(basis: ClusterBasisTables, density: i32, densities: usize): usize {
  return densities + basis.densitiesAt + <usize>density * densityBytes(basis);
}

/** Densities and self terms of the three-body bases of a center. */
export function expandCenter<T>(center: i32, environments: Environments, tables: ClusterTables, densities: usize, scratch: usize): void {
  memory.fill(densities, 0, tables.densityBytes);
  memory.fill(scratch + tables.selfAt, 0, tables.selfBytes);
  const offsets = environments.offsets + (<usize>center << 2);
  const endPair = load<i32>(offsets, 4);
  for (let species = 0; species < tables.nSpecies; species++) {
    let pair = load<i32>(offsets);
    while (pair < endPair) {
      pair = nextNeighbors(tables, environments, species, pair, endPair, scratch);
      if (slotCount(tables, scratch) == 0) break;
      radialOfChunk<T>(tables, false, scratch);
      addChunk<T>(tables, species, densities, scratch);
    }
  }
}

/** Adds the neighbors of a chunk, whose radial functions are there, to densities and self terms. */
export function addChunk<T>(tables: ClusterTables, species: i32, densities: usize, scratch: usize): void {
  if (tables.lMax < 0) return;
  harmonicsOfChunk<T>(tables, scratch);
  const rows = scratch + tables.transposedAt;
  for (let b = 0; b < tables.nBases; b++) {
    const basis = recordAt<ClusterBasisTables>(tables.bases, b);
    if (basis.body != 3) continue;
    transposeRows(basis, slotCount(tables, scratch), valueRows(tables, basis, scratch), rows);
    const density = densityOf(basis, species);
    addDensity<T>(tables, basis, rows, densityAt(basis, density, densities), scratch);
    addSelf<T>(tables, basis, rows, rows, selfOf(tables, basis, density, scratch), scratch);
  }
}

/** Densities of the partners of a species, of each group [lm][stride]: of one partner where species have blocks of their own, else of all. */
export function partnersOf<T>(tables: ClusterTables, basis: ClusterBasisTables, row: i32, species: i32, densities: usize, out: usize): void {
  const bytes = densityBytes(basis);
  for (let group = 0; group < basis.nGroups; group++, out += bytes) {
    const isAlone = basis.nGroups > 1;
    const first = isAlone ? group : 0;
    const end = isAlone ? group + 1 : basis.nDensities;
    memory.fill(out, 0, bytes);
    for (let partner = first; partner < end; partner++) {
      addPartner<T>(basis, pairWeight(tables, basis, row, species, partner), densityAt(basis, partner, densities), out);
    }
  }
}

function addPartner<T>(basis: ClusterBasisTables, weight: f64, density: usize, out: usize): void {
  const stride = strideBytes(basis);
  for (let i = 0; i < basis.nDegrees; i++) {
    const q = load<i32>(basis.degrees + (<usize>i << 2));
    const factor = broadcast<T>((4 * Math.PI * weight) / <f64>(2 * q + 1));
    const end = <usize>((q + 1) * (q + 1)) * stride;
    for (let at = <usize>(q * q) * stride; at < end; at += sizeof<T>()) {
      store<T>(out + at, timesPlus<T>(factor, load<T>(density + at), load<T>(out + at)));
    }
  }
}
