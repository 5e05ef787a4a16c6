// Counts of invariants, and which of them are independent functions, by exact arithmetic.
import { describe, expect, it } from "vitest";
import { exactRanks, pruneExactly, type ExactPruning, type IntegerEnvironment, type Invariant } from "../../src/analysis/index.js";
import { type Factor, factorSets, type FactorSet } from "../../src/descriptors/ace/selection.js";
import { countInvariants } from "../../src/descriptors/ace/invariant-count.js";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { seededRandom } from "../../src/math/random.js";
import { referenceSuite } from "./suite.js";

type Pair = readonly [n: number, l: number];
interface Basis {
  readonly N: number;
  readonly wL: number;
  /** Of all orders, or of each. */
  readonly D: number | readonly number[];
}
/** What files may tell beside sizes. */
interface Bound {
  readonly bound?: number;
  readonly orbit?: number;
}
interface Kept {
  readonly nl: readonly Pair[];
  readonly L: readonly number[];
}

interface Multiplicities {
  readonly rows: readonly { readonly nl: readonly Pair[]; readonly invariants: number }[];
}
interface BasisCounts {
  readonly rows: readonly { readonly wL: number; readonly D: number; readonly counts: readonly number[] }[];
}
interface PrunedSizes {
  readonly rows: readonly (Basis & Bound & { readonly full: number; readonly kept: number; readonly nv: number; readonly fullByOrder: readonly number[]; readonly keptByOrder: readonly number[] })[];
}
interface KeptLists {
  readonly cases: readonly (Basis & Bound & {
    readonly full: number;
    readonly rank: number;
    readonly variables: number;
    readonly perDegreeAndOrder: readonly (readonly [degree: number, order: number, full: number, kept: number])[];
    readonly kept: readonly Kept[];
  })[];
}
interface RanksRow extends Basis {
  readonly environment: string;
  readonly J?: number;
  readonly rankPositionsFull?: number;
  readonly rankPositionsKept?: number;
  readonly rankAFull?: number;
  readonly rankAKept?: number;
  readonly coordinates?: number;
  readonly langbein?: number;
  readonly flexible?: number;
  readonly added?: readonly Kept[];
}
interface Environments {
  readonly environments: Readonly<Record<string, readonly (readonly number[])[]>>;
  readonly rows: readonly RanksRow[];
}

const suite = referenceSuite("redundancy");
const { folder, comparisons } = suite;

const files = (pattern: RegExp): readonly string[] => folder?.files.filter((name) => pattern.test(name)) ?? [];

/** Rows of a file, each with nothing but the keys that are compared. */
function rowsOf<Row extends object>(file: string, key: string, known: readonly string[]): readonly Row[] {
  const rows = (folder!.json(file) as Record<string, readonly Row[]>)[key];
  expect(rows, `${file} has ${key}`).toBeInstanceOf(Array);
  for (const row of rows) expect(Object.keys(row).filter((own) => !known.includes(own)), `${file}: keys that are not compared`).toEqual([]);
  return rows;
}

function sets({ N, wL, D }: Basis): FactorSet[] {
  return factorSets({ nSpecies: 1, degrees: typeof D === "number" ? new Array<number>(N).fill(D) : D, lWeight: wL });
}

/** Equal ones side by side, in whatever order they were written. */
const factors = (nl: readonly Pair[]): Factor[] => nl.map(([n, l]) => ({ species: 0, n, l })).sort((a, b) => a.n - b.n || a.l - b.l);
const isKept = ({ kept }: ExactPruning) => (_: unknown, index: number): boolean => kept[index] === 1;
const named = ({ factors: own, labels }: Invariant): Kept => ({ nl: own.map(({ n, l }) => [n, l] as const), L: labels });

function byOrder(invariants: readonly Invariant[], orders: number): number[] {
  const counts = new Array<number>(orders).fill(0);
  for (const own of invariants) counts[own.factors.length - 1]++;
  return counts;
}

/** Numbers that must agree exactly. */
function same(kind: string, where: string, actual: readonly number[], expected: readonly number[]): void {
  comparisons.compare(kind, where, actual, expected, 0, "absolute");
}

/** The same by name, as far as a row has them. */
function sameNamed<Row extends object>(kind: string, where: string, actual: Partial<Record<keyof Row, number>>, row: Row): void {
  const names = (Object.keys(actual) as (keyof Row)[]).filter((name) => row[name] !== undefined);
  if (names.length > 0) same(kind, `${where} ${names.join(", ")}`, names.map((name) => actual[name]!), names.map((name) => row[name] as number));
}

function sameBound(where: string, { variables, orbitDimension }: ExactPruning, row: Bound): void {
  sameNamed<Bound>("bounds", where, { bound: variables - orbitDimension, orbit: orbitDimension }, row);
}

const prunings = new Map<string, Promise<ExactPruning>>();

function pruningOf(basis: Basis): Promise<ExactPruning> {
  const key = `${basis.N} ${basis.wL} ${String(basis.D)}`;
  const known = prunings.get(key) ?? pruneExactly(suite.executor, sets(basis));
  prunings.set(key, known);
  return known;
}

/** Each of the classes that has functions: degree, order, how many there are and how many are kept. */
function perClass({ invariants, kept }: ExactPruning): number[][] {
  const classes = new Map<string, number[]>();
  invariants.forEach(({ degree, factors: { length: order } }, index) => {
    const key = `${degree.toFixed(6)} ${order}`;
    const own = classes.get(key) ?? [degree, order, 0, 0];
    own[2]++;
    own[3] += kept[index];
    classes.set(key, own);
  });
  return sortedClasses([...classes.values()]);
}

