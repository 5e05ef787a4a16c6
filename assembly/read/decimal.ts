// Decimal numbers from bytes, rounded correctly: the same bits as `Number(text)`, by the rules of src/structures/io/decimal.ts, which also
// reads what is left here.
import { byteAt, MINUS, PLUS, POINT, skipBlanks, SPACE, ZERO } from "./bytes";
import { powersOfTen } from "./memory";

const LARGEST_POWER: i32 = 22;
/** Whole numbers below are exact as f64. */
const EXACT_LIMIT: u64 = 1 << 53;
/** Digits that fit into 64 bits. */
const MOST_DIGITS: i32 = 19;
/** Digits of each half of a long number: below 2^53 with room for the sums. */
const HALF_DIGITS: i32 = 15;
/** Dekker's constant: splits a double into two halves whose products are exact. */
const SPLITTER: f64 = 134217729;
/** Far more than the error of the correction in `divideLong`, far less than what decides the rounding but in one of 10^10 cases. */
const DOUBT: f64 = 1 / f64(1 << 40);
/** Bits that mark a lower-case letter. */
const LOWER: u32 = 32;

@inline
function powerOfTen(exponent: i32): f64 {
  return load<f64>(powersOfTen + (exponent << 3));
}

@inline
function isDigit(byte: u32): bool {
  return byte - ZERO < 10;
}

@inline
function areEightDigits(bytes: u64): bool {
  return ((bytes & 0xf0f0f0f0f0f0f0f0) | (((bytes + 0x0606060606060606) & 0xf0f0f0f0f0f0f0f0) >> 4)) == 0x3333333333333333;
}

/** Neighbors are joined to numbers of two, four and eight digits. */
@inline
function eightDigits(bytes: u64): u64 {
  const ones = bytes - 0x3030303030303030;
  const pairs = ones * 10 + (ones >> 8);
  return ((pairs & 0x000000ff000000ff) * 0x000f424000000064 + ((pairs >> 16) & 0x000000ff000000ff) * 0x0000271000000001) >> 32;
}

/**
 * Reads one finite number behind blanks; some byte ≤ 32 must follow it. Returns the position behind it, or 0 for anything that this
 * routine does not read: it is right in what it reads, and need not read everything.
 */
export function readReal(start: usize, out: usize): usize {
  const token = skipBlanks(start);
  let p = token;
  let byte = byteAt(p);
  const isNegative = byte == MINUS;
  if (isNegative || byte == PLUS) byte = byteAt(++p);
  let mantissa: u64 = 0;
  const first = p;
  while (isDigit(byte)) {
    mantissa = mantissa * 10 + (byte - ZERO);
    byte = byteAt(++p);
  }
  let nDigits = i32(p - first);
  let exponent: i32 = 0;
  if (byte == POINT) {
    const fraction = ++p;
    let bytes = load<u64>(p);
    while (areEightDigits(bytes)) {
      mantissa = mantissa * 100000000 + eightDigits(bytes);
      p += 8;
      bytes = load<u64>(p);
    }
    byte = byteAt(p);
    while (isDigit(byte)) {
      mantissa = mantissa * 10 + (byte - ZERO);
      byte = byteAt(++p);
    }
    exponent = i32(fraction) - i32(p);
    nDigits -= exponent;
  }
  if (nDigits == 0) return 0;
  if (byte > SPACE) {
    if ((byte | LOWER) != 101 && (byte | LOWER) != 100) return 0; // e, d
    byte = byteAt(++p);
    const isDown = byte == MINUS;
    if (isDown || byte == PLUS) byte = byteAt(++p);
    let power: i32 = 0;
    const digits = p;
    while (isDigit(byte)) {
      power = power * 10 + i32(byte - ZERO);
      byte = byteAt(++p);
    }
    if (byte > SPACE || p == digits || p - digits > 3) return 0;
    exponent += isDown ? -power : power;
  }
  if (nDigits <= MOST_DIGITS && mantissa < EXACT_LIMIT && exponent >= -LARGEST_POWER && exponent <= LARGEST_POWER) {
    const value = exponent < 0 ? f64(mantissa) / powerOfTen(-exponent) : f64(mantissa) * powerOfTen(exponent);
    store<f64>(out, isNegative ? -value : value);
    return p;
  }
  const value = readLong(first, exponent);
  if (value != value) return 0;
  store<f64>(out, isNegative ? -value : value);
  return p;
}

/** A decimal of 16 to 30 digits that is a whole number divided by at most 10^22; NaN for others, and where the rounding is in doubt. */
function readLong(first: usize, exponent: i32): f64 {
  let high: f64 = 0;
  let low: f64 = 0;
  let nHigh: i32 = 0;
  let nLow: i32 = 0;
  for (let p = first; ; p++) {
    const byte = byteAt(p);
    if (byte == POINT) continue;
    if (!isDigit(byte)) break;
    const digit = f64(byte - ZERO);
    if (nHigh < HALF_DIGITS) {
      high = high * 10 + digit;
      if (high > 0) nHigh++;
    } else {
      low = low * 10 + digit;
      nLow++;
    }
  }
  if (nHigh < HALF_DIGITS || nLow > HALF_DIGITS || exponent > 0 || exponent < -LARGEST_POWER) return NaN;
  return divideLong(high, low, powerOfTen(nLow), powerOfTen(-exponent));
}

/**
 * (high · power + low) / divisor, correctly rounded: the whole number as an unevaluated sum of two doubles (exact below 2^106), its
 * quotient, and one correction by the exact remainder. NaN when the correction leaves the rounding in doubt.
 * Dekker, Numer. Math. 18, 224 (1971), doi:10.1007/BF01397083
 */
function divideLong(high: f64, low: f64, power: f64, divisor: f64): f64 {
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
  return value == quotient + correction * (1 + DOUBT) ? value : NaN;
}

/** a · b − product, exactly, where product is a · b rounded. */
@inline
function productError(a: f64, b: f64, product: f64): f64 {
  const aScaled = SPLITTER * a;
  const aHigh = aScaled - (aScaled - a);
  const aLow = a - aHigh;
  const bScaled = SPLITTER * b;
  const bHigh = bScaled - (bScaled - b);
  const bLow = b - bHigh;
  return aHigh * bHigh - product + aHigh * bLow + aLow * bHigh + aLow * bLow;
}
