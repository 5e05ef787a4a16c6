import type { ClusterCutoff } from "../../../descriptors/cluster/basis.js";
import type { PreciseArithmetic } from "../../../math/precise/arithmetic.js";
import type { Precise } from "../../../math/precise/binding.js";

/** f_c and f_c′ of the clusters, see `ClusterCutoff`, at 0 < r < radius. */
export function cutoffFunction(numbers: PreciseArithmetic, { radius, function: name }: ClusterCutoff, r: Precise, value: Precise, slope: Precise): void {
  const mark = numbers.mark();
  const [x, one] = [numbers.scalar(), numbers.scalar()];
  numbers.setNumber(x, radius);
  numbers.divide(x, r, x);
  numbers.setNumber(one, 1);
  functions[name](numbers, x, one, value, slope);
  numbers.setNumber(x, radius);
  numbers.divide(slope, slope, x);
  numbers.reset(mark);
}

/** f and df/dx */
type CutoffOf = (numbers: PreciseArithmetic, x: Precise, one: Precise, value: Precise, slope: Precise) => void;

const functions: Readonly<Record<ClusterCutoff["function"], CutoffOf>> = {
  /** (1 − x²)⁴, −8x (1 − x²)³ */
  poly4: (numbers, x, one, value, slope) => {
    const [y, square] = [numbers.scalar(), numbers.scalar()];
    numbers.multiply(y, x, x);
    numbers.subtract(y, one, y);
    numbers.multiply(square, y, y);
    numbers.multiply(value, square, square);
    numbers.multiply(slope, square, y);
    numbers.multiply(slope, slope, x);
    numbers.scale(slope, slope, -8);
  },
  /** 1 − 35x⁴ + 84x⁵ − 70x⁶ + 20x⁷, −140x³ (1 − x)³ */
  smoothstep7: (numbers, x, one, value, slope) => {
    const [power, rest] = [numbers.scalar(), numbers.scalar()];
    numbers.multiply(power, x, x);
    numbers.multiply(power, power, x);
    numbers.subtract(rest, one, x);
    numbers.multiply(slope, rest, rest);
    numbers.multiply(slope, slope, rest);
    numbers.multiply(slope, slope, power);
    numbers.scale(slope, slope, -140);
    numbers.setNumber(value, 20);
    for (const coefficient of [-70, 84, -35]) {
      numbers.setNumber(rest, coefficient);
      numbers.multiplyAdd(value, value, x, rest);
    }
    numbers.multiply(value, value, power);
    numbers.multiplyAdd(value, value, x, one);
  },
  /** exp(1 − 1/y), −2x/y² times it, y = 1 − x² */
  bump: (numbers, x, one, value, slope) => {
    const [y, t] = [numbers.scalar(), numbers.scalar()];
    numbers.multiply(y, x, x);
    numbers.subtract(y, one, y);
    numbers.divide(t, one, y);
    numbers.subtract(value, one, t);
    numbers.exponential(value, value);
    numbers.multiply(t, t, t);
    numbers.multiply(slope, t, x);
    numbers.multiply(slope, slope, value);
    numbers.scale(slope, slope, -2);
  },
};
