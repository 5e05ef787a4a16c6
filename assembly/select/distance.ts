// Hot loops of sparse-set selection.
import { squaredDistance } from "../math/squared-distance";
import { INVALID_ARGUMENT, OK } from "../status";

/**
 * One step of farthest-point sampling: after point `chosen` joined the set, lowers the squared distance of every point to the set.
 * @param points f64 [count × nFeatures]; distances f64 [count], squared, lowered in place
 * @param farthest i32 [1], out: index of the point farthest from the set, the lowest of equals
 */
export function farthestPointStep(count: i32, nFeatures: i32, chosen: i32, points: usize, distances: usize, farthest: usize): i32 {
  if (count < 1 || nFeatures < 1 || chosen < 0 || chosen >= count) return INVALID_ARGUMENT;
  const n = <usize>nFeatures;
  const point = points + <usize>chosen * (n << 3);
  let best = -1.0;
  let bestIndex: i32 = 0;
  for (let i: usize = 0; i < <usize>count; i++) {
    let distance = load<f64>(distances + (i << 3));
    // Points already in the set stay at zero whatever the rounding.
    if (distance > 0.0) {
      const next = squaredDistance(n, points + i * (n << 3), point);
      if (next < distance) {
        distance = next;
        store<f64>(distances + (i << 3), distance);
      }
    }
    if (distance > best) {
      best = distance;
      bestIndex = <i32>i;
    }
  }
  store<i32>(farthest, bestIndex);
  return OK;
}

/** out[i] = Σ_k (x_i · basis_k)² / weight, that is out[i] += Σ_k products[i][k]² / eigenvalues[k]; products f64 [count × rank]. */
export function leverageScores(count: i32, rank: i32, products: usize, eigenvalues: usize, out: usize): i32 {
  if (count < 0 || rank < 1) return INVALID_ARGUMENT;
  for (let i: usize = 0; i < <usize>count; i++) {
    let sum = 0.0;
    const row = products + i * (<usize>rank << 3);
    for (let k: usize = 0; k < <usize>rank; k++) {
      const value = load<f64>(row + (k << 3));
      sum += (value * value) / load<f64>(eigenvalues + (k << 3));
    }
    store<f64>(out + (i << 3), sum);
  }
  return OK;
}
