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
import { columns, edit, edited, frame, lattice, lines, replacements, split, unusual } from "./comment-lines.js";
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
