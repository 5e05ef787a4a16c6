// Sums over pairs that turn descriptor gradients into forces and the virial.
import { NeighborList } from "../neighbors/list";
import { INVALID_ARGUMENT, OK } from "../status";

/**
 * Adds pair gradients to forces and virial. With g_p = ∂E_i/∂r_j of pair p = (center i, neighbor j) and d_p = r_j − r_i:
 * F_j −= g_p, F_i += g_p, V_ab −= d_pa g_pb.
 * @param list NeighborList; its first offset is the first pair
 * @param gradients f64 [pairs × 3], eV/Å, from the first pair on
 * @param forces f64 [nAtoms × 3], eV/Å, added to; virial f64 [9], eV, row-major, added to (null pointer skips it)
 */
export function scatterForces(list: usize, gradients: usize, forces: usize, virial: usize): i32 {
  const pairs = changetype<NeighborList>(list);
  const nCenters = pairs.nCenters;
  if (nCenters < 0) return INVALID_ARGUMENT;
  const offsets = pairs.offsets;
  const centerAtoms = pairs.centerAtoms;
  const neighborAtoms = pairs.neighborAtoms;
  const dx = pairs.dx;
  const dy = pairs.dy;
  const dz = pairs.dz;
  let xx = 0.0, xy = 0.0, xz = 0.0;
  let yx = 0.0, yy = 0.0, yz = 0.0;
  let zx = 0.0, zy = 0.0, zz = 0.0;
  let first = <usize>load<i32>(offsets);
  let gradient = gradients;
  for (let c: usize = 0; c < <usize>nCenters; c++) {
    const last = <usize>load<i32>(offsets + (c << 2), 4);
    let sumX = 0.0, sumY = 0.0, sumZ = 0.0;
    for (let p = first; p < last; p++, gradient += 24) {
      const gx = load<f64>(gradient);
      const gy = load<f64>(gradient, 8);
      const gz = load<f64>(gradient, 16);
      const force = forces + <usize>load<i32>(neighborAtoms + (p << 2)) * 24;
      store<f64>(force, load<f64>(force) - gx);
      store<f64>(force, load<f64>(force, 8) - gy, 8);
      store<f64>(force, load<f64>(force, 16) - gz, 16);
      sumX += gx;
      sumY += gy;
      sumZ += gz;
      const x = load<f64>(dx + (p << 3));
      const y = load<f64>(dy + (p << 3));
      const z = load<f64>(dz + (p << 3));
      xx += x * gx; xy += x * gy; xz += x * gz;
      yx += y * gx; yy += y * gy; yz += y * gz;
      zx += z * gx; zy += z * gy; zz += z * gz;
    }
    const center = forces + <usize>load<i32>(centerAtoms + (c << 2)) * 24;
    store<f64>(center, load<f64>(center) + sumX);
    store<f64>(center, load<f64>(center, 8) + sumY, 8);
    store<f64>(center, load<f64>(center, 16) + sumZ, 16);
    first = last;
  }
  if (virial) {
    subtract(virial, xx); subtract(virial + 8, xy); subtract(virial + 16, xz);
    subtract(virial + 24, yx); subtract(virial + 32, yy); subtract(virial + 40, yz);
    subtract(virial + 48, zx); subtract(virial + 56, zy); subtract(virial + 64, zz);
  }
  return OK;
}

// @ts-ignore: decorator
@inline
function subtract(target: usize, value: f64): void {
  store<f64>(target, load<f64>(target) - value);
}
