import { FormatError } from "./errors.js";

/**
 * The .npy format: a magic string, a version, the length of a header, the header (a Python literal), the numbers.
 * Source: NumPy Enhancement Proposal 1, "A Simple File Format for NumPy Arrays"; versions 1 – 3 in
 * https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
const MAGIC = Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59); // "\x93NUMPY"

/** Length of every header that `npyHeader` makes. */
export const NPY_HEADER_BYTES = 192;

/**
 * Header, version 1.0, of a two-dimensional array in C order of little-endian doubles or singles; padded to a fixed length, so that the
 * number of rows can be set at the end.
 */
export function npyHeader(shape: readonly [number, number], precision: "double" | "single"): Uint8Array {
  const type = precision === "double" ? "<f8" : "<f4";
  const text = `{'descr': '${type}', 'fortran_order': False, 'shape': (${shape.join(", ")}), }`;
  const bytes = new Uint8Array(NPY_HEADER_BYTES).fill(0x20);
  bytes.set(MAGIC);
  bytes.set([1, 0], 6);
  new DataView(bytes.buffer).setUint16(8, NPY_HEADER_BYTES - 10, true);
  bytes.set(new TextEncoder().encode(text), 10);
  bytes[NPY_HEADER_BYTES - 1] = 0x0a;
  return bytes;
}

/** A matrix as read: row-major. */
export interface NpyMatrix {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float64Array;
}

/**
 * Reads a two-dimensional array of float64 in C order; `file` stands for it in messages.
 * @throws {FormatError} for anything else, and for a file that is cut off
 */
export function parseNpy(content: Uint8Array, file: string): NpyMatrix {
  const isNpy = content.length > 12 && MAGIC.every((byte, i) => content[i] === byte);
  if (!isNpy) throw new FormatError({ file }, "not a .npy file: the first bytes are not those of the format");
  const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
  const start = content[6] === 1 ? 10 : 12;
  const end = start + (content[6] === 1 ? view.getUint16(8, true) : view.getUint32(8, true));
  const header = new TextDecoder("latin1").decode(content.subarray(start, end));
  const shape = /'shape':\s*\(([^)]*)\)/u.exec(header)?.[1].split(",").filter((part) => part.trim() !== "").map(Number);
  if (!header.includes("'<f8'") || /'fortran_order':\s*True/u.test(header) || shape?.length !== 2) {
    throw new FormatError({ file }, "expected a two-dimensional array of float64 in C order (points × features)");
  }
  const [rows, columns] = shape;
  if (content.length - end < rows * columns * 8) throw new FormatError({ file }, "the file ends before its last number");
  return { rows, columns, values: Float64Array.from({ length: rows * columns }, (_, i) => view.getFloat64(end + 8 * i, true)) };
}
