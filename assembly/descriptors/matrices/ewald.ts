// Potentials φ_ij of a periodic lattice of unit charges with a neutralising background, by Ewald's sums
// (Ewald, Ann. Phys. 369, 253 (1921), doi:10.1002/andp.19213690304). Both parts are added to what stands in the outputs.
import { subtractScaled } from "../../linalg/vector";
import { erfc } from "../../math/erfc";
import { NeighborList } from "../../neighbors/list";
import { INVALID_ARGUMENT, OK } from "../../status";

const TWO_OVER_ROOT_PI: f64 = 1.1283791670955126;

// @ts-ignore: decorator
@inline
function add(at: usize, value: f64): void {
  store<f64>(at, load<f64>(at) + value);
}

/**
 * Σ erfc(a r)/r over the neighbors of every atom.
 * @param a 1/Å
 * @param out f64 [n × n]
 * @param slopes f64 [n × 3 × n]: derivative of φ_ij by the position of atom i; 0: no derivatives
 * @param strains f64 [6 × n × n]: xx yy zz yz xz xy
 */
export function ewaldReal(neighbors: usize, a: f64, out: usize, slopes: usize, strains: usize): i32 {
  const list = changetype<NeighborList>(neighbors);
  const n = list.nAtoms;
  if (n < 0 || !(a > 0)) return INVALID_ARGUMENT;
  for (let i = 0; i < n; i++) {
    const end = load<i32>(list.offsets + ((<usize>i + 1) << 2));
    for (let pair: usize = load<i32>(list.offsets + ((<usize>i) << 2)); pair < <usize>end; pair++) {
      const j = load<i32>(list.neighborAtoms + (pair << 2));
      const r = load<f64>(list.distances + (pair << 3));
      const value = erfc(a * r) / r;
      const element = (<usize>i * n + j) << 3;
      add(out + element, value);
      if (!slopes) continue;
      const byR = -(value + TWO_OVER_ROOT_PI * a * Math.exp(-a * a * r * r)) / (r * r);
      const dx = load<f64>(list.dx + (pair << 3));
      const dy = load<f64>(list.dy + (pair << 3));
      const dz = load<f64>(list.dz + (pair << 3));
      const plane = (<usize>n * n) << 3;
      add(strains + element, byR * dx * dx);
      add(strains + plane + element, byR * dy * dy);
      add(strains + 2 * plane + element, byR * dz * dz);
      add(strains + 3 * plane + element, byR * dy * dz);
      add(strains + 4 * plane + element, byR * dx * dz);
      add(strains + 5 * plane + element, byR * dx * dy);
      if (i == j) continue;
      const row = (<usize>n) << 3;
      const slope = slopes + <usize>i * 3 * row + ((<usize>j) << 3);
      add(slope, -byR * dx);
      add(slope + row, -byR * dy);
      add(slope + 2 * row, -byR * dz);
    }
  }
  return OK;
}

/** A sum over reciprocal vectors, one of each G and −G. */
@unmanaged
export class EwaldReciprocal {
  /** Atoms. */
  n: i32;
  /** Vectors. */
  nVectors: i32;
  /** f64 [n × 3]: positions, Å */
  positions: usize;
  /** f64 [nVectors × 3], 1/Å */
  vectors: usize;
  /** f64 [nVectors]: 8π/V exp(−G²/4a²)/G² */
  weights: usize;
  /** f64 [nVectors × 6]: derivative of the logarithm of the weight by strain */
  weightStrains: usize;
  /** f64 [4 × n] */
  scratch: usize;
}

/** Σ w_G cos(G·(r_i − r_j)); outputs as of `ewaldReal`. */
export function ewaldReciprocal(sum: usize, out: usize, slopes: usize, strains: usize): i32 {
  const record = changetype<EwaldReciprocal>(sum);
  const n = record.n;
  const row = (<usize>n) << 3;
  if (n < 0 || record.nVectors < 0) return INVALID_ARGUMENT;
  const cosines = record.scratch;
  const sines = cosines + row;
  const even = sines + row;
  const odd = even + row;
  for (let g: usize = 0; g < <usize>record.nVectors; g++) {
    const vector = record.vectors + 24 * g;
    const weight = load<f64>(record.weights + (g << 3));
    for (let i: usize = 0; i < <usize>n; i++) {
      const r = record.positions + 24 * i;
      const angle = load<f64>(vector) * load<f64>(r) + load<f64>(vector, 8) * load<f64>(r, 8) + load<f64>(vector, 16) * load<f64>(r, 16);
      store<f64>(cosines + (i << 3), Math.cos(angle));
      store<f64>(sines + (i << 3), Math.sin(angle));
    }
    for (let i: usize = 0; i < <usize>n; i++) {
      const c = weight * load<f64>(cosines + (i << 3));
      const s = weight * load<f64>(sines + (i << 3));
      subtractScaled(n, -c, cosines, out + i * row);
      subtractScaled(n, -s, sines, out + i * row);
      if (!slopes) continue;
      memory.fill(even, 0, 2 * row);
      subtractScaled(n, -c, cosines, even);
      subtractScaled(n, -s, sines, even);
      subtractScaled(n, -s, cosines, odd);
      subtractScaled(n, c, sines, odd);
      for (let axis: usize = 0; axis < 3; axis++) subtractScaled(n, load<f64>(vector + (axis << 3)), odd, slopes + (3 * i + axis) * row);
      for (let v: usize = 0; v < 6; v++) subtractScaled(n, -load<f64>(record.weightStrains + ((6 * g + v) << 3)), even, strains + (v * <usize>n + i) * row);
    }
  }
  return OK;
}
