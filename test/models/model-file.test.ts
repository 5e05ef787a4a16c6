import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FormatError, InvalidParameterError } from "../../src/errors.js";
import { decodeModel, encodeModel, evaluateStructure, loadModel, saveModel, SparseGpModel } from "../../src/models/index.js";
import type { Executor } from "../../src/parallel/index.js";
import { testExecutor } from "../expect.js";
import { randomModel, randomStructure } from "./systems.js";

let executor: Executor;
let model: SparseGpModel;
let folder: string;
beforeAll(async () => {
  executor = await testExecutor();
  const provenance = { versions: { pestle: "1.2.3" }, data: [{ role: "train", path: "a.xyz", sha256: "00ff" }], options: { zeta: 4 }, metrics: { é: 1 } };
  model = (await randomModel(executor)).withProvenance(provenance);
  folder = mkdtempSync(join(tmpdir(), "pestle-"));
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await executor.close();
});

/** The bytes with one change and a checksum that fits again. */
async function tampered(change: (bytes: Uint8Array, view: DataView) => Uint8Array): Promise<Uint8Array> {
  const bytes = (await encodeModel(model)).slice();
  const content = change(bytes, new DataView(bytes.buffer)).slice(0, -32);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", content));
  return Uint8Array.from([...content, ...digest]);
}

function editHeader(edit: (header: { type: string; arrays: unknown[]; parameters: Record<string, unknown> }) => void) {
  return tampered((bytes, view) => {
    const end = 16 + view.getUint32(12, true);
    const header = JSON.parse(new TextDecoder().decode(bytes.subarray(16, end))) as Parameters<typeof edit>[0];
    edit(header);
    const text = new TextEncoder().encode(JSON.stringify(header));
    const padded = new Uint8Array(Math.ceil(text.length / 8) * 8).fill(32);
    padded.set(text);
    const start = bytes.slice(0, 16);
    new DataView(start.buffer).setUint32(12, padded.length, true);
    return Uint8Array.from([...start, ...padded, ...bytes.subarray(end)]);
  });
}

describe("model file", () => {
  it("gives the model back, to the last bit", async () => {
    const path = join(folder, "a.pestle");
    await saveModel(path, model);
    expect(readdirSync(folder)).toEqual(["a.pestle"]);
    const loaded = await loadModel(path);
    expect(loaded).toBeInstanceOf(SparseGpModel);
    expect(loaded.provenance).toEqual(model.provenance);
    expect(loaded.species).toEqual([11, 17]);
    expect((loaded as SparseGpModel).isolatedAtomEnergies).toEqual(model.isolatedAtomEnergies);
    const want = { forces: true, virial: true, localEnergies: true, variance: true };
    expect(await evaluateStructure(loaded, randomStructure(1), executor, { want })).toEqual(
      await evaluateStructure(model, randomStructure(1), executor, { want }),
    );
    expect(await encodeModel(loaded)).toEqual(new Uint8Array(readFileSync(path)));
  });

  it("keeps every number, also the odd ones", async () => {
    const coefficients = Float64Array.of(-0, 5e-324, Number.MAX_VALUE, 1 / 3, Math.PI, -1e-17, 7);
    const odd = new SparseGpModel({ ...model, terms: [{ ...model.terms[0], coefficients }] });
    const loaded = (await decodeModel(await encodeModel(odd), "odd")) as SparseGpModel;
    expect([...loaded.terms[0].coefficients].map((x) => [x, Object.is(x, -0)])).toEqual([...coefficients].map((x) => [x, Object.is(x, -0)]));
  });

  it("is refused where a byte is wrong, anywhere", async () => {
    const bytes = await encodeModel(model);
    for (let position = 0; position < bytes.length; position += 97) {
      const damaged = bytes.slice();
      damaged[position] ^= 4;
      await expect(decodeModel(damaged, "damaged.pestle")).rejects.toThrow(FormatError);
    }
    for (const length of [0, 5, 16, 60, bytes.length - 1]) await expect(decodeModel(bytes.subarray(0, length), "cut.pestle")).rejects.toThrow(FormatError);
  });

  it("is refused with the reason: version, type, arrays, parameters", async () => {
    const later = await tampered((bytes, view) => (view.setUint32(8, 2, true), bytes));
    await expect(decodeModel(later, "m.pestle")).rejects.toThrow("m.pestle: model file version 2; this program reads version 1");
    await expect(decodeModel(new TextEncoder().encode("x".repeat(100)), "text")).rejects.toThrow("text: not a pestle model file");
    await expect(decodeModel(await editHeader((header) => (header.type = "oracle")), "m")).rejects.toThrow(/type "oracle".*sparse-gp/u);
    await expect(decodeModel(await editHeader((header) => header.arrays.push({ name: "more", shape: [9] })), "m")).rejects.toThrow(/"more" is longer/u);
    await expect(decodeModel(await editHeader((header) => header.arrays.pop()), "m")).rejects.toThrow(/sparsePoints" is missing/u);
    await expect(decodeModel(await editHeader((header) => (header.parameters.species = [0])), "m")).rejects.toThrow(/species/u);
    expect(await decodeModel(await editHeader(() => undefined), "m")).toBeInstanceOf(SparseGpModel);
  });

  it("must exist, and goes into an existing folder only", async () => {
    await expect(loadModel(join(folder, "none.pestle"))).rejects.toThrow(InvalidParameterError);
    await expect(saveModel(join(folder, "none", "a.pestle"), model)).rejects.toThrow(InvalidParameterError);
  });

  it("leaves an older model as it is when it cannot be written", async () => {
    const path = join(folder, "old.pestle");
    writeFileSync(path, "old");
    const broken = model.withProvenance({ options: 1n });
    await expect(saveModel(path, broken)).rejects.toThrow();
    expect(readFileSync(path, "utf8")).toBe("old");
  });
});
