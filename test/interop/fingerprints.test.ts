import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { InvalidParameterError } from "../../src/errors.js";
import type { FingerprintBlock } from "../../src/environments/index.js";
import { type FingerprintHeader, openFingerprintWriter } from "../../src/interop/fingerprints/index.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pestle-fingerprints-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const labels = ["Si-Si n0 n0 l0", "µ", "third"];
const header: FingerprintHeader = {
  features: labels.map((label) => ({ label, bodyOrder: 3, channel: ["Si", "Si"] })),
  descriptor: { name: "soap", parameters: { type: "soap", lMax: 4, cutoff: { radius: 5 } } },
  species: [14],
  cutoff: 5.5,
  rows: "centers",
  source: "Si.xyz",
  program: "pestle 0.0.0",
};

function block(nRows: number, firstFrame: number): FingerprintBlock {
  // longer than needed, as the buffers of the executor are
  const shared = new Float64Array(new SharedArrayBuffer((nRows + 1) * 3 * 8));
  shared.set(Float64Array.from({ length: nRows * 3 }, (_, i) => Math.sin(firstFrame * 100 + i) * 10 ** ((i % 30) - 15)));
  return {
    nRows,
    values: shared,
    frames: Int32Array.from({ length: nRows }, () => firstFrame),
    atoms: Int32Array.from({ length: nRows }, (_, i) => i),
    atomicNumbers: new Int32Array(nRows).fill(14),
  };
}

const blocks = [block(5, 0), block(0, 1), block(1, 2), block(4, 3)];
const expected = blocks.flatMap((b) => Array.from(b.values.subarray(0, b.nRows * 3)));
const expectedCenters = blocks.flatMap((b) => Array.from({ length: b.nRows }, (_, i) => [b.frames[i], i, 14]));

async function writeAll(path: string, options = {}): Promise<readonly string[]> {
  const writer = await openFingerprintWriter(path, header, options);
  for (const b of blocks) await writer.write(b);
  await writer.close();
  return writer.paths;
}

function readNpy(path: string): { type: string; shape: number[]; values: number[] } {
  const bytes = readFileSync(path);
  expect(bytes.subarray(0, 8).toString("latin1")).toBe("\x93NUMPY\x01\x00");
  const length = bytes.readUInt16LE(8);
  expect((10 + length) % 64).toBe(0);
  const text = bytes.subarray(10, 10 + length).toString("latin1");
  expect(text.endsWith("\n")).toBe(true);
  const match = /^\{'descr': '<(f[48])', 'fortran_order': False, 'shape': \((\d+), (\d+)\), \} *\n$/.exec(text)!;
  const data = bytes.buffer.slice(bytes.byteOffset + 10 + length, bytes.byteOffset + bytes.length);
  const values = Array.from(match[1] === "f8" ? new Float64Array(data) : new Float32Array(data));
  return { type: match[1], shape: [Number(match[2]), Number(match[3])], values };
}

