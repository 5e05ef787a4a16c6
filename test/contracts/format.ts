import { describe, expect, it } from "vitest";
import { FormatError } from "../../src/errors.js";
import type { Structure, StructureFormat } from "../../src/structures/index.js";
import { ColumnReader, type ColumnRequests } from "../../src/structures/io/column-reader.js";
import { KeyTally } from "../../src/structures/io/target-keys.js";
import { expectClose } from "../expect.js";

export interface FormatContractOptions {
  /** Name of a file of this format. */
  readonly path: string;
  /** Some structures that it can hold; two at least, of at least two atoms. */
  readonly structures: readonly Structure[];
  /** 0: the same bits come back. Formats in other units lose some by the conversion. */
  readonly relativeTolerance: number;
  /** Columns of the structures, as they are asked for from the file. */
  readonly columns?: ColumnRequests;
}

function reader(format: StructureFormat, path: string, columns: ColumnRequests = {}): ReturnType<StructureFormat["read"]> {
  const tally = new KeyTally();
  return format.read({ file: path, name: path, keys: {}, columns: new ColumnReader(columns, {}, tally), tally });
}

function read(format: StructureFormat, path: string, bytes: Uint8Array, chunkBytes: number, columns?: ColumnRequests): Structure[] {
  const own = reader(format, path, columns);
  const structures: Structure[] = [];
  for (let start = 0; start < bytes.length; start += chunkBytes) {
    const chunk = Uint8Array.from(bytes.subarray(start, start + chunkBytes));
    structures.push(...own.push(chunk));
    chunk.fill(0); // a reader may not rely on a chunk that it was given before
  }
  structures.push(...own.finish());
  return structures;
}

function contentOf(format: StructureFormat, structures: readonly Structure[]): Uint8Array {
  const writer = format.write!({});
  return Uint8Array.from(Buffer.concat([...structures.map((structure) => writer.push(structure)), writer.finish()].map((piece) => Buffer.from(piece))));
}

function expectSame(actual: readonly Structure[], expected: readonly Structure[], tolerance: number): void {
  expect(actual.length).toBe(expected.length);
  actual.forEach((structure, i) => {
    const other = expected[i];
    expect([...structure.atomicNumbers]).toEqual([...other.atomicNumbers]);
    expect(structure.pbc).toEqual(other.pbc);
    const compare = (a: ArrayLike<number> | null | undefined, b: ArrayLike<number> | null | undefined): void => {
      expect(a == null).toBe(b == null);
      if (a && b) expectClose(a, b, tolerance, "relative-to-max");
    };
    compare(structure.positions, other.positions);
    compare(structure.cell, other.cell);
    compare(structure.targets.forces, other.targets.forces);
    compare(structure.targets.virial, other.targets.virial);
    expect([...(structure.columns?.keys() ?? [])].sort()).toEqual([...(other.columns?.keys() ?? [])].sort());
    for (const [name, { values, ...shape }] of structure.columns ?? []) {
      const { values: expectedValues, ...expectedShape } = other.columns!.get(name)!;
      expect(shape).toEqual(expectedShape);
      expect(values.map((value) => Number(Number.isNaN(value)))).toEqual(expectedValues.map((value) => Number(Number.isNaN(value))));
      compare(values.filter((value) => !Number.isNaN(value)), expectedValues.filter((value) => !Number.isNaN(value)));
    }
    compare([structure.targets.energy ?? NaN].filter((value) => !Number.isNaN(value)), [other.targets.energy ?? NaN].filter((value) => !Number.isNaN(value)));
  });
}

/** What every format of structures must hold to that is read and written. */
export function formatContract(format: StructureFormat, { path, structures, relativeTolerance, columns }: FormatContractOptions): void {
  describe(`the format ${format.name}`, () => {
    const content = contentOf(format, structures);

    it("gives back what it wrote", () => {
      expectSame(read(format, path, content, content.length, columns), structures, relativeTolerance);
    });

    it("reads chunks of any size, to the same bits", () => {
      const whole = read(format, path, content, content.length, columns);
      for (const size of [1, 2, 3, 7, 64, 4096]) expectSame(read(format, path, content, size, columns), whole, 0);
    });

    it("knows its own content, and nothing else", () => {
      expect(format.matches(path, content.subarray(0, 4096))).toBe(true);
      for (const other of ["", "\n", "hello\n", "{}", "<?xml version='1.0'?>", "\x89HDF\r\n\x1a\n"]) {
        expect(format.matches("file", Buffer.from(other, "latin1")), JSON.stringify(other)).toBe(false);
      }
    });

    it("gives frames before the end of the file", () => {
      const own = reader(format, path, columns);
      const first = [...own.push(content.slice(0, content.length - 1))];
      expect(first.length).toBeGreaterThanOrEqual(structures.length - 1);
      expectSame(first, structures.slice(0, first.length), relativeTolerance);
    });

    it("counts frames from 1 in their labels, and names the file", () => {
      read(format, path, content, content.length).forEach(({ label }, i) => {
        expect(label).toContain(path);
        expect(label).toMatch(new RegExp(`\\b${i + 1}\\b`));
      });
    });

    it("refuses a file that is cut off, and names the line", () => {
      const lines = new TextDecoder().decode(content).split("\n");
      const cut = Buffer.from(`${lines.slice(0, -2).join("\n")}\n`);
      const attempt = (): unknown => read(format, path, cut, cut.length);
      expect(attempt).toThrow(FormatError);
      expect(attempt).toThrow(new RegExp(`^${path}:\\d+`));
    });
  });
}
