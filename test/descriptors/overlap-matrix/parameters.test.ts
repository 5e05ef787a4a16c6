import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { OverlapMatrix } from "../../../src/descriptors/index.js";
import { learnFromData } from "../../../src/environments/index.js";
import type { Executor } from "../../../src/parallel/index.js";
import type { Structure } from "../../../src/structures/index.js";
import { testExecutor } from "../../expect.js";

const valid = { type: "overlap-matrix" as const, cutoff: { radius: 4 } };
const overlapMatrix = (changes: object): OverlapMatrix => new OverlapMatrix({ ...valid, ...changes });

let executor: Executor;
beforeAll(async () => {
  executor = await testExecutor();
});
afterAll(() => executor.close());

describe("parameters of the overlap matrix", () => {
  it("have defaults, those of the form that is chosen among them", () => {
    const plain = { ...valid, cutoff: { radius: 4, exponent: 2 }, orbitals: "sp" };
    expect(overlapMatrix({}).parameters).toEqual({ ...plain, form: "eigenvalues" });
    expect(overlapMatrix({ form: "moments" }).parameters).toEqual({ ...plain, form: "moments", moments: 8 });
    expect(overlapMatrix({ form: "smoothed" }).parameters).toEqual({ ...plain, form: "smoothed", smoothing: { count: 16, to: 4, width: 0.25 } });
  });

  it("take chemical symbols in any case, each once", () => {
    expect(overlapMatrix({ widths: { SI: 1, c: 0.7 } }).parameters.widths).toEqual({ Si: 1, C: 0.7 });
    expect(overlapMatrix({ widths: 0.5 }).parameters.widths).toBe(0.5);
    expect(() => overlapMatrix({ widths: { Si: 1, si: 0.7 } })).toThrow("overlap-matrix: widths: Si stands there twice: leave one of them out");
  });

  it("say how many columns there are", () => {
    expect(overlapMatrix({ maxNeighbors: 4 }).featureCount()).toBe(20);
    expect(overlapMatrix({ maxNeighbors: 4, orbitals: "s" }).featureCount()).toBe(5);
    expect(overlapMatrix({ maxNeighbors: 4, form: "moments", moments: 3 }).features().map(({ label }) => label)).toEqual(["moment 1", "moment 2", "moment 3"]);
  });

  it("take room for the most neighbors of the data", async () => {
    // the atom in the middle has two neighbors, the others one
    const line = { label: "line", atomicNumbers: Uint8Array.of(6, 6, 6), positions: Float64Array.of(0, 0, 0, 3, 0, 0, 6, 0, 0), cell: null, pbc: [false, false, false] } as unknown as Structure;
    const learned = await learnFromData(executor, overlapMatrix({}), [line], { species: [6] });
    expect(learned.parameters).toMatchObject({ maxNeighbors: 2 });
    expect(learned.learn).toBeUndefined();
  });

  it("are needed before there are tables", () => {
    expect(() => overlapMatrix({}).prepare(executor.wasm, executor.pool, [6])).toThrow(/maxNeighbors is not known: give it, or let the descriptor learn it/u);
  });

  const wrong: readonly (readonly [object, RegExp])[] = [
    [{ orbitals: "spd" }, /orbitals/u],
    [{ cutoff: { radius: 0 } }, /radius/u],
    [{ cutoff: { radius: 4, exponent: 0 } }, /exponent/u],
    [{ widths: -1 }, /widths/u],
    [{ widths: { Xx: 1 } }, /^overlap-matrix: widths: unknown element "Xx"/u],
    [{ widths: { C: 0.7, Sl: 1 } }, /^overlap-matrix: widths: unknown element "Sl"; did you mean "\w+"\?$/u],
    [{ widths: { C: 0.7, "": 1 } }, /^overlap-matrix: widths: unknown element ""/u],
    [{ maxneighbors: 4 }, /maxneighbors.*maxNeighbors/su],
    [{ moments: 4 }, /moments belongs to form moments, but the form is eigenvalues/u],
    [{ form: "moments", smoothing: { count: 4 } }, /smoothing belongs to form smoothed, but the form is moments/u],
  ];
  it.each(wrong)("%j", (changes, message) => {
    expect(() => overlapMatrix(changes)).toThrow(message);
  });
});
