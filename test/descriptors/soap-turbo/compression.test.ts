import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SoapTurbo } from "../../../src/descriptors/index.js";
import { createExecutor, type Executor } from "../../../src/parallel/index.js";
import { expectClose, testExecutor } from "../../expect.js";
import { randomArray } from "../../linalg/dense.js";
import { Calculator, type Computed, type Environments } from "../calculator.js";
import { randomEnvironments } from "../soap/environments.js";

const species = [8, 14];
const full = { type: "soap-turbo", basis: "poly3gauss", nMax: { O: 3, Si: 4 }, lMax: 2, cutoff: { radius: 4 }, species: ["O", "Si"] };

let executor: Executor;
let folder: string;
beforeAll(async () => {
  executor = await testExecutor();
  folder = mkdtempSync(join(tmpdir(), "pestle-"));
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await executor.close();
});

function compute(parameters: object, environments: Environments, gradients = false, on = executor, data = species): Computed {
  const calculator = new Calculator(on, new SoapTurbo({ ...full, ...parameters }), data);
  const size = environments.centerSpecies.length * calculator.nFeatures;
  const computed = calculator.compute(environments, { jacobian: true, ...(gradients && { gradients: randomArray(size, 3) }) });
  calculator.release();
  return computed;
}

const environments = randomEnvironments([7, 0, 40], 2, 4, 1);
const nFull = (3 * 7 * 8) / 2;

/** Rows of `products` times the sparse matrix, brought to unit length. */
function projected(values: Float64Array, entries: readonly (readonly [number, number, number])[], nFeatures: number): number[] {
  const rows: number[] = [];
  for (let row = 0; row < values.length; row += nFull) {
    const out = Array.from({ length: nFeatures }, () => 0);
    for (const [feature, product, weight] of entries) out[feature] += weight * values[row + product];
    const norm = Math.hypot(...out);
    rows.push(...out.map((x) => x / norm));
  }
  return rows;
}

