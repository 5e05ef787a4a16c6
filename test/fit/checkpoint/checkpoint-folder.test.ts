// Whose checkpoint it is, what is refused, when it is written.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FormatError, InvalidParameterError, NumericalError } from "../../../src/errors.js";
import { type CheckpointContext, CheckpointFolder, type CheckpointOptions, type FitIdentity, type KeptParts, withCheckpoint } from "../../../src/fit/index.js";
import { NO_COST, Pace } from "../../../src/fit/checkpoint/pace.js";

const identity: FitIdentity = {
  model: { type: "linear", terms: [{ degree: [3, 2] }] },
  fit: { sigma: { energy: 0.01 } },
  seed: 1,
  files: [{ role: "baseline", sha256: "ab" }],
  data: { structures: 3, atoms: 12, sha256: "cd" },
  build: "simd",
};

let root: string;
let path: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "pestle-folder-"));
  path = join(root, "si.checkpoint");
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(root, { recursive: true });
});

const folder = (options: CheckpointOptions = {}): CheckpointFolder => new CheckpointFolder(path, { every: 1e-9, ...options });
const part = { name: "sparse points", of: [1, 2] };

/** A checkpoint with one part, as a process leaves it that is stopped. */
async function left(of: FitIdentity = identity): Promise<void> {
  const kept = await folder().open(of);
  kept.later(part, () => ({ meta: { count: 2 }, arrays: [Float64Array.of(1, 2)] }));
  await kept.close("stopped");
}

async function resumed(now: FitIdentity = identity): Promise<KeptParts> {
  return folder({ resume: true }).open(now);
}

async function refusal(now: FitIdentity): Promise<string> {
  const error: unknown = await resumed(now).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(InvalidParameterError);
  return (error as Error).message;
}

