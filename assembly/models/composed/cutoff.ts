// f_c of cluster bases: 1 at 0; it and three derivatives vanish at the radius.
import { ClusterCutoffKind } from "./records";

/** f_c at x = r/r_c */
export function clusterCutoff(kind: i32, x: f64): f64 {
  if (x >= 1) return 0;
  if (kind == ClusterCutoffKind.poly4) {
    const q = (1 - x) * (1 + x);
    return q * q * (q * q);
  }
  if (kind == ClusterCutoffKind.smoothstep7) {
    // in u = 1 − x, which is exact near the end
    const u = 1 - x;
    return u * u * (u * u) * (35 + u * (-84 + u * (70 - 20 * u)));
  }
  return Math.exp(1 - 1 / ((1 - x) * (1 + x)));
}

/** df_c/dx at x = r/r_c, where f_c is `value` */
export function clusterCutoffSlope(kind: i32, x: f64, value: f64): f64 {
  if (x >= 1) return 0;
  const q = (1 - x) * (1 + x);
  if (kind == ClusterCutoffKind.poly4) return -8 * x * (q * q * q);
  if (kind == ClusterCutoffKind.smoothstep7) {
    const bow = x * (1 - x);
    return -140 * bow * bow * bow;
  }
  return (-2 * x * value) / (q * q);
}