function sortedClasses<Class extends readonly number[]>(classes: readonly Class[]): Class[] {
  return [...classes].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
}

function whereOf(file: string, { N, wL, D }: Basis): string {
  return `${file} N ${N} wL ${wL} D ${String(D)}`;
}

/** Neighbors at random whole coordinates. */
function generic(count: number): IntegerEnvironment {
  const random = seededRandom(count);
  return { positions: Array.from({ length: count }, () => [0, 1, 2].map(() => uniformInt(random, -1_000_000, 1_000_000))) };
}

describe.skipIf(!folder)("redundancy", () => {
  for (const file of files(/multiplicities[^/]*\.json$/u)) {
    it(`${file}: invariants of products`, () => {
      for (const { nl, invariants } of rowsOf<Multiplicities["rows"][number]>(file, "rows", ["nl", "invariants"])) {
        same("multiplicities", `${file} ${JSON.stringify(nl)}`, [countInvariants(factors(nl))], [invariants]);
      }
    });
  }

  for (const file of files(/counts[^/]*\.json$/u)) {
    it(`${file}: invariants up to a degree`, () => {
      for (const { wL, D, counts } of rowsOf<BasisCounts["rows"][number]>(file, "rows", ["wL", "D", "counts"])) {
        const found = new Array<number>(counts.length).fill(0);
        for (const { factors: own } of sets({ N: counts.length, wL, D })) found[own.length - 1] += countInvariants(own);
        same("counts", `${file} wL ${wL} D ${D}`, found, counts);
      }
    });
  }

  for (const file of files(/pruned_sizes[^/]*\.json$/u)) {
    it(`${file}: sizes of pruned bases`, { timeout: 600_000 }, async () => {
      for (const row of rowsOf<PrunedSizes["rows"][number]>(file, "rows", ["N", "wL", "D", "full", "kept", "nv", "fullByOrder", "keptByOrder", "bound", "orbit"])) {
        const pruning = await pruneExactly(suite.executor, sets(row));
        const kept = pruning.invariants.filter(isKept(pruning));
        const where = whereOf(file, row);
        sameBound(where, pruning, row);
        same("pruned sizes", where, [pruning.invariants.length, kept.length, pruning.rank, pruning.variables], [row.full, row.kept, row.kept, row.nv]);
        same("pruned sizes by order", where, [...byOrder(pruning.invariants, row.N), ...byOrder(kept, row.N)], [...row.fullByOrder, ...row.keptByOrder]);
      }
    });
  }

  for (const file of files(/kept[^/]*\.json$/u)) {
    it(`${file}: which functions are kept`, { timeout: 600_000 }, async () => {
      for (const row of rowsOf<KeptLists["cases"][number]>(file, "cases", ["N", "wL", "D", "full", "rank", "variables", "perDegreeAndOrder", "kept", "bound", "orbit"])) {
        const pruning = await pruningOf(row);
        const where = whereOf(file, row);
        sameBound(where, pruning, row);
        same("kept lists, sizes", where, [pruning.invariants.length, pruning.rank, pruning.variables], [row.full, row.rank, row.variables]);
        comparisons.compare("kept lists, by degree and order", where, perClass(pruning).flat(), sortedClasses(row.perDegreeAndOrder).flat(), 1e-9, "absolute");
        expect(pruning.invariants.filter(isKept(pruning)).map(named), where).toEqual(row.kept.map(({ nl, L }) => ({ nl, L })));
        same("kept lists, functions", where, pruning.invariants.filter(isKept(pruning)).flatMap(({ factors: own, labels }) => [...own.flatMap(({ n, l }) => [n, l]), ...labels]), row.kept.flatMap(({ nl, L }) => [...nl.flat(), ...L]));
      }
    });
  }

  for (const file of files(/environments[^/]*\.json$/u)) {
    it(`${file}: ranks in environments`, { timeout: 600_000 }, async () => {
      const { environments } = folder!.json(file) as Environments;
      const known = ["N", "wL", "D", "environment", "J", "rankPositionsFull", "rankPositionsKept", "rankAFull", "rankAKept", "coordinates", "langbein", "flexible", "added"];
      for (const row of rowsOf<RanksRow>(file, "rows", known)) {
        const where = `${whereOf(file, row)} ${row.environment}`;
        const pruning = await pruningOf(row);
        if (row.environment === "all together") {
          const flexible = await pruneExactly(suite.executor, sets(row), { environments: Object.values(environments).map((positions) => ({ positions })) });
          const added = flexible.invariants.filter((_, index) => flexible.kept[index] > pruning.kept[index]);
          sameNamed<RanksRow>("flexible rule", where, { langbein: pruning.rank, flexible: flexible.kept.reduce((sum, own) => sum + own, 0) }, row);
          if (row.added) expect(added.map(named), where).toEqual(row.added);
          continue;
        }
        const environment = row.J === undefined ? { positions: environments[row.environment] } : generic(row.J);
        expect(environment.positions, `${where} is an environment of the file`).toBeDefined();
        const full = await exactRanks(suite.executor, pruning.invariants, environment);
        const kept = await exactRanks(suite.executor, pruning.invariants.filter(isKept(pruning)), environment);
        sameNamed<RanksRow>("ranks by positions", where, { rankPositionsFull: full.positions, rankPositionsKept: kept.positions }, row);
        sameNamed<RanksRow>("ranks by sums over neighbors", where, { rankAFull: full.sums, rankAKept: kept.sums, coordinates: 3 * environment.positions.length }, row);
      }
    });
  }

  it("was compared, and every file is part of one", () => {
    expect(comparisons.total).toBeGreaterThan(0);
    expect(folder!.unknown).toEqual([]);
  });
});
