import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FormatError, InvalidParameterError } from "../../src/errors.js";
import { readSparsePoints } from "../../src/select/index.js";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "pestle-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

function npy(shape: string, values: number[], descr = "<f8"): Uint8Array {
  const header = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${shape}, }`.padEnd(117) + "\n";
  const head = Buffer.concat([Buffer.from("\x93NUMPY\x01\x00", "latin1"), Buffer.from(Uint16Array.of(header.length).buffer), Buffer.from(header)]);
  return Buffer.concat([head, Buffer.from(Float64Array.from(values).buffer)]);
}

describe("files of sparse points", () => {
  it("are text, JSON or .npy", async () => {
    const expected = { values: Float64Array.of(1, 2, 3, -4, 5e-3, 6), count: 2 };
    expect(await readSparsePoints(write("a.txt", " 1 2\n3\n -4 5.0D-3 6\n"), 3)).toEqual(expected);
    expect(await readSparsePoints(write("a.json", "[[1,2,3],[-4,0.005,6]]"), 3)).toEqual(expected);
    expect(await readSparsePoints(write("a.npy", npy("(2, 3)", [1, 2, 3, -4, 5e-3, 6])), 3)).toEqual(expected);
  });

  it("may have the cutoff of a point before its numbers, as those that gap_fit reads", async () => {
    const layout = "gap-fit";
    const pairs = write("pairs.dat", "0.5 2.5\n1 3\n0 4d0\n");
    expect(await readSparsePoints(pairs, 2, { layout, weighsRows: true })).toEqual({ values: Float64Array.of(2.5, 0.5, 3, 1, 4, 0), count: 3 });
    const environments = { values: Float64Array.of(0.6, 0.8, 0.8, 0.6), count: 2 };
    expect(await readSparsePoints(write("soap.dat", "1\n0.6\n0.8\n1\n0.8\n0.6\n"), 2, { layout })).toEqual(environments);
    expect(await readSparsePoints(write("extra.dat", "1 0.6 0.8 0.1\n1 0.8 0.6 0.1\n"), 2, { layout })).toEqual(environments);
    // twelve numbers are four points of two features, or three with a component more
    expect((await readSparsePoints(write("four.dat", "1 .6 .8 1 .8 .6 1 1 0 1 0 1"), 2, { layout })).count).toBe(4);
    expect((await readSparsePoints(write("three.dat", "1 .6 .8 .1 1 .8 .6 .1 1 1 0 .1"), 2, { layout })).count).toBe(3);
  });

  it.each([
    ["points without cutoffs", "2.5 3 4 2", { weighsRows: true }, /number 1 is 2\.5; each point begins with its cutoff, which must be between 0 and 1: leave out layout/u],
    ["a point cut off", "0.5 2.5 1", { weighsRows: true }, /3 numbers are no whole number of points with a cutoff and 1 coordinates/u],
    ["environments with cutoffs", "1 0.6 0.8 0.5 0.8 0.6", {}, /number 4 is 0\.5; each point begins with its cutoff, which must be 1/u],
    ["environments cut off", "1 0.6 0.8 1 0.8", {}, /5 numbers are no whole number of points with a cutoff and 2 features/u],
    ["nothing", "", {}, /0 numbers are no whole number of points/u],
  ])("as those that gap_fit reads are refused: %s", async (name, content, options, message) => {
    await expect(readSparsePoints(write(`${name}.dat`, content), 2, { layout: "gap-fit", ...options })).rejects.toThrow(message);
  });

  it("lose the constant component that QUIP adds", async () => {
    expect(await readSparsePoints(write("b.txt", "1 2 0\n3 4 0\n"), 2)).toEqual({ values: Float64Array.of(1, 2, 3, 4), count: 2 });
    // six numbers are also three points of two features, but the last of every three is not constant
    expect((await readSparsePoints(write("c.txt", "1 2 0\n3 4 1\n"), 2)).count).toBe(3);
  });

  it.each([
    ["short.txt", "1 2 3 4 5", /5 numbers .* 3 features/u],
    ["empty.txt", "", /0 numbers/u],
    ["word.txt", "1 2 x", /word 3 is "x"/u],
    ["infinite.txt", "1 2 Infinity", /number 3 is Infinity/u],
    ["bad.json", "[1,", /not JSON/u],
    ["object.json", '{"a":1}', /one array of numbers per sparse point/u],
    ["bad.npy", "not numpy at all", /not a \.npy file/u],
    ["float.npy", npy("(1, 3)", [1, 2, 3], "<f4"), /float64/u],
    ["cut.npy", npy("(4, 3)", [1, 2, 3]), /ends before/u],
  ])("are refused with the reason: %s", async (name, content, reason) => {
    const reading = readSparsePoints(write(name, content), 3);
    await expect(reading).rejects.toThrow(FormatError);
    await expect(reading).rejects.toThrow(reason);
  });

  it("must exist", async () => {
    await expect(readSparsePoints(join(folder, "none.txt"), 3)).rejects.toThrow(InvalidParameterError);
  });
});
