import fc from "fast-check";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { describe, expect, it, vi } from "vitest";
import { FormatError } from "../../../src/errors.js";
import { type Structure, type TargetKeys } from "../../../src/structures/index.js";
import { HeaderPlan } from "../../../src/structures/io/extxyz/header-plan.js";
import { KeyTally } from "../../../src/structures/io/target-keys.js";
import { extxyzReader } from "./extxyz-reader.js";

// Comment lines like one before are read by a plan. Alone in a file, no line has one before it: both ways must say the same.

/** Frames, notes and the error, without the places that depend on what stands before. */
interface Reading {
  readonly frames: readonly Structure[];
  readonly report: unknown;
  readonly error: string | undefined;
}

function read(texts: readonly string[], keys: TargetKeys): Reading {
  const tally = new KeyTally();
  const frames: Structure[] = [];
  let error: string | undefined;
  let lines = 0;
  for (const text of texts) {
    const reader = extxyzReader("x.xyz", keys, tally);
    try {
  for (const part of [reader.push(new TextEncoder().encode(text)), reader.finish()]) {
        for (const structure of part) frames.push({ ...structure, label: structure.label.replace(/\d+/, "n") });
      }
    } catch (problem) {
      if (!(problem instanceof FormatError)) throw problem;
      const { line = 0, column } = problem.location;
      error = `${lines + line}:${column}: ${problem.reason.replaceAll(/frame \d+/g, "frame n")}`;
      break;
    }
    lines += text.split("\n").length - 1;
  }
  return { frames, report: tally.report(), error };
}

function expectSame(frames: readonly string[], keys: TargetKeys = {}): void {
  expect(read([frames.join("")], keys)).toEqual(read(frames, keys));
}

/** Frames of a text, as texts. */
function split(text: string): string[] {
  const lines = text.split("\n");
  const frames: string[] = [];
  for (let start = 0; /^\s*\d+\s*$/.test(lines[start] ?? ""); ) {
    const end = start + 2 + Number(lines[start]);
    frames.push(`${lines.slice(start, end).join("\n")}\n`);
    start = end;
  }
  return frames;
}

const lattice = 'Lattice="4.1 0 0.5 0 4.2 0 0 -0.1 4.3"';
const columns = "Properties=species:S:1:pos:R:3:forces:R:3";
const lines = [
  `${lattice} ${columns} energy=-3.25 config_type=bulk virial="1.5 2 3 2 4 5 3 5 6.25" pbc="T T T"`,
  `${lattice} ${columns} REF_energy=-3.25 REF_stress="0.01 0 0 0 0.02 0 0 0 0.03" note="a b c" step=12 pbc="T T F"`,
  `${lattice} ${columns} energy = -3.0 virial='1 2 3 4 5 6' time=1.0 done=T temperature="300 310"`,
  `${columns} dft_energy="-3.25" config_type="two words" name=water`,
  `${columns} total_energy=-3 charge=+1 label=0012 pbc="F F F"`,
  `energy=-1.0, ${columns}, ${lattice} stress="[0.01 0 0 0 0.02 0 0 0 0.03]"`,
  `energy=-3.25 free_energy=-3.25 ${lattice} ${columns} info={"a": 1} list=[1, 2]`,
];
const frame = (line: string): string => `1\n${line}\nSi 0.1 0.2 0.3 -1 0.5 2e-3\n`;
/** What turns up in such lines, and what should not. */
const pieces = [
  ..."0123456789.-+eE \"'=,[]{}\\_TF\t", "nan", "inf", "*****", "None", "1e400", "  ", "\u00a0", "é", "00", " 0 0 0 0 0 0 0 0 0", "\r", "REF_energy=2 ", "energy=1 ", "\u0001",
];
const edit = fc.record({ at: fc.nat({ max: 260 }), remove: fc.nat({ max: 3 }), insert: fc.constantFrom("", ...pieces) });
const edited = (line: string, edits: readonly { at: number; remove: number; insert: string }[]): string =>
  edits.reduce((text, { at, remove, insert }) => {
    const start = at % (text.length + 1);
    return text.slice(0, start) + insert + text.slice(start + remove);
  }, line);