describe("fingerprint files", () => {
  it("writes .npy with labels beside", async () => {
    const path = join(folder, "x.npy");
    expect(await writeAll(path)).toEqual([path, `${path}.json`]);
    expect(readNpy(path)).toEqual({ type: "f8", shape: [10, 3], values: expected });
    const labelsFile = JSON.parse(readFileSync(`${path}.json`, "utf8"));
    expect(labelsFile).toMatchObject({ features: labels, centers: expectedCenters, species: [14], cutoff: 5.5, rows: "centers" });
    expect(labelsFile.descriptor).toEqual(header.descriptor.parameters);
    expect(readdirSync(folder).sort()).toEqual(["x.npy", "x.npy.json"]);
  });

  it("writes .npy in single precision", async () => {
    await writeAll(join(folder, "x.npy"), { precision: "single" });
    expect(readNpy(join(folder, "x.npy"))).toEqual({ type: "f4", shape: [10, 3], values: expected.map(Math.fround) });
  });

  it("writes .npy without rows", async () => {
    const writer = await openFingerprintWriter(join(folder, "x.npy"), header);
    await writer.close();
    expect(readNpy(join(folder, "x.npy"))).toEqual({ type: "f8", shape: [0, 3], values: [] });
    expect(JSON.parse(readFileSync(join(folder, "x.npy.json"), "utf8")).centers).toEqual([]);
  });

  it("writes .h5", async () => {
    const { File } = await import("h5wasm/node");
    const path = join(folder, "x.h5");
    await writeAll(path);
    const file = new File(path, "r");
    const value = (name: string): unknown => (file.get(name) as { value: unknown }).value;
    expect((file.get("fingerprints") as { shape: number[] }).shape).toEqual([10, 3]);
    expect(Array.from(value("fingerprints") as Float64Array)).toEqual(expected);
    expect(value("features")).toEqual(labels);
    expect(Array.from(value("centers/frame") as Int32Array)).toEqual(expectedCenters.map(([frame]) => frame));
    expect(Array.from(value("centers/atom") as Int32Array)).toEqual(expectedCenters.map(([, atom]) => atom));
    expect(Array.from(value("centers/atomicNumber") as Int32Array)).toEqual(expectedCenters.map(() => 14));
    expect(JSON.parse(file.attrs.descriptor.value as string)).toEqual(header.descriptor.parameters);
    expect(file.attrs.cutoff.value).toBe(5.5);
    file.close();
    expect(readdirSync(folder)).toEqual(["x.h5"]);
  });

  it("writes .json and .jsonl", async () => {
    await writeAll(join(folder, "x.json"));
    await writeAll(join(folder, "x.jsonl"));
    const whole = JSON.parse(readFileSync(join(folder, "x.json"), "utf8"));
    const lines = readFileSync(join(folder, "x.jsonl"), "utf8").trimEnd().split("\n").map((line) => JSON.parse(line));
    for (const [head, rows] of [[whole, whole.fingerprints], [lines[0], lines.slice(1)]]) {
      expect(head.features).toEqual(labels);
      expect(rows.flatMap((row: { values: number[] }) => row.values)).toEqual(expected);
      expect(rows.map((row: { frame: number; atom: number; atomicNumber: number }) => [row.frame, row.atom, row.atomicNumber])).toEqual(
        expectedCenters,
      );
    }
  });

  it("writes the neighbors of rows that are tuples", async () => {
    const { File } = await import("h5wasm/node");
    const tuples = [block(3, 0), block(2, 1)].map((b) => ({ ...b, neighbors: Int32Array.from({ length: 2 * b.nRows }, (_, i) => 10 * b.frames[0] + i) }));
    const neighbors = [[0, 1], [2, 3], [4, 5], [10, 11], [12, 13]];
    for (const name of ["x.npy", "x.h5", "x.json"]) {
      const writer = await openFingerprintWriter(join(folder, name), { ...header, rows: "tuples" });
      for (const tuple of tuples) await writer.write(tuple);
      await writer.close();
    }
    const { centers } = JSON.parse(readFileSync(join(folder, "x.npy.json"), "utf8")) as { centers: number[][] };
    expect(centers.map((row) => row.slice(3))).toEqual(neighbors);
    const { fingerprints, rows } = JSON.parse(readFileSync(join(folder, "x.json"), "utf8")) as { fingerprints: { neighbors: number[] }[]; rows: string };
    expect(rows).toBe("tuples");
    expect(fingerprints.map((row) => row.neighbors)).toEqual(neighbors);
    const file = new File(join(folder, "x.h5"), "r");
    const dataset = file.get("centers/neighbors") as { shape: number[]; value: Int32Array };
    expect([dataset.shape, ...dataset.value]).toEqual([[5, 2], ...neighbors.flat()]);
    file.close();
  });

  it.each(["x.npy", "x.h5", "x.json", "x.jsonl"])("leaves nothing of %s when discarded, and keeps what was there", async (name) => {
    writeFileSync(join(folder, name), "earlier");
    const writer = await openFingerprintWriter(join(folder, name), header);
    await writer.write(blocks[0]);
    await writer.discard();
    expect(readdirSync(folder)).toEqual([name]);
    expect(readFileSync(join(folder, name), "utf8")).toBe("earlier");
  });

  it("rejects unknown extensions and folders", async () => {
    await expect(openFingerprintWriter(join(folder, "x.csv"), header)).rejects.toThrow(/\.npy, \.h5/);
    await expect(openFingerprintWriter(join(folder, "x"), header)).rejects.toThrow(InvalidParameterError);
    await expect(openFingerprintWriter(join(folder, "none", "x.npy"), header)).rejects.toThrow(/no folder/);
    await expect(openFingerprintWriter(`${folder}.npy/x.h5`, header)).rejects.toThrow(InvalidParameterError);
  });
});
