// The last step of the reverse pass of any density of r^l Y_lm: what came back to harmonics and radial functions becomes a vector for each pair.
import { lanes, timesPlus } from "../math/lanes";
import { contractHarmonicsAt } from "../math/spherical-harmonics";

/**
 * Σ_lm [Y (uH) r̂ + ∇(r^l Y) (vH)] of every slot of a chunk to its pair.
 * @param rowBytes from one row of a chunk to the next
 * @param table of the harmonics
 * @param contracted rows of uH and vH
 * @param direction rows of x, y, z of unit vectors
 * @param sums scratch of the harmonics
 * @param legendre scratch of the harmonics
 * @param result three rows, written
 * @param slotPair i32: pair of each slot, −1 where it is empty
 * @param out f64 [pairs × 3], from `firstPair` on, written
 */
export function pairVectorsOfHarmonics<T>(
  lMax: i32, slots: i32, rowBytes: usize, table: usize, contracted: usize, direction: usize, sums: usize, legendre: usize, result: usize,
  slotPair: usize, firstPair: i32, out: usize,
): void {
  for (let slot = 0; slot < slots; slot += lanes<T>()) {
    const at = <usize>slot << 3;
    const x = load<T>(direction + at);
    const y = load<T>(direction + rowBytes + at);
    const z = load<T>(direction + 2 * rowBytes + at);
    contractHarmonicsAt<T>(lMax, x, y, z, table, contracted + at, rowBytes, sums, legendre);
    const radial = load<T>(sums);
    store<T>(result + at, timesPlus<T>(radial, x, load<T>(sums, sizeof<T>())));
    store<T>(result + rowBytes + at, timesPlus<T>(radial, y, load<T>(sums, 2 * sizeof<T>())));
    store<T>(result + 2 * rowBytes + at, timesPlus<T>(radial, z, load<T>(sums, 3 * sizeof<T>())));
  }
  for (let slot = 0; slot < slots; slot++) {
    const pair = load<i32>(slotPair + (<usize>slot << 2));
    if (pair < 0) continue;
    const from = result + (<usize>slot << 3);
    const to = out + <usize>(pair - firstPair) * 24;
    store<f64>(to, load<f64>(from));
    store<f64>(to, load<f64>(from + rowBytes), 8);
    store<f64>(to, load<f64>(from + 2 * rowBytes), 16);
  }
}
