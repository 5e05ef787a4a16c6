import fc from "fast-check";
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual } from "node:util";
import { gunzipSync } from "node:zlib";
import { afterEach, describe, expect, it, vi } from "vitest";
import { FormatError } from "../../../src/errors.js";
import { Dataset, DatasetBuilder, readDataset, readStructures, type Structure, type TargetKeys } from "../../../src/structures/index.js";
import { ColumnReader } from "../../../src/structures/io/column-reader.js";
import { ExtxyzParser } from "../../../src/structures/io/extxyz/parser.js";
import { FrameBlocks } from "../../../src/structures/io/extxyz/frame-blocks.js";
import { KeyTally } from "../../../src/structures/io/target-keys.js";
import type * as frameRoutine from "../../../src/wasm/frame-routine.js";
import { edit, edited, frame, lines, replacements, unusual } from "./comment-lines.js";
import { extxyzReader } from "./extxyz-reader.js";

// Frames that follow a plan are read by a routine, many at once. Frame by frame, none is: both ways must say the same.

/** One instance serves all tests: it is compiled in milliseconds, thousands of times. */
vi.mock("../../../src/wasm/frame-routine.js", async (importOriginal) => {
  const { loadFrameRoutine } = await importOriginal<typeof frameRoutine>();
  const routine = loadFrameRoutine();
  return { loadFrameRoutine: () => routine };
});

afterEach(() => vi.restoreAllMocks());

interface Reading {
  readonly structures: readonly Structure[];
  readonly report: unknown;
  readonly error: string | undefined;
}

/** Takes what comes until the end or an error. */
function collect(tally: KeyTally, parts: Iterable<Iterable<Parameters<DatasetBuilder["add"]>[0] | Parameters<DatasetBuilder["addBlock"]>[0]>>): Reading {
  const builder = new DatasetBuilder();
  let error: string | undefined;
  try {
    for (const part of parts) {
      for (const item of part) {
        if ("atomCounts" in item) builder.addBlock(item);
        else {
          tally.addFound(item.targets);
          builder.add(item);
        }
      }
    }
  } catch (problem) {
    if (!(problem instanceof FormatError)) throw problem;
    error = problem.message;
  }
  const dataset = builder.finish(tally.report());
  return { structures: [...dataset], report: dataset.report, error };
}

function chunksOf(text: string, size: number): Uint8Array[] {
  const bytes = new TextEncoder().encode(text);
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, k) => bytes.slice(k * size, (k + 1) * size));
}

async function inBlocks(text: string, keys: TargetKeys = {}, chunk = 1 << 20): Promise<Reading> {
  const tally = new KeyTally();
  const parser = new ExtxyzParser({ file: "x.xyz", name: "x.xyz", keys, columns: new ColumnReader({}, keys, tally), tally, mayUseAgain: true });
  await parser.prepareBlocks();
  function* parts(): Generator<Iterable<Structure | Parameters<DatasetBuilder["addBlock"]>[0]>> {
    for (const bytes of chunksOf(text, chunk)) yield parser.pushBlocks(bytes);
    yield parser.finish();
  }
  return collect(tally, parts());
}

/** Every comment line by itself, without plans. */
function oneByOne(text: string, keys: TargetKeys = {}): Reading {
  const tally = new KeyTally();
  const reader = extxyzReader("x.xyz", keys, tally);
  function* parts(): Generator<Iterable<Structure>> {
    for (const bytes of chunksOf(text, 1 << 20)) yield reader.push(bytes);
    yield reader.finish();
  }
  return collect(tally, parts());
}

async function expectSame(text: string, keys: TargetKeys = {}, chunk?: number): Promise<void> {
  const [found, expected] = [await inBlocks(text, keys, chunk), oneByOne(text, keys)];
  // the assertion takes a millisecond, and says nothing more where both are equal
  if (!isDeepStrictEqual(found, expected)) expect(found).toEqual(expected);
}

/** How many frames come in blocks. */
async function countInBlocks(text: string): Promise<number> {
  const read = vi.spyOn(FrameBlocks.prototype, "read");
  read.mockClear();
  await inBlocks(text);
  return read.mock.results.reduce((sum, { value }) => sum + ((value as ReturnType<FrameBlocks["read"]>).block?.atomCounts.length ?? 0), 0);
}

describe("frames that are read many at a time", () => {
  it.each(lines)("say the same, with unusual values: %s", async (line) => {
    for (const text of unusual) for (const other of replacements(line, text)) await expectSame(frame(line) + frame(other) + frame(line));
  });

  it.each(lines)("say the same, with a few letters changed: %s", async (line) => {
    await fc.assert(
      fc.asyncProperty(fc.array(edit, { maxLength: 3 }), fc.integer({ min: 1, max: 700 }), async (edits, chunk) => {
        await expectSame([line, edited(line, edits), line, line].map(frame).join(""), {}, chunk);
      }),
      { numRuns: 100 },
    );
  });

  it("are read so for energies, forces, virials, stresses and second energies", async () => {
    for (const k of [0, 1, 3, 4, 6, 7]) expect(await countInBlocks(frame(lines[k]).repeat(5)), lines[k]).toBe(4);
  });

  it("may be of several kinds in any order", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat({ max: lines.length - 1 }), { maxLength: 40 }), fc.integer({ min: 50, max: 3000 }), async (order, chunk) => {
        await expectSame(order.map((k) => frame(lines[k])).join(""), {}, chunk);
      }),
      { numRuns: 50 },
    );
  });

  it("keep to the keys that were asked for", async () => {
    const text = [lines[6], lines[6], lines[7], lines[7]].map(frame).join("");
    for (const keys of [{ energy: "energy" }, { energy: "free_energy" }, { forces: false }, { configType: "step" }] as const) await expectSame(text, keys);
  });
});

