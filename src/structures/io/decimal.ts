// Decimal numbers from bytes. The rules of exactness: Clinger, "How to read floating point numbers accurately", PLDI 1990,
// doi:10.1145/93542.93557 — a whole number below 2^53 times or divided by a power of ten up to 10^22 is rounded once, hence correctly.
import { parseDecimal } from "./extxyz-value.js";

const POWERS_OF_TEN = Float64Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));
const EXACT_LIMIT = 2 ** 53;

const SPACE = 32;
const TAB = 9;
const MINUS = 45;
const PLUS = 43;
const POINT = 46;
const ZERO = 48;

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
    const value = p === token ? undefined : parseDecimal(asciiText(bytes, token, p));
    if (value === undefined) return -1 - token;
    out[index + k] = value;
  }
  return p;
}

/** Bytes as characters, one each; for tokens that are ASCII or will be refused. */
export function asciiText(bytes: Uint8Array, start: number, end: number): string {
  let text = "";
  for (let i = start; i < end; i++) text += String.fromCharCode(bytes[i]);
  return text;
}
