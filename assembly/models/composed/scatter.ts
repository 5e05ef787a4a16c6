// From derivatives by displacements of pairs to forces and the virial.
import { ComposedPairs, ComposedProgram } from "./records";

/** F_i += g, F_j −= g, virial −= d ⊗ g (0: skipped), g the derivative by d = r_j − r_i in the slopes of pairs first … last − 1, `stride` bytes apart. */
export function scatterPairs(all: ComposedProgram, sites: ComposedPairs, first: i32, last: i32, stride: usize, forces: usize, virial: usize): void {
  let t = all.pairSlopes;
  let xx = 0.0, xy = 0.0, xz = 0.0, yx = 0.0, yy = 0.0, yz = 0.0, zx = 0.0, zy = 0.0, zz = 0.0;
  for (let p = <usize>first; p < <usize>last; p++, t += 8) {
    const ux = load<f64>(sites.ux + (p << 3));
    const uy = load<f64>(sites.uy + (p << 3));
    const uz = load<f64>(sites.uz + (p << 3));
    const along = load<f64>(t);
    let gx = along * ux;
    let gy = along * uy;
    let gz = along * uz;
    if (all.hasVectors) {
      gx += load<f64>(t + stride);
      gy += load<f64>(t + 2 * stride);
      gz += load<f64>(t + 3 * stride);
    }
    const a = forces + 24 * <usize>load<i32>(sites.first + (p << 2));
    const b = forces + 24 * <usize>load<i32>(sites.second + (p << 2));
    store<f64>(a, load<f64>(a) + gx);
    store<f64>(a, load<f64>(a, 8) + gy, 8);
    store<f64>(a, load<f64>(a, 16) + gz, 16);
    store<f64>(b, load<f64>(b) - gx);
    store<f64>(b, load<f64>(b, 8) - gy, 8);
    store<f64>(b, load<f64>(b, 16) - gz, 16);
    if (!virial) continue;
    const r = load<f64>(sites.distances + (p << 3));
    const x = r * ux, y = r * uy, z = r * uz;
    xx += x * gx; xy += x * gy; xz += x * gz;
    yx += y * gx; yy += y * gy; yz += y * gz;
    zx += z * gx; zy += z * gy; zz += z * gz;
  }
  if (!virial) return;
  subtract(virial, xx); subtract(virial + 8, xy); subtract(virial + 16, xz);
  subtract(virial + 24, yx); subtract(virial + 32, yy); subtract(virial + 40, yz);
  subtract(virial + 48, zx); subtract(virial + 56, zy); subtract(virial + 64, zz);
}

// @ts-ignore: decorator
@inline
function subtract(target: usize, value: f64): void {
  store<f64>(target, load<f64>(target) - value);
}
