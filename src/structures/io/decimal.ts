// Decimal numbers from bytes. The rules of exactness: Clinger, "How to read floating point numbers accurately", PLDI 1990,
// doi:10.1145/93542.93557 — a whole number below 2^53 times or divided by a power of ten up to 10^22 is rounded once, hence correctly.

const REAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:(?:[eEdD]|\*\^)[+-]?\d+)?$/;
const NOT_FINITE = /^([+-]?)(?:(nan|NaN|NAN)|inf|Inf|INF|[Ii]nfinity)$/;
export const POWERS_OF_TEN = Float64Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));
const EXACT_LIMIT = 2 ** 53;

const SPACE = 32;
const TAB = 9;
const MINUS = 45;
const PLUS = 43;
const POINT = 46;
const ZERO = 48;

/** A decimal number with an `e`, `E`, `d`, `D` or (as Mathematica writes it) `*^` exponent, NaN or an infinity; undefined for anything else. */
export function parseDecimal(word: string): number | undefined {
  if (REAL.test(word)) return Number(/[dD*]/.test(word) ? word.replace(/[dD]|\*\^/, "e") : word);
  const match = NOT_FINITE.exec(word);
  if (!match) return undefined;
  if (match[2]) return NaN;
  return match[1] === "-" ? -Infinity : Infinity;
}

/** Whether the byte ends a token: any control character or space. */
export function isBlank(byte: number): boolean {
  return byte <= SPACE;
}

/**
 * Reads `count` reals separated by blanks into `out`, starting at `out[index]`. Some byte ≤ 32 must follow the last one.
 * Returns the position behind the last number, or −1 − (position of the token) where a token is not a number or the line ends.
 * Values are rounded correctly: the same bits as `Number(text)`.
 */
export function readReals(bytes: Uint8Array, start: number, count: number, out: Float64Array, index: number): number {
  let p = start;
  for (let k = 0; k < count; k++) {
    let byte = bytes[p];
    while (byte === SPACE || byte === TAB) byte = bytes[++p];
    const token = p;
    const negative = byte === MINUS;
    if (negative || byte === PLUS) byte = bytes[++p];
    let mantissa = 0;
    let digits = p;
    while ((byte - ZERO) >>> 0 < 10) {
      mantissa = mantissa * 10 + (byte - ZERO);
      byte = bytes[++p];
    }
    digits = p - digits;
    let exponent = 0;
    if (byte === POINT) {
      const point = p;
      byte = bytes[++p];
      while ((byte - ZERO) >>> 0 < 10) {
        mantissa = mantissa * 10 + (byte - ZERO);
        byte = bytes[++p];
      }
      exponent = point + 1 - p;
      digits -= exponent;
    }
    if (byte <= SPACE && digits > 0 && mantissa < EXACT_LIMIT && exponent >= -22) {
      const value = mantissa / POWERS_OF_TEN[-exponent];
      out[index + k] = negative ? -value : value;
      continue;
    }
    while (!(bytes[p] <= SPACE)) p++;
    let value: number | undefined = readLongDecimal(bytes, token, p);
    if (Number.isNaN(value)) value = p === token ? undefined : parseDecimal(asciiText(bytes, token, p));
    if (value === undefined) return -1 - token;
    out[index + k] = value;
  }
  return p;
}

/** Digits of each half of a long number: below 2^53 with room for the sums. */
const HALF_DIGITS = 15;
/** Dekker's constant: splits a double into two halves whose products are exact. */
const SPLITTER = 2 ** 27 + 1;
/** Far more than the error of the correction in `divideLong`, far less than what decides the rounding but in one of 10^10 cases. */
const DOUBT = 2 ** -40;

/**
 * Reads a decimal of 16 to 30 digits that is a whole number divided by at most 10^22. NaN for any other text, and in the rare case
 * that it is too near the middle between two doubles to be sure.
 */
function readLongDecimal(bytes: Uint8Array, start: number, end: number): number {
  let p = start;
  const negative = bytes[p] === MINUS;
  if (negative || bytes[p] === PLUS) p++;
  let [high, low, nHigh, nLow, exponent] = [0, 0, 0, 0, 0];
  let afterPoint = false;
  for (; p < end; p++) {
    const digit = bytes[p] - ZERO;
    if (digit >>> 0 < 10) {
      if (nHigh < HALF_DIGITS) {
        high = high * 10 + digit;
        if (high > 0) nHigh++;
      } else {
        low = low * 10 + digit;
        nLow++;
      }
      if (afterPoint) exponent--;
    } else if (bytes[p] === POINT && !afterPoint) afterPoint = true;
    else break;
  }
  if (p < end) exponent += readExponent(bytes, p, end);
  if (nHigh < HALF_DIGITS || nLow > HALF_DIGITS || !(exponent <= 0 && exponent >= -22)) return NaN;
  const value = divideLong(high, low, POWERS_OF_TEN[nLow], POWERS_OF_TEN[-exponent]);
  return negative ? -value : value;
}

/** The exponent of `e-5` or `D+12`; NaN for anything else. */
function readExponent(bytes: Uint8Array, start: number, end: number): number {
  const letter = bytes[start] | 32;
  if (letter !== 101 && letter !== 100) return NaN;
  let p = start + 1;
  const negative = bytes[p] === MINUS;
  if (negative || bytes[p] === PLUS) p++;
  if (p === end || end - p > 4) return NaN;
  let exponent = 0;
  for (; p < end; p++) {
    const digit = bytes[p] - ZERO;
    if (digit >>> 0 >= 10) return NaN;
    exponent = exponent * 10 + digit;
  }
  return negative ? -exponent : exponent;
}

/**
 * (high · power + low) / divisor, correctly rounded: the whole number as an unevaluated sum of two doubles (exact below 2^106), its
 * quotient, and one correction by the exact remainder. NaN when the correction leaves the rounding in doubt.
 * Dekker, Numer. Math. 18, 224 (1971), doi:10.1007/BF01397083
 */
function divideLong(high: number, low: number, power: number, divisor: number): number {
  const product = high * power;
  const sum = product + low;
  const part = sum - product;
  const rest = product - (sum - part) + (low - part) + productError(high, power, product);
  const head = sum + rest;
  const tail = rest - (head - sum);
  const quotient = head / divisor;
  const back = quotient * divisor;
  const correction = (head - back - productError(quotient, divisor, back) + tail) / divisor;
  const value = quotient + correction * (1 - DOUBT);
  return value === quotient + correction * (1 + DOUBT) ? value : NaN;
}

/** a · b − product, exactly, where product is a · b rounded. */
function productError(a: number, b: number, product: number): number {
  const aScaled = SPLITTER * a;
  const aHigh = aScaled - (aScaled - a);
  const aLow = a - aHigh;
  const bScaled = SPLITTER * b;
  const bHigh = bScaled - (bScaled - b);
  const bLow = b - bHigh;
  return aHigh * bHigh - product + aHigh * bLow + aLow * bHigh + aLow * bLow;
}

/** Bytes as characters, one each; for tokens that are ASCII or will be refused. */
export function asciiText(bytes: Uint8Array, start: number, end: number): string {
  let text = "";
  for (let i = start; i < end; i++) text += String.fromCharCode(bytes[i]);
  return text;
}
