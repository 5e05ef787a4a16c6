/** An unevaluated sum of two doubles, |low| ≤ ½ ulp(high): about 31 digits. */
export type DoubleDouble = readonly [high: number, low: number];

/** 2²⁷ + 1: splits a double into two halves of 26 bits */
const SPLITTER = 134217729;

export const exactly = (value: number): DoubleDouble => [value, 0];

/** Sum; Knuth, The Art of Computer Programming 2, §4.2.2, theorem B. */
export function add(a: DoubleDouble, b: DoubleDouble): DoubleDouble {
  const sum = a[0] + b[0];
  const part = sum - a[0];
  return normalized(sum, a[0] - (sum - part) + (b[0] - part) + (a[1] + b[1]));
}

/** Product; Dekker, Numer. Math. 18, 224 (1971), doi:10.1007/BF01397083. */
export function multiply(a: DoubleDouble, b: DoubleDouble): DoubleDouble {
  const product = a[0] * b[0];
  const wideA = SPLITTER * a[0];
  const wideB = SPLITTER * b[0];
  const highA = wideA - (wideA - a[0]);
  const highB = wideB - (wideB - b[0]);
  const lowA = a[0] - highA;
  const lowB = b[0] - highB;
  const rest = highA * highB - product + highA * lowB + lowA * highB + lowA * lowB;
  return normalized(product, rest + (a[0] * b[1] + a[1] * b[0]));
}

export const negative = (a: DoubleDouble): DoubleDouble => [-a[0], -a[1]];

export function divide(a: DoubleDouble, b: DoubleDouble): DoubleDouble {
  const first = a[0] / b[0];
  const rest = add(a, negative(multiply(exactly(first), b)));
  return normalized(first, rest[0] / b[0]);
}

/** Square root of a number that is not negative. */
export function squareRoot(a: DoubleDouble): DoubleDouble {
  if (a[0] === 0) return exactly(0);
  const first = Math.sqrt(a[0]);
  const rest = add(a, negative(multiply(exactly(first), exactly(first))));
  return normalized(first, rest[0] / (2 * first));
}

function normalized(high: number, low: number): DoubleDouble {
  const sum = high + low;
  return [sum, low - (sum - high)];
}
