import { describe, expect, it } from "vitest";
import { FormatError } from "../src/errors.js";
import { npyHeader, parseNpy } from "../src/npy.js";

describe("the .npy format", () => {
  it.each([[[2, 3]], [[0, 4]], [[1, 1]]] as const)("reads the %j matrix that it writes, from any place in a buffer", ([rows, columns]) => {
    const values = Float64Array.from({ length: rows * columns }, (_, i) => Math.sqrt(i) - 1);
    const header = npyHeader([rows, columns], "double");
    const bytes = new Uint8Array(3 + header.length + 8 * values.length);
    bytes.set(header, 3);
    bytes.set(new Uint8Array(values.buffer), 3 + header.length);
    expect(parseNpy(bytes.subarray(3), "a.npy")).toEqual({ rows, columns, values });
  });

  it("has a header that NumPy's rules allow", () => {
    const header = Buffer.from(npyHeader([12345678, 252], "single"));
    expect(header.length % 64).toBe(0);
    expect(header.readUInt16LE(8)).toBe(header.length - 10);
    expect(header.toString("latin1", 0, 8)).toBe("\x93NUMPY\x01\x00");
    expect(header.toString("latin1", 10).trimEnd()).toBe("{'descr': '<f4', 'fortran_order': False, 'shape': (12345678, 252), }");
    expect(header.at(-1)).toBe(10);
  });

  it("refuses what is not a matrix of doubles", () => {
    const header = npyHeader([2, 2], "double");
    expect(() => parseNpy(header.subarray(1), "a.npy")).toThrow("a.npy: not a .npy file");
    expect(() => parseNpy(header, "a.npy")).toThrow("a.npy: the file ends before its last number");
    expect(() => parseNpy(npyHeader([0, 2], "single"), "a.npy")).toThrow(FormatError);
  });
});