const unusual = [
  "nan", "inf", "1e400", "*****", "None", "0012", "12345678901234567890", "-7", "+7.", ".5d1", "7,", "7,8", "[7]", "{7}", "=7", "'7'", "7\\\\", "7\\n8", "\\x", "T", "F", "", " ", "_JSON 7",
  "1 0 0 2 0 0 0 0 1", "0 0 0 0 0 0 0 0 0", "1 2 3", "[1 0 0 0 1 0 0 0 1]", "a b", "x=7", "é", "\u00a07", "\t7", "7\t8",
];

/** The line with every value of it, and every word of these, replaced by `text`, one at a time. */
function replacements(line: string, text: string): string[] {
  const found: string[] = [];
  for (const { index, 1: before, 2: value } of line.matchAll(/(\w+ ?= ?)("[^"]*"|'[^']*'|[^\s"']+)/g)) {
    const start = index + before.length;
    const put = (from: number, length: number): void => void found.push(line.slice(0, from) + text + line.slice(from + length));
    put(start, value.length);
    for (const word of value.matchAll(/[^\s"']+/g)) put(start + word.index, word[0].length);
    if (/^["']/.test(value)) put(start + 1, value.length - 2);
  }
  return found;
}

describe("comment lines like one before", () => {
  it.each(lines)("mean the same, with unusual values: %s", (line) => {
    for (const text of unusual) for (const other of replacements(line, text)) expectSame([frame(line), frame(other), frame(line)]);
  });

  it.each(lines)("mean the same, with a few letters changed: %s", (line) => {
    fc.assert(
      fc.property(fc.array(edit, { maxLength: 3 }), fc.array(edit, { maxLength: 2 }), (first, second) => {
        const other = edited(line, first);
        expectSame([frame(line), frame(other), frame(edited(other, second)), frame(line)]);
      }),
      { numRuns: 100 },
    );
  });

  it.each([{ energy: "step" }, { energy: false }, { stress: "virial" }, { configType: "note" }] as const)("mean the same with keys that were given: %j", (keys) => {
    fc.assert(
      fc.property(fc.constantFrom(...lines), fc.array(edit, { maxLength: 2 }), (line, edits) => {
        expectSame([frame(line), frame(line), frame(edited(line, edits))], keys);
      }),
      { numRuns: 80 },
    );
  });

  it.each(lines.slice(0, 6))("are read by a plan: %s", (line) => {
    const read = vi.spyOn(HeaderPlan.prototype, "read");
    const changed = line.replace(/energy( = |=|=")-3(\.\d+)?/, "energy$1-12.5e-1").replace("bulk", "a-b").replace("4.3", "5.25");
    const structures = [...extxyzReader("x.xyz").push(new TextEncoder().encode(frame(line) + frame(changed)))];
    expect(structures).toHaveLength(2);
    expect(read.mock.results.map(({ value }) => value !== undefined)).toEqual([line !== lines[5]]);
    read.mockRestore();
  });

  it("mean the same when kinds of lines alternate", () => {
    fc.assert(fc.property(fc.array(fc.constantFrom(...lines), { maxLength: 40 }), (chosen) => expectSame(chosen.map(frame))), { numRuns: 100 });
  });

  it.each(["virial", "stress", "REF_virial"])("end where a %s cannot be read", (key) => {
    const good = `${lattice} ${columns} energy=1 ${key}="1 2 3 4 5 6 7 8 9"`;
    for (const bad of ["nan", "inf", "", "1 ", '" x="']) expectSame([frame(good), frame(good), frame(good.replace("5 ", `${bad} `))]);
  });

  const folder = fileURLToPath(new URL("../../data/", import.meta.url));
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => /\.xyz(\.gz)?$/.test(name));
  it.each(files)("mean the same in %s", (name) => {
    const path = join(folder, name);
    const bytes = readFileSync(path);
    const frames = split((name.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8"));
    expectSame(frames.slice(0, 200));
  });
});