describe("compression of soap_turbo", () => {
  const whole = (): Float64Array => compute({}, environments).values;

  it("trivial keeps the products with a first radial function, in order", () => {
    const labels = new SoapTurbo(full).features(species).map(({ label }) => label);
    const kept = labels.flatMap((label, i) => (/ n=1 | n'=1 /.test(label) ? [i] : []));
    const trivial = new SoapTurbo({ ...full, compression: "trivial" });
    expect(trivial.features(species).map(({ label }) => label)).toEqual(kept.map((i) => labels[i]));
    expectClose(compute({ compression: "trivial" }, environments).values, projected(whole(), kept.map((p, f) => [f, p, 1]), kept.length), 1e-13);
  });

  it("keeps the features that are asked for", () => {
    const keep = [80, 3, 3, 41, 0, 17, 18, 19];
    const expected = projected(whole(), keep.map((p, f) => [f, p, 1]), keep.length);
    expectClose(compute({ compression: { mode: "features", keep } }, environments).values, expected, 1e-13);
  });

  it("multiplies with a sparse matrix, whatever the order of its elements", () => {
    const entries = Array.from({ length: 100 }, (_, k): [number, number, number] => [(k * 7) % 13, (k * 31) % nFull, Math.cos(k)]);
    const { values } = compute({ compression: { mode: "projection", entries } }, environments);
    expectClose(values, projected(whole(), entries, 13), 1e-12);
  });

  it("may give more features than there are products", () => {
    const entries = Array.from({ length: 2 * nFull }, (_, k): [number, number, number] => [k, k % nFull, k < nFull ? 1 : -1]);
    const { values, jacobian, backward } = compute({ compression: { mode: "projection", entries } }, environments, true);
    expectClose(values, projected(whole(), entries, 2 * nFull), 1e-13);
    expect([...jacobian, ...backward].every(Number.isFinite)).toBe(true);
  });

  it("is the same on every build", async () => {
    const entries = Array.from({ length: 100 }, (_, k): [number, number, number] => [(k * 7) % 13, (k * 31) % nFull, Math.cos(k)]);
    const scalar = await createExecutor({ threads: 1, build: "scalar" });
    try {
      for (const compression of ["off", "trivial", "1_2", { mode: "projection", entries }]) {
        const nMax = compression === "1_2" ? 3 : full.nMax;
        const [expected, actual] = [scalar, executor].map((on) => compute({ compression, nMax }, environments, true, on)) as [Computed, Computed];
        for (const key of ["values", "jacobian", "backward"] as const) expectClose(actual[key], expected[key], 1e-12, "relative-to-max");
      }
    } finally {
      await scalar.close();
    }
  });
});

describe("compression files", () => {
  const write = (text: string): { mode: "file"; path: string } => {
    const path = join(folder, "compress.dat");
    writeFileSync(path, text);
    return { mode: "file", path };
  };

  it("list positions from one, and become part of the parameters", () => {
    const { parameters } = new SoapTurbo({ ...full, compression: write("3 4 2 5\n1\n4\n84\n7 8\n") });
    expect(parameters.compression).toEqual({ mode: "features", keep: [0, 3, 83, 6, 7] });
  });

  it("hold a transformation", () => {
    const { parameters } = new SoapTurbo({ ...full, compression: write("3 4 2 2\nP_transformation\n1 5 0.5\n1 6 -2.5d-1\n2 84 1.0\nend_transformation\n") });
    expect(parameters.compression).toEqual({ mode: "projection", entries: [[0, 4, 0.5], [0, 5, -0.25], [1, 83, 1]] });
  });

  const wrong: [string, string, RegExp][] = [
    ["no header", "compress", /compress\.dat:1: expected whole numbers: radial functions of each species/],
    ["too few positions", "3 4 2 5\n1 2 3\n", /3 positions, but the first line announces 5/],
    ["a position of zero", "3 4 2 1\n0\n", /"0" is no position; they are whole numbers from 1/],
    ["a transformation without end", "3 4 2 2\nP_transformation\n1 5 0.5\n", /up to end_transformation/],
    ["a feature beyond the announced ones", "3 4 2 1\nP_transformation\n2 5 0.5\nend_transformation\n", /entry 1 is not a feature up to 1/],
    ["another basis", "4 4 2 1\n1\n", /is for nMax 4, 4 and lMax 2, not for nMax {"O":3,"Si":4} and lMax 2/],
    ["another lMax", "3 4 3 1\n1\n", /is for nMax 3, 4 and lMax 3/],
    ["a position beyond the vector", "3 4 2 1\n85\n", /position 84 of a vector with 84 components/],
  ];
  it.each(wrong)("with %s are refused", (_, text, message) => {
    expect(() => new SoapTurbo({ ...full, compression: write(text) })).toThrow(message);
  });

  it("that do not exist are refused", () => {
    expect(() => new SoapTurbo({ ...full, compression: { mode: "file", path: join(folder, "none") } })).toThrow(/cannot read the compression file .*none/);
  });
});

describe("species that are not listed", () => {
  it("are invisible", () => {
    const three = randomEnvironments([9, 33, 1, 0], 3, 4, 5);
    const listed = { species: ["Si", "C"], nMax: 3 };
    // of C, O and Si in this order, O is not listed
    const seen = three.neighborSpecies.map((index) => index !== 1);
    const kept = three.neighborSpecies.flatMap((_, pair) => (seen[pair] ? [pair] : []));
    const without: Environments = {
      centerSpecies: three.centerSpecies.map((index) => (index === 1 ? -1 : index)),
      offsets: three.offsets.map((end) => kept.filter((pair) => pair < end).length),
      neighborSpecies: kept.map((pair) => three.neighborSpecies[pair]),
      displacements: Float64Array.from(kept.flatMap((pair) => [...three.displacements.subarray(3 * pair, 3 * pair + 3)])),
    };
    const [all, some] = [three, without].map((given) => compute(listed, given, true, executor, [6, 8, 14])) as [Computed, Computed];
    const rowsOf = (values: Float64Array, width: number): Float64Array => Float64Array.from(kept.flatMap((pair) => [...values.subarray(width * pair, width * (pair + 1))]));
    const nFeatures = all.values.length / 4;
    expect(all.values).toEqual(some.values);
    expect(rowsOf(all.backward, 3)).toEqual(some.backward);
    expect(rowsOf(all.jacobian, 3 * nFeatures)).toEqual(some.jacobian);
    all.backward.forEach((value, i) => expect(seen[Math.floor(i / 3)] || value === 0).toBe(true));
  });
});
