// Bytes that have a meaning in extended XYZ.
export const TAB: u32 = 9;
export const NEWLINE: u32 = 10;
export const RETURN: u32 = 13;
export const SPACE: u32 = 32;
export const PLUS: u32 = 43;
export const MINUS: u32 = 45;
export const POINT: u32 = 46;
export const ZERO: u32 = 48;
export const BACKSLASH: u32 = 92;
export const TILDE: u32 = 126;

@inline
export function byteAt(p: usize): u32 {
  return load<u8>(p);
}

/** Position behind spaces and tabs. */
@inline
export function skipBlanks(p: usize): usize {
  let q = p;
  let byte = byteAt(q);
  while (byte == SPACE || byte == TAB) byte = byteAt(++q);
  return q;
}

/** What ends a word. */
@inline
export function isBlank(byte: u32): bool {
  return byte <= SPACE;
}