describe("atom lines that are read many at a time", () => {
  const header = lines[0];
  const atoms = (...rows: string[]): string => `${rows.length}\n${header}\n${rows.join("\n")}\n`;
  const row = "Si 0.1 0.2 0.3 -1 0.5 2e-3";

  it.each([
    "Xx 0 0 0 0 0 0", "14 0 0 0 0 0 0", "Silicon 0 0 0 0 0 0", "si 0 0 0 0 0 0", "H 1 2 3 4 5 6", "\tH\t1  2 3 4 5 6 \r", "H 1 2 3 4 5", "H 1 2 3 4 5 6 7", "H 1 2 nan 4 5 6",
    "H 1 2 inf 4 5 6", "H 1 2 3 nan nan nan", "H 1 2 3 nan 5 6", "H 1 2 *** 4 5 6", "H 1,0 2 3 4 5 6", "H 1e5 2d0 3E-2 4.e1 .5 +6", "H 1*^2 2 3 4 5 6", "H 1e 2 3 4 5 6", "", "H",
    "H 1e400 2 3 4 5 6", "H 1e-400 2 3 4 5 6", "H - 2 3 4 5 6", "H . 2 3 4 5 6", "H 0x1 2 3 4 5 6", "H 1\v2 3 4 5 6", "H -0 -0.0 0 0 0 0", "H 1 2 3 4 5 6 \u00a0", "2", "H\u00e9 1 2 3 4 5 6",
  ])("say the same: %j", async (other) => {
    await expectSame(atoms(row) + atoms(row, other, row) + atoms(row));
    await expectSame(atoms(row) + atoms(row, row).replace(/.*\n$/, `${other}\n`) + atoms(row));
  });

  it.each(["0", "-1", "1.5", "x", "2 3", "+1", " 1 ", "1\r", "9999999999", "", "\n\n1", "2147483647"])("after the count %j", async (count) => {
    await expectSame(atoms(row) + atoms(row).replace(/^1/, count) + atoms(row));
  });

  it("may end anywhere", async () => {
    const text = atoms(row) + atoms(row, row) + atoms(row);
    for (let end = 0; end < text.length; end += 7) await expectSame(text.slice(0, end));
  });

  it("may follow a byte-order mark", async () => {
    for (const chunk of [1, 2, 3, 100, 10_000]) await expectSame(`\ufeff${atoms(row).repeat(4)}`, {}, chunk);
  });

  it("may be more than a window or the arrays hold", async () => {
    const small = atoms(...new Array<string>(50).fill(row));
    const large = (count: number): string => atoms(...Array.from({ length: count }, (_, k) => `H ${k} 0.5 ${k}.125 0 ${-k} 1`));
    await expectSame(small + small + large(40_000) + small + large(1 << 15) + small + large(20_000) + large(20_000) + small);
    await expectSame(atoms(row).repeat(9000));
  });

  it("hold the same bits as Number", async () => {
    const printed = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
      fc.double({ noNaN: true, noDefaultInfinity: true, min: -1000, max: 1000 }).chain((x) => fc.integer({ min: 1, max: 30 }).map((n) => x.toPrecision(n))),
      fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 }).chain((x) => fc.integer({ min: 0, max: 25 }).map((n) => x.toFixed(n))),
      fc.tuple(fc.bigInt({ min: 0n, max: 10n ** 30n }), fc.integer({ min: -40, max: 40 })).map(([m, e]) => `${m}e${e}`),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(printed, { minLength: 6, maxLength: 6 }), async (words) => {
        const { structures } = await inBlocks(atoms(row) + atoms(`H ${words.join(" ")}`));
        const { positions, targets } = structures[1];
        expect([...positions, ...targets.forces!].map((value, k) => Object.is(value, Number(words[k])) || words[k])).toEqual(new Array(6).fill(true));
      }),
      { numRuns: 1000 },
    );
  });
});

describe("readDataset", () => {
  it("gives what single frames give, and reads long files in blocks", async () => {
    const folder = fileURLToPath(new URL("../../../examples/data/", import.meta.url));
    const read = vi.spyOn(FrameBlocks.prototype, "read");
    for (const name of readdirSync(folder).filter((file) => file.endsWith(".xyz.gz"))) {
      const path = join(mkdtempSync(join(tmpdir(), "pestle-")), name.replace(/\.gz$/, ""));
      writeFileSync(path, gunzipSync(readFileSync(join(folder, name))));
      const structures: Structure[] = [];
      for await (const structure of readStructures(path)) structures.push(structure);
      expect([...(await readDataset(path))], name).toEqual([...Dataset.from(structures)]);
    }
    expect(read).toHaveBeenCalled();
  });
});
