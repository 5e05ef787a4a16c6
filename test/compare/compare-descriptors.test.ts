import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type CacheKey, compareDescriptors, type Comparison, type CompareOptions, MemoryCache, type NamedParameters } from "../../src/compare/index.js";
import type { Executor } from "../../src/parallel/index.js";
import { Dataset, type Structure } from "../../src/structures/index.js";
import { expectClose, testExecutor } from "../expect.js";

interface Wanted {
  readonly isPeriodic?: boolean;
  readonly withTargets?: boolean;
  readonly atoms?: number;
}

/** Structures with pseudo-random places, and energies and forces that are functions of these. */
function structures(count: number, { isPeriodic = true, withTargets = true, atoms = 5 }: Wanted = {}): Structure[] {
  return Array.from({ length: count }, (_, s) => {
    const positions = Float64Array.from({ length: 3 * atoms }, (__, i) => 1.9 * ((Math.floor(i / 3) >> i % 3) & 1) + 0.3 * Math.sin(17 * i + 3.7 * s + 1));
    const energy = positions.reduce((sum, x, i) => sum + Math.sin(x + i), 0);
    return {
      atomicNumbers: Uint8Array.from({ length: atoms }, (__, i) => (i % 2 === 0 ? 14 : 8)),
      positions,
      cell: isPeriodic ? Float64Array.of(4.6, 0, 0, 0.2, 4.5, 0, 0, 0.1, 4.7) : null,
      pbc: [isPeriodic, isPeriodic, isPeriodic],
      targets: withTargets ? { energy, forces: positions.map((x, i) => -Math.cos(x + i)) } : {},
      configType: "",
      label: `structure ${s}`,
    } as unknown as Structure;
  });
}

const acsf: NamedParameters = { name: "few functions", parameters: { type: "acsf", cutoff: { radius: 3 }, g2: [[1, 0], [1, 2]], g4: [[0.1, 1, 1]] } };
const soap: NamedParameters = { name: "soap", parameters: { type: "soap", nMax: 2, lMax: 2, sigma: 0.5, cutoff: { radius: 3, function: "cosine" } } };
const matrix: NamedParameters = { name: "matrix", parameters: { type: "coulomb-matrix", permutation: "eigenspectrum" } };
const foreign: NamedParameters = { name: "of carbon", parameters: { type: "bispectrum", twoJMax: 2, rcutfac: 3, species: ["C"] } };

/** Tells of what is kept. */
class WatchedCache extends MemoryCache {
  onPut: ((key: CacheKey) => void) | undefined;

  override put(key: CacheKey, value: unknown): Promise<void> {
    this.onPut?.(key);
    return super.put(key, value);
  }
}

let executor: Executor;
beforeAll(async () => {
  executor = await testExecutor();
});
afterAll(() => executor.close());

const small = { isQuick: true, costSample: 10, informationSample: 40 } satisfies CompareOptions;
const compare = (of: readonly Structure[], options: CompareOptions): Promise<Comparison> => compareDescriptors(Dataset.from(of), executor, { ...small, ...options });