describe("a checkpoint", () => {
  it("gives back what was kept, and nothing under another key", async () => {
    await left();
    expect(readdirSync(path).sort()).toEqual(["fit.json", "sparse-points.part"]);
    const kept = await folder({ resume: true, every: 1e-9 }).open(identity);
    expect(await kept.find(part)).toMatchObject({ meta: { count: 2 }, arrays: [Float64Array.of(1, 2)] });
    expect(await kept.find({ ...part, of: [1, 3] })).toBeUndefined();
    const named = { name: "keys in any order", of: { a: 1, b: [{ c: 2, d: 3 }] } };
    kept.later(named, () => ({ arrays: [] }));
    await vi.waitFor(async () => expect(await kept.find({ ...named, of: { b: [{ d: 3, c: 2 }], a: 1 } })).toBeDefined());
    expect(await kept.find({ name: "sparse-points", of: [1, 2] })).toBeUndefined();
    const codec = { encode: (value: number) => ({ meta: value, arrays: [] }), decode: ({ meta }: { meta?: unknown }) => (meta as { count: number }).count };
    expect(await kept.recall(part, () => Promise.reject(new Error("is made again")), codec)).toBe(2);
    expect(await kept.recall({ name: "other" }, () => Promise.resolve(7), codec)).toBe(7);
    await kept.close("finished");
  });

  it("is not begun over another one, and begins where there is none", async () => {
    await left();
    await expect(folder().open(identity)).rejects.toThrow(/there is a checkpoint .*si\.checkpoint already: add --resume to go on with it, or delete it/);
    folder().remove();
    expect(existsSync(path)).toBe(false);
    const notes: string[] = [];
    const kept = await folder({ resume: true, onNote: (text) => notes.push(text) }).open(identity);
    await kept.close("finished");
    expect(notes).toEqual([`there is no checkpoint ${path} to resume; the fit begins`]);
    expect(existsSync(path)).toBe(false);
  });

  it("of another fit is refused with what differs", async () => {
    await left();
    expect(await refusal({ ...identity, seed: 2 })).toMatch(/si\.checkpoint belongs to another fit: seed was 1, now 2\. Undo the change to go on, or delete .*si\.checkpoint to begin anew/);
    expect(await refusal({ ...identity, model: { type: "linear", terms: [{ degree: [3, 1] }] } })).toContain("model.terms[0].degree[1] was 2, now 1");
    expect(await refusal({ ...identity, data: { structures: 4, atoms: 12, sha256: "ce" } })).toContain("the training data has other numbers (3 structures of 12 atoms, now 4 of 12)");
    expect(await refusal({ ...identity, data: { ...identity.data, sha256: "ce" } })).toContain("the training data has other numbers.");
    expect(await refusal({ ...identity, files: [{ role: "baseline", sha256: "ac" }] })).toContain("the file of baseline has another content");
    expect(await refusal({ ...identity, build: "relaxed-simd" })).toContain("made by the simd build, this is relaxed-simd, which rounds differently: set the environment variable PESTLE_WASM=simd to go on");
    await (await resumed()).close("finished");
  });

  it("of another version is refused, of the program or of the format", async () => {
    await left();
    const manifest = join(path, "fit.json");
    const text = readFileSync(manifest, "utf8");
    writeFileSync(manifest, text.replace(/"pestle": "[^"]*"/, '"pestle": "0.0.1"'));
    expect(await refusal(identity)).toMatch(/was begun by pestle 0\.0\.1, this is .*: end the fit with that version, or delete/);
    writeFileSync(manifest, text.replace('"version": 1', '"version": 2'));
    await expect(resumed()).rejects.toThrow("has version 2");
    writeFileSync(manifest, text.slice(0, 40));
    await expect(resumed()).rejects.toBeInstanceOf(FormatError);
    rmSync(manifest);
    await expect(resumed()).rejects.toThrow("is not a checkpoint: it has no fit.json");
  });

  it("with a damaged part is refused before anything is computed; without that part it goes on", async () => {
    await left();
    const file = join(path, "sparse-points.part");
    const content = readFileSync(file);
    writeFileSync(file, content.subarray(0, content.length - 1));
    await expect(resumed()).rejects.toThrow(/sparse-points\.part: .*damaged.*delete it/);
    expect(existsSync(join(path, "fit.json.lock"))).toBe(false);
    rmSync(file);
    const kept = await resumed();
    expect(await kept.find(part)).toBeUndefined();
    await kept.close("finished");
  });

  it("is in use by one process, and loses what a killed one has left unfinished", async () => {
    await left();
    writeFileSync(join(path, ".sparse-points.part.1-0.tmp"), "half");
    const kept = await resumed();
    expect(existsSync(join(path, ".sparse-points.part.1-0.tmp"))).toBe(false);
    await expect(resumed()).rejects.toThrow("is in use by process");
    await kept.close("finished");
    await (await resumed()).close("finished");
  });

  it("never takes a part of another fit, whatever its manifest says", async () => {
    await left({ ...identity, seed: 2 });
    const manifest = join(path, "fit.json");
    writeFileSync(manifest, readFileSync(manifest, "utf8").replace('"seed": 2', '"seed": 1'));
    const kept = await resumed();
    expect(await kept.find(part)).toBeUndefined();
    await kept.close("finished");
  });

  it("takes no other folder, and leaves files of others alone", () => {
    mkdirSync(path);
    writeFileSync(join(path, "thesis.tex"), "");
    expect(() => folder({ resume: true }).check()).toThrow("is not a checkpoint: there are other files in it");
    writeFileSync(join(path, "rows.part"), "");
    folder().remove();
    expect(readdirSync(path)).toEqual(["thesis.tex"]);
  });

  it("that cannot be written is spoken of once, and the fit goes on", async () => {
    writeFileSync(join(root, "file"), "");
    const notes: string[] = [];
    const kept = await new CheckpointFolder(join(root, "file", "inside"), { every: 1e-9, onNote: (text) => notes.push(text) }).open(identity);
    for (const name of ["a", "b"]) kept.later({ name }, () => ({ arrays: [] }));
    await kept.close("stopped");
    expect(notes.length).toBe(1);
    expect(notes[0]).toMatch(/the checkpoint .* cannot be written: .*; the fit goes on without/);
  });

  it("goes when the fit fails for good, and stays when it is ended from outside", async () => {
    const run = (error: Error): Promise<unknown> =>
      withCheckpoint<CheckpointContext, unknown>({ checkpoint: folder({ resume: true }) }, () => Promise.resolve(identity), async ({ kept }) => {
        await kept!.recall(part, () => Promise.resolve(0), { encode: () => ({ arrays: [] }), decode: () => 0 });
        throw error;
      });
    await expect(run(new Error("out of memory"))).rejects.toThrow("out of memory");
    expect(folder().exists).toBe(true);
    await expect(run(new NumericalError("not positive definite"))).rejects.toBeInstanceOf(NumericalError);
    expect(existsSync(path)).toBe(false);
  });
});

describe("the pace", () => {
  it("leaves short fits alone, then follows the cost", () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    const pace = new Pace();
    const cost = { work: 0.1, wall: 3 };
    expect([pace.remaining(NO_COST), pace.isLong, pace.mayWrite(NO_COST)]).toEqual([15, false, false]);
    vi.advanceTimersByTime(15_000);
    expect([pace.remaining(NO_COST), pace.isLong, pace.mayWrite(NO_COST)]).toEqual([0, true, true]);
    // 100 times the work, which the system doubles
    expect(pace.remaining(cost, performance.now() / 1000)).toBeCloseTo(20, 9);
    expect(pace.remaining({ work: 0, wall: 40 }, performance.now() / 1000)).toBeCloseTo(40, 9);
    expect(pace.mayWrite(cost)).toBe(false);
    vi.advanceTimersByTime(6000);
    expect(pace.mayWrite(cost)).toBe(true);
    pace.add(cost);
    expect(pace.mayWrite(cost)).toBe(false);
  });

  it("is as it was asked for, whatever the cost", () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    const pace = new Pace(2);
    expect([pace.remaining({ work: 9, wall: 9 }), pace.isLong]).toEqual([2, false]);
    vi.advanceTimersByTime(2000);
    expect([pace.isLong, pace.mayWrite({ work: 9, wall: 9 })]).toEqual([true, true]);
  });
});
