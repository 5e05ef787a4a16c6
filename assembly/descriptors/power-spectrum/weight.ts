// Weight of a neighbor by its distance: cutoff function times weighting function, with the derivative.
import { cosineCutoff, cosineCutoffSlope } from "../../math/cutoff";
import { recordAt } from "../../records";
import { PowerSpectrumTables, Weighting, WeightingFunction } from "./tables";

/** Stores weight and derivative (1/Å) of a neighbor of a block's species at `out`. */
export function storeWeight(tables: PowerSpectrumTables, block: i32, r: f64, out: usize): void {
  let weight: f64 = 1;
  let slope: f64 = 0;
  if (tables.cosine) {
    weight = cosineCutoff(r, tables.cosineStart, tables.cosineEnd);
    slope = cosineCutoffSlope(r, tables.cosineStart, tables.cosineEnd);
  }
  const kind = tables.weighting;
  if (kind != WeightingFunction.none) {
    const parameters = recordAt<Weighting>(tables.weights, block);
    const c = parameters.c;
    const d = parameters.d;
    const m = parameters.m;
    const r0 = parameters.r0;
    const x = r / r0;
    let value: f64 = 0;
    let derivative: f64 = 0;
    if (kind == WeightingFunction.poly) {
      if (m == 0) {
        value = c;
      } else if (x < 1) {
        // 1 + 2x³ − 3x² without cancellation, which would give powers of negative numbers near x = 1
        const base = (1 - x) * (1 - x) * (1 + 2 * x);
        const power = m == 1 ? 1 : Math.pow(base, m - 1);
        value = c * power * base;
        derivative = (c * m * power * 6 * x * (x - 1)) / r0;
      }
    } else if (kind == WeightingFunction.pow) {
      const power = Math.pow(x, m);
      const bottom = d + power;
      value = c / bottom;
      derivative = r > 0 ? (-value * m * power) / (r * bottom) : 0;
    } else {
      const e = Math.exp(-x);
      const bottom = d + e;
      value = c / bottom;
      derivative = (value * e) / (r0 * bottom);
    }
    slope = slope * value + weight * derivative;
    weight *= value;
  }
  store<f64>(out, weight);
  store<f64>(out, slope, 8);
}
