// exp, log and pow to 200 bits in integer arithmetic, and distances from them in units in the last place.

const BITS = 220n;
const ONE = 1n << BITS;

/** A double as mantissa·2^exponent, exactly. */
function decompose(x: number): { mantissa: bigint; exponent: number } {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, x);
  const bits = view.getBigUint64(0);
  const biased = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & ((1n << 52n) - 1n);
  const mantissa = biased === 0 ? fraction : fraction | (1n << 52n);
  return { mantissa: bits >> 63n ? -mantissa : mantissa, exponent: Math.max(biased, 1) - 1075 };
}

const shift = (x: bigint, by: number): bigint => (by >= 0 ? x << BigInt(by) : x >> BigInt(-by));

/** A double in fixed point with 220 fractional bits. */
function fixed(x: number): bigint {
  const { mantissa, exponent } = decompose(x);
  return shift(mantissa, exponent + Number(BITS));
}

const times = (a: bigint, b: bigint): bigint => (a * b) >> BITS;

/** 2·artanh(y) for small y. */
function artanhTwice(y: bigint): bigint {
  const square = times(y, y);
  let term = y;
  let sum = 0n;
  for (let i = 1n; term !== 0n && term !== -1n; i += 2n) {
    sum += term / i;
    term = times(term, square);
  }
  return 2n * sum;
}

const LN2 = artanhTwice(ONE / 3n);

/** exp of a fixed-point number as mantissa (220 fractional bits, in [½, 2)) and power of two. */
function expFixed(x: bigint): { value: bigint; power: number } {
  const k = (x + (LN2 >> 1n)) / LN2 - (x + (LN2 >> 1n) < 0n ? 1n : 0n);
  const r = x - k * LN2;
  let term = ONE;
  let sum = 0n;
  for (let i = 1n; term !== 0n && term !== -1n; i++) {
    sum += term;
    term = times(term, r) / i;
  }
  return { value: sum, power: Number(k) };
}

function logFixed(x: number): bigint {
  const { mantissa, exponent } = decompose(x);
  const length = mantissa.toString(2).length;
  const m = shift(mantissa, Number(BITS) - length); // in [½, 1)
  return artanhTwice(((m - ONE) * ONE) / (m + ONE)) + BigInt(exponent + length) * LN2;
}

/** |actual − value·2^power| in units in the last place of a double of that size. */
function distanceInUlps(actual: number, value: bigint, power: number): number {
  if (!Number.isFinite(actual)) return Infinity;
  const negative = value < 0n;
  const size = negative ? -value : value;
  if (size === 0n) return actual === 0 ? 0 : Infinity;
  // exponent of the last place of the exact value
  const last = Math.max(-1074, power - Number(BITS) + size.toString(2).length - 53);
  const scale = 60; // compare in 2^-60 units of the last place
  const exact = shift(negative ? -size : size, power - Number(BITS) - last + scale);
  const { mantissa, exponent } = decompose(actual);
  const given = shift(mantissa, exponent - last + scale);
  return Math.abs(Number(given - exact)) / 2 ** scale;
}

export function expError(x: number, actual: number): number {
  const { value, power } = expFixed(fixed(x));
  return distanceInUlps(actual, value, power);
}

export function logError(x: number, actual: number): number {
  return distanceInUlps(actual, logFixed(x), 0);
}

/** For x > 0. */
export function powError(x: number, p: number, actual: number): number {
  const { mantissa, exponent } = decompose(p);
  const { value, power } = expFixed(shift(logFixed(x) * mantissa, exponent));
  return distanceInUlps(actual, value, power);
}

/** Of exp(−(square + pointSquare − 2 gram)/(2 lengthScale²)), all arguments exact. */
export function squaredExponentialError(square: number, pointSquare: number, gram: number, lengthScale: number, actual: number): number {
  const distance = fixed(square) + fixed(pointSquare) - 2n * fixed(gram);
  const { value, power } = expFixed((-distance * ONE) / (2n * times(fixed(lengthScale), fixed(lengthScale))));
  return distanceInUlps(actual, value, power);
}
