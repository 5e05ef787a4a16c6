import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Audit, auditDescriptor, isMeasured } from "../../src/audit/index.js";
import { methaneManifoldGrid } from "../../src/analysis/index.js";
import { createDescriptor } from "../../src/descriptors/index.js";
import type { SingleEnvironment } from "../../src/environments/index.js";
import { CancelledError } from "../../src/errors.js";
import type { Executor } from "../../src/parallel/index.js";
import { createExecutor } from "../../src/parallel/create-executor.js";
import { Dataset, type Structure } from "../../src/structures/index.js";
import { testExecutor } from "../expect.js";

let executor: Executor;
beforeAll(async () => {
  executor = await testExecutor();
});
afterAll(() => executor.close());

/** An environment as a structure, its center first. */
function moleculeOf({ center, neighbors, displacements }: SingleEnvironment, label: string, energy?: number): Structure {
  return {
    atomicNumbers: Uint8Array.of(center, ...Array.from(neighbors)),
    positions: Float64Array.of(0, 0, 0, ...displacements),
    cell: null,
    pbc: [false, false, false],
    targets: energy === undefined ? {} : { energy },
    configType: "",
    label,
  } as unknown as Structure;
}

const soap = createDescriptor({ type: "soap", nMax: 4, lMax: 4, sigma: 0.3, cutoff: { radius: 2.5 } });
const small = { isQuick: true, sample: { cost: 5, rows: 40, sensitivity: 20, pairs: 40, compared: 40 } };
const audit = (structures: readonly Structure[], descriptor = soap, by = executor): Promise<Audit> => auditDescriptor(Dataset.from(structures), descriptor, by, small);

/** Paths of numbers that JSON cannot hold. */
function notFinite(value: unknown, path = ""): string[] {
  if (typeof value === "number") return Number.isFinite(value) ? [] : [path];
  if (typeof value !== "object" || value === null) return value === null ? [path] : [];
  return Object.entries(value).flatMap(([key, part]) => notFinite(part, `${path}/${key}`));
}

function measured<Result extends object>(part: Result | { readonly leftOut: string }): Result {
  if (!isMeasured(part)) throw new Error(`left out: ${part.leftOut}`);
  return part;
}

const verdictOf = ({ verdicts }: Audit, part: string): string | undefined => verdicts.find((verdict) => verdict.part === part)?.severity;

describe("auditDescriptor", () => {
  it("finds the degenerate pairs and the manifolds of methane", async () => {
    const pairs = [4, 13, 22].flatMap((k) => [moleculeOf(methaneManifoldGrid("minus")[k], `minus ${k}`, 0), moleculeOf(methaneManifoldGrid("plus")[k], `plus ${k}`, 1)]);
    const found = await audit(pairs);
    expect(notFinite(found)).toEqual([]);
    const blind = measured(found.blind);
    expect(blind.identical).toBe(3);
    expect(blind.pairs[0]).toMatchObject({ species: "C", isIdentical: true });
    expect(verdictOf(found, "blind")).toBe("bad");
    const manifold = measured(found.manifold);
    expect(manifold.start.species).toBe("C");
    expect(manifold.blindness).toBeLessThan(0.05);
    expect(manifold.displacement).toBeGreaterThan(0.1);
    expect(verdictOf(found, "manifold")).toBe("bad");
    expect(measured(found.functional)).toMatchObject({ moves: 9, neighbors: 4 });
  });

  it("has the same bits on two threads", async () => {
    const structures = [0, 20, 40, 60].map((k) => moleculeOf(methaneManifoldGrid("plus")[k], `plus ${k}`));
    const two = await createExecutor({ threads: 2 });
    try {
      const parts = ({ variance, linear, functional, kernels, sensitivity, manifold, blind }: Audit): object => ({ variance, linear, functional, kernels, sensitivity, manifold, blind });
      expect(parts(await audit(structures, soap, two))).toEqual(parts(await audit(structures)));
    } finally {
      await two.close();
    }
  });

  it.each([
    ["a single neighbor", [[[1, 0, 0]], [[1.1, 0, 0]]]],
    ["atoms in line", [[[1, 0, 0], [-1, 0, 0]], [[1.1, 0, 0], [-1, 0, 0]]]],
    ["tetrahedra", [1, 1.1].map((r) => [[r, r, r], [r, -r, -r], [-r, r, -r], [-r, -r, r]].map((row) => row.map((value) => 0.63 * value)))],
    ["environments that are all equal", [[[1, 0, 0], [0, 1, 0]], [[1, 0, 0], [0, 1, 0]]]],
  ])("has no number that is none for %s", async (_, places) => {
    const structures = places.map((place, i) => moleculeOf({ center: 6, neighbors: place.map(() => 1), displacements: Float64Array.from(place.flat()), label: "" }, `frame ${i}`));
    expect(notFinite(await audit(structures))).toEqual([]);
  });

  it("counts zeros of symmetry apart", async () => {
    const place = [[1, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]].map((row) => row.map((value) => 0.63 * value));
    const tetrahedral = moleculeOf({ center: 6, neighbors: [1, 1, 1, 1], displacements: Float64Array.from(place.flat()), label: "" }, "methane");
    const { zeros, excused } = measured((await audit([tetrahedral, tetrahedral])).sensitivity);
    expect(zeros.causes).toMatchObject({ incompleteness: 0, truncation: 0, unknown: 0 });
    expect(zeros.causes.symmetry).toBeGreaterThan(0);
    expect(excused).toBeGreaterThan(0);
    // symmetric up to rounding and relaxation, and not
    const displaced = (by: number): Structure => moleculeOf({ center: 6, neighbors: [1, 1, 1, 1], displacements: Float64Array.from(place.flat(), (x, k) => x + by * Math.sin(5 * k + 1)), label: "" }, "displaced");
    expect(measured((await audit([displaced(1e-5)])).sensitivity).excused).toBe(excused / 2);
    expect(measured((await audit([displaced(1e-3)])).sensitivity)).toMatchObject({ excused: 0, zeros: { environments: 0 } });
    // they do not stand for the softest where others are
    const bent = moleculeOf({ center: 6, neighbors: [1, 1, 1, 1], displacements: Float64Array.from(place.flat(), (x, k) => x + 0.15 * Math.sin(5 * k + 1)), label: "" }, "bent");
    const mixed = measured((await audit([tetrahedral, bent])).sensitivity);
    expect(mixed.excused).toBeGreaterThan(0);
    expect(mixed.ratio.minimum).toBeGreaterThan(1e-8);
  });

  it("leaves out moves where there are no neighbors, and finds rows equal where they are", async () => {
    const alone = moleculeOf({ center: 6, neighbors: [], displacements: Float64Array.of(), label: "" }, "atom");
    const found = await audit([alone, alone]);
    expect(found.functional).toEqual({ leftOut: "no environment of the sample has a neighbor that could move" });
    expect(measured(found.kernels).median).toBe(1);
    expect(verdictOf(found, "kernels")).toBe("bad");
    expect(verdictOf(found, "variance")).toBe("bad");
  });

  it("names atoms that coincide, and can be stopped", async () => {
    const twice = moleculeOf({ center: 6, neighbors: [1, 1], displacements: Float64Array.of(1, 0, 0, 1, 0, 0), label: "" }, "frame 7");
    await expect(audit([twice])).rejects.toThrow(/frame 7/u);
    const stopped = auditDescriptor(Dataset.from([moleculeOf(methaneManifoldGrid("plus")[0], "a")]), soap, executor, { ...small, signal: AbortSignal.abort() });
    await expect(stopped).rejects.toThrow(CancelledError);
  });
});