describe("compareDescriptors", () => {
  it("measures costs and information of each, names what refuses the data, and finds results again", async () => {
    const cache = new MemoryCache();
    const before = executor.pool.bytesInUse - executor.scratchBytes;
    const first = await compare(structures(24), { descriptors: [acsf, foreign, matrix], cache });
    expect(executor.pool.bytesInUse - executor.scratchBytes).toBe(before);
    expect(first.descriptors.map(({ name }) => name)).toEqual(["few functions", "matrix"]);
    expect(first.refused).toMatchObject([{ name: "of carbon" }]);
    expect(first.refused[0].reason).toMatch(/not in species \[C\]|not among the species/u);
    for (const { cost, information, scaling, predictions, sentence, cached } of first.descriptors) {
      expect(cost!.verified).toBeLessThan(1e-6);
      for (const timing of [cost!.values, cost!.backward, cost!.jacobian!]) {
        expect(timing.low).toBeGreaterThan(0);
        expect(timing.low <= timing.median && timing.median <= timing.high).toBe(true);
      }
      const shares = cost!.stages.reduce((sum, { share }) => sum + share, 0);
      expect(cost!.stages.length === 0 || Math.abs(shares - 1) < 1e-9).toBe(true);
      expect(information!.spectrum.rank).toBeGreaterThan(1);
      expect(scaling.map(({ variable }) => variable)).toContain("atoms");
      expect(predictions.every(({ hours, bytes }) => hours > 0 && bytes > 0)).toBe(true);
      expect(sentence).toMatch(/µs for each atom/u);
      expect(cached).toEqual([]);
    }
    const second = await compare(structures(24), { descriptors: [acsf, soap, matrix], cache });
    const [known, fresh] = second.descriptors;
    expect(known.cached).toEqual(["cost", "information", "scaling"]);
    // the same but for the best speed of the machine, which may be known better now
    const factor = known.cost!.reference / first.descriptors[0].cost!.reference;
    expect(factor).toBeLessThanOrEqual(1);
    for (const mode of ["values", "backward", "jacobian"] as const) {
      expectClose([known.cost![mode]!.median], [factor * first.descriptors[0].cost![mode]!.median], 1e-9, "relative-to-max");
    }
    expect(fresh).toMatchObject({ name: "soap", cached: [] });
    expect(second.agreement!.members).toEqual([0, 1, 2]);
    expect(second.descriptors.filter(({ onFront }) => onFront).length).toBeGreaterThan(0);
    const other = await compare(structures(24), { descriptors: [acsf], cache, seed: 2 });
    expect(other.descriptors[0].cached).toEqual([]);
  });

  it("goes on with the pairs of descriptors that were compared before it was stopped", async () => {
    const cache = new WatchedCache();
    const few: NamedParameters = { name: "fewer functions", parameters: { type: "acsf", cutoff: { radius: 3 }, g2: [[1, 0], [1, 2]] } };
    const pairsUntilStop = async (most: number): Promise<number> => {
      const stop = new AbortController();
      let pairs = 0;
      cache.onPut = ({ kind }) => {
        if (kind === "agreement" && ++pairs === most) stop.abort();
      };
      await expect(compare(structures(24), { descriptors: [acsf, soap, few], cache, signal: stop.signal })).rejects.toThrow(/cancelled/u);
      return pairs;
    };
    expect(await pairsUntilStop(1)).toBe(6);
    expect(await pairsUntilStop(3)).toBe(3);
  });

  it("does without energies, and says so", async () => {
    const { descriptors } = await compare(structures(12, { withTargets: false }), { descriptors: [acsf] });
    expect(descriptors[0].information!.learning.energy).toBeUndefined();
    expect(descriptors[0].information!.remarks.join(" ")).toMatch(/energ/u);
    expect(descriptors[0]).toMatchObject({ errorOverFront: NaN, onFront: false });
  });

  it.each([
    ["one structure", structures(1)],
    ["one atom", structures(1, { atoms: 1 })],
    ["one molecule of one atom", structures(1, { atoms: 1, isPeriodic: false })],
  ])("makes no numbers up of %s", async (_, data) => {
    const { descriptors, refused, warnings } = await compare(data, { descriptors: [acsf, soap] });
    expect(descriptors.length + refused.length).toBe(2);
    for (const { cost } of descriptors) expect(cost!.values.median).toBeGreaterThan(0);
    expect(descriptors.every(({ information }) => information !== undefined && information.remarks.length > 0) || warnings.length > 0).toBe(true);
  });

  it("measures at least one descriptor, whatever the budget, and names what it did not come to", async () => {
    const { descriptors, warnings } = await compare(structures(8), { descriptors: [acsf, soap], budget: 1e-3 });
    expect(descriptors.map(({ name, cost }) => [name, cost !== undefined])).toEqual([["few functions", true]]);
    expect(warnings.join("\n")).toMatch(/soap.*budget/u);
  });

  it("refuses what cannot be compared", async () => {
    await expect(compare(structures(2), { descriptors: [acsf, acsf] })).rejects.toThrow(/two descriptors are called "few functions"/u);
    await expect(compare(structures(2), { descriptors: [] })).rejects.toThrow(/no descriptor to compare/u);
    await expect(compare([], {})).rejects.toThrow(/no atoms/u);
  });
});
