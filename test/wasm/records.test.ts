import { readFile } from "node:fs/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { layouts } from "../../build/layouts.js";
import { InternalError } from "../../src/errors.js";
import { FieldAccess } from "../../src/wasm/field-access.js";
import {
  integerRecords, readField, recordBytes, type RecordName, type RecordValues, writeRecord, writeRecords,
} from "../../src/wasm/records.js";
import type { Wasm } from "../../src/wasm/wasm.js";
import { compileProbe, declaredRecords, type Probe } from "./probe.js";

type Fields = Record<string, { readonly type: "f64" | "i32" | "u32"; readonly offset: number }>;

const names = Object.keys(layouts) as RecordName[];
const fieldsOf = (name: RecordName): Fields => layouts[name].fields;
const allFields = Object.fromEntries(names.map((name) => [name, fieldsOf(name)]));

/** The part of an instance that records need. */
const onMemory = (memory: WebAssembly.Memory): Wasm => ({ fields: new FieldAccess(memory) }) as unknown as Wasm;

/** A different number for every field, one that only its type can hold. */
function distinct(name: RecordName, seed: number): RecordValues<RecordName> {
  const values = Object.entries(fieldsOf(name)).map(([field, { type }], i) => {
    return [field, type === "f64" ? 0.1 * (seed + i) : type === "i32" ? -1000 * seed - i : 2 ** 32 - 1000 * seed - i];
  });
  return Object.fromEntries(values) as RecordValues<RecordName>;
}

const AT = 4096;

/** Differences between what the host and the compiled sources think of a record. */
function disagreements(probe: Probe, name: RecordName): string[] {
  const wasm = onMemory(probe.memory);
  const found: string[] = [];
  const bytes = recordBytes(name);
  if (probe.bytes(name) !== bytes) found.push(`${name} has ${probe.bytes(name)} bytes, not ${bytes}`);
  writeRecords(wasm, AT, name, [distinct(name, 1), distinct(name, 2)]);
  for (const [index, expected] of [distinct(name, 1), distinct(name, 2)].entries()) {
    for (const [field, value] of Object.entries(expected)) {
      const seen = probe.get(name, field, AT + index * bytes);
      if (seen !== value) found.push(`${name}.${field} is ${seen}, not ${value}`);
    }
  }
  for (const [field, value] of Object.entries<number>(distinct(name, 3))) probe.set(name, field, AT, value);
  for (const [field, value] of Object.entries(distinct(name, 3))) {
    const seen = readField(wasm, AT, name, field as never);
    if (seen !== value) found.push(`${name}.${field} reads ${seen}, not ${value}`);
  }
  return found;
}

let probe: Probe;
beforeAll(async () => {
  probe = await compileProbe(allFields);
});

describe("the layouts", () => {
  it("are those of all records in assembly/", () => {
    expect([...declaredRecords().keys()].sort()).toEqual([...names].sort());
    expect(names.length).toBeGreaterThan(5);
  });

  it.each(names)("%s: host and routines write and read the same fields", (name) => {
    expect(disagreements(probe, name)).toEqual([]);
  });

  it.each(names)("%s: doubles are aligned, nothing overlaps", (name) => {
    let end = 0;
    for (const [field, { type, offset }] of Object.entries(fieldsOf(name))) {
      const bytes = type === "f64" ? 8 : 4;
      expect([field, offset % bytes, offset >= end]).toEqual([field, 0, true]);
      end = offset + bytes;
    }
    expect(recordBytes(name) % 8).toBe(0);
    expect(recordBytes(name)).toBeGreaterThanOrEqual(end);
  });

  it("are refused when a field was added to the routines only", async () => {
    const edited = await compileProbe(allFields, (text) => text.replace(/(@unmanaged\s+export class \w+ \{\n)/g, "$1  added: f64;\n"));
    for (const name of names) expect(disagreements(edited, name)).not.toEqual([]);
  });
});

describe("writing a record", () => {
  const wasm = onMemory(new WebAssembly.Memory({ initial: 1 }));

  it.each(names)("%s: refuses what is missing, unknown or of another type", (name) => {
    const values: Record<string, number> = { ...distinct(name, 1) };
    const write = (given: object): void => writeRecords(wasm, AT, name, [given as RecordValues<RecordName>]);
    expect(() => write(values)).not.toThrow();
    expect(() => write({ ...values, added: 1 })).toThrow(`record ${name} has no field added; it has ${Object.keys(values).join(", ")}`);
    for (const [field, { type }] of Object.entries(fieldsOf(name))) {
      const { [field]: left, ...rest } = values;
      expect(() => write(rest)).toThrow(InternalError);
      expect(() => write(rest)).toThrow(`field ${name}.${field} of a record is undefined`);
      expect(() => write({ ...rest, [`${field}s`]: left })).toThrow(`field ${name}.${field} of a record is undefined`);
      expect(() => write({ ...values, [field]: "1" })).toThrow(InternalError);
      for (const bad of [0.5, NaN, 2 ** 32, type === "i32" ? 2 ** 31 : -1]) {
        if (type !== "f64") expect(() => write({ ...values, [field]: bad })).toThrow(`field ${name}.${field} of a record is ${bad}`);
      }
    }
  });

  it("is checked by the compiler", () => {
    const slot = { cell: 1, place: 2 };
    const calls = [
      () => writeRecord(wasm, AT, "Slot", slot),
      // @ts-expect-error a field is missing
      () => writeRecord(wasm, AT, "Slot", { cell: 1 }),
      // @ts-expect-error a field is unknown
      () => writeRecord(wasm, AT, "Slot", { cell: 1, place: 2, point: 3 }),
      // @ts-expect-error a field is unknown, and not written down on the spot
      () => writeRecord(wasm, AT, "Slot", { ...slot, ...{ point: 3 } }),
      // @ts-expect-error there is no such record
      () => writeRecord(wasm, AT, "Slots", slot),
    ];
    expect(calls.map((call) => {
      try {
        call();
        return "written";
      } catch (error) {
        return error instanceof InternalError ? "refused" : "failed";
      }
    })).toEqual(["written", "refused", "refused", "refused", "failed"]);
  });

  it("reaches memory that has grown", () => {
    const memory = new WebAssembly.Memory({ initial: 1 });
    const grown = onMemory(memory);
    memory.grow(1);
    writeRecord(grown, 65536, "Slot", { cell: 7, place: 8 });
    expect([...new Int32Array(memory.buffer, 65536, 2)]).toEqual([7, 8]);
    expect(readField(grown, 65536, "Slot", "place")).toBe(8);
  });

  it("as flat numbers needs all fields in order, and whole numbers alone", () => {
    expect(() => integerRecords("StencilRow", ["third", "second", "first", "last"])).not.toThrow();
    expect(() => integerRecords("StencilRow", ["second", "third", "first", "last"])).toThrow(InternalError);
    expect(() => integerRecords("StencilRow", ["third", "second", "first"])).toThrow("it has third, second, first, last");
    expect(() => integerRecords("Stencil", ["cutoff", "nRows", "rows"])).toThrow(InternalError);
  });
});

describe("the generated types", () => {
  it("declare the layouts that the code has", async () => {
    const text = await readFile(new URL("../../build/layouts.d.ts", import.meta.url), "utf8");
    const declared = /export declare const layouts: (\{[\s\S]*?\n\});/.exec(text)![1].replace(/readonly /g, "").replace(/;$/gm, ",");
    expect(JSON.parse(declared)).toEqual(layouts);
  });
});
