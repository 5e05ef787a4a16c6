import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FormatError, InvalidParameterError } from "../../src/errors.js";
import { openBaseline } from "../../src/fit/baseline.js";
import { decodeModel, encodeModel, evaluateStructure, PairTableModel, parsePairTable, ZblModel } from "../../src/models/index.js";
import type { Executor } from "../../src/parallel/index.js";
import { describePotential } from "../contracts/potential.js";
import { expectClose, testExecutor } from "../expect.js";
import { makeStructure, randomStructure } from "./systems.js";

let executor: Executor;
beforeAll(async () => {
  executor = await testExecutor();
});
afterAll(() => executor.close());

/** φ = depth (1 − r/end)³ on many distances, with forces or without. */
function tableText(depth: number, end: number, count: number, withForces: boolean): string {
  return Array.from({ length: count }, (_, i) => {
    const r = 1 + ((end - 1) * i) / (count - 1);
    const rest = 1 - r / end;
    return [r, depth * rest ** 3, ...(withForces ? [(3 * depth * rest ** 2) / end] : [])].join(" ");
  }).join("\n");
}

const tables = [
  parsePairTable(`# Na Cl\n${tableText(40, 3.9, 40, true)}\n`, [17, 11], "a.dat"),
  parsePairTable(tableText(25, 3.2, 300, false), [11, 11], "b.dat"),
];
const model = new PairTableModel([11, 17], tables);
/** Without jumps of the second derivative, which differences would see. */
const smooth = new PairTableModel([11, 17], [tables[0], parsePairTable(tableText(25, 3.2, 12, true), [11, 11], "b.dat")]);

function dimer(r: number, symbols: readonly number[]): Parameters<typeof makeStructure>[0] {
  return { atomicNumbers: Uint8Array.from(symbols), positions: Float64Array.of(0, 0, 0, r, 0, 0), cell: null, pbc: [false, false, false], label: "dimer" };
}

describe("pair potential in tables", () => {
  describePotential({ executor: () => executor, potential: () => smooth, structures: [randomStructure(1), randomStructure(2, 7, false), randomStructure(3, 3)] });

  it.each([[1.7, 17, 11, 40, 3.9], [2.9, 11, 17, 40, 3.9], [2.2, 11, 11, 25, 3.2]])("at %d Å between %i and %i is the function that was tabulated", async (r, a, b, depth, end) => {
    const { energy, forces } = await evaluateStructure(model, makeStructure(dimer(r, [a, b])), executor);
    // a cubic is its own Hermite interpolation; without forces, to the square of the spacing
    const tolerance = depth === 40 ? 1e-12 : 1e-3;
    expectClose([energy, forces![3]], [depth * (1 - r / end) ** 3, (3 * depth * (1 - r / end) ** 2) / end], tolerance);
  });

  it("goes on in a straight line below the first distance, ends at the last, and passes over pairs without a table", async () => {
    const at = async (r: number, symbols: readonly number[]): Promise<number> => (await evaluateStructure(model, makeStructure(dimer(r, symbols)), executor)).energy;
    const [first, slope] = [40 * (1 - 1 / 3.9) ** 3, (120 * (1 - 1 / 3.9) ** 2) / 3.9];
    expectClose([await at(0.5, [11, 17])], [first + 0.5 * slope], 1e-12);
    expect([await at(3.9, [11, 17]), await at(3.5, [11, 11]), await at(1.5, [17, 17])]).toEqual([0, 0, 0]);
  });

  it("is stored and read", async () => {
    const decoded = await decodeModel(await encodeModel(model), "a.pestle");
    expect(decoded).toBeInstanceOf(PairTableModel);
    expect(await evaluateStructure(decoded, randomStructure(1), executor)).toEqual(await evaluateStructure(model, randomStructure(1), executor));
  });

  it.each([
    ["1 2\n2 x\n3 4", /a\.dat:2: "2 x" is not numbers/u],
    ["1 2 3\n2 2\n3 1 1", /a\.dat:2: 2 numbers; every line has two or three/u],
    ["1 2\n1 1\n2 0", /a\.dat:2: the distance 1 Å is not above/u],
    ["0 2\n1 1\n2 0", /a\.dat:1: the distance 0 Å/u],
    ["1 2\n2 0", /2 lines; a pair table needs three/u],
  ])("refuses %j", (text, pattern) => {
    expect(() => parsePairTable(text, [11, 17], "a.dat")).toThrow(FormatError);
    expect(() => parsePairTable(text, [11, 17], "a.dat")).toThrow(pattern);
  });
});

describe("baseline in tables", () => {
  it("is read from files, a table for a pair", async () => {
    const folder = mkdtempSync(join(tmpdir(), "pestle-table-"));
    try {
      const zbl = new ZblModel([11, 17], { type: "zbl", inner: 1, outer: 3 });
      const lines: string[] = [];
      for (let r = 0.8; r < 3.001; r += 0.01) {
        const { energy, forces } = await evaluateStructure(zbl, makeStructure(dimer(r, [11, 17])), executor);
        lines.push(`${r} ${energy} ${forces![3]}`);
      }
      const path = join(folder, "NaCl.dat");
      writeFileSync(path, lines.join("\n"));
      const pair = { species: ["Cl", "Na"] as [string, string], path };
      const baseline = await openBaseline({ type: "pair-table", pairs: [pair] }, [11, 17]);
      const structure = makeStructure(dimer(1.234, [11, 17]));
      const [a, b] = [await evaluateStructure(baseline, structure, executor), await evaluateStructure(zbl, structure, executor)];
      expectClose([a.energy], [b.energy], 1e-6, "relative-to-max");
      expectClose(a.forces!, b.forces!, 1e-4, "relative-to-max");
      await expect(openBaseline({ type: "pair-table", pairs: [pair, { ...pair, species: ["Na", "Cl"] }] }, [11, 17])).rejects.toThrow(InvalidParameterError);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
