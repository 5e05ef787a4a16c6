// Exact arithmetic against whole numbers of any size.
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ModularRows } from "../../../src/analysis/redundancy/modular-rows.js";
import { PrimeField, PRIMES } from "../../../src/analysis/redundancy/prime-field.js";
import { seededRandom } from "../../../src/math/random.js";
import type { Executor } from "../../../src/parallel/index.js";
import { Arena, type Region } from "../../../src/wasm/memory.js";
import { testExecutor } from "../../expect.js";

const prime = PRIMES[0];

let executor: Executor;
let region: Region;
beforeAll(async () => {
  executor = await testExecutor();
  region = executor.pool.allocate(1 << 22, "rows");
});
afterAll(async () => {
  executor.pool.release(region);
  await executor.close();
});

/** Gauss elimination of one row after another, with whole numbers of any size. */
class TwinRows {
  private readonly kept: { pivot: number; row: bigint[] }[] = [];

  insert(given: readonly number[]): boolean {
    const p = BigInt(prime);
    const row = given.map(BigInt);
    for (const own of this.kept) {
      const factor = row[own.pivot];
      own.row.forEach((value, j) => (row[j] = (((row[j] - factor * value) % p) + p) % p));
    }
    const pivot = row.findIndex((value) => value !== 0n);
    if (pivot < 0) return false;
    const inverse = powerOf(row[pivot], p - 2n, p);
    this.kept.push({ pivot, row: row.map((value) => (value * inverse) % p) });
    return true;
  }
}

function powerOf(base: bigint, exponent: bigint, p: bigint): bigint {
  let result = 1n;
  for (let [square, left] = [base, exponent]; left > 0n; left >>= 1n, square = (square * square) % p) if (left & 1n) result = (result * square) % p;
  return result;
}

describe("rows modulo a prime", () => {
  for (const [rows, columns] of [[3, 1], [5, 4], [9, 7], [12, 13], [40, 30]]) {
    it(`${rows} rows with ${columns} columns are independent where those of the twin are`, () => {
      const random = seededRandom(rows);
      const own = new ModularRows(executor.wasm, new Arena(region), prime, columns);
      const twin = new TwinRows();
      const before: number[][] = [];
      for (let i = 0; i < rows; i++) {
        const fresh = Array.from({ length: columns }, () => (uniformInt(random, 0, 3) === 0 ? 0 : uniformInt(random, 0, 1) === 0 ? prime - 1 : uniformInt(random, 1, prime - 1)));
        // every third row is a sum of rows before it
        const row = i % 3 === 2 ? fresh.map((_, j) => (before[i - 1][j] + 2 * before[i - 2][j]) % prime) : fresh;
        before.push(row);
        own.clearedRow().set(row);
        expect(own.insert(), `row ${i}`).toBe(twin.insert(row));
      }
      expect(own.rank).toBeGreaterThan(0);
      expect(own.rank).toBeLessThanOrEqual(Math.min(columns, rows));
    });
  }

  it("a row of zeros is dependent, without columns every row", () => {
    const rows = new ModularRows(executor.wasm, new Arena(region), prime, 5);
    rows.clearedRow();
    expect(rows.insert()).toBe(false);
    const none = new ModularRows(executor.wasm, new Arena(region), prime, 0);
    none.clearedRow();
    expect(none.insert()).toBe(false);
  });
});

describe("numbers modulo a prime", () => {
  const field = new PrimeField(prime);

  it("multiply as whole numbers of any size do", () => {
    const random = seededRandom(1);
    const edges = [0, 1, 2, prime - 1, prime - 2, (prime - 1) / 2, (prime + 1) / 2, 2 ** 16, 2 ** 16 - 1];
    const pairs = [...edges.flatMap((a) => edges.map((b) => [a, b])), ...Array.from({ length: 2000 }, () => [uniformInt(random, 0, prime - 1), uniformInt(random, 0, prime - 1)])];
    for (const [a, b] of pairs) expect(field.multiply(a, b), `${a} · ${b}`).toBe(Number((BigInt(a) * BigInt(b)) % BigInt(prime)));
  });

  it("have inverses, and a square root of −1", () => {
    for (const a of [1, 2, 3, prime - 1, 123_456_789]) expect(field.multiply(a, field.inverse(a))).toBe(1);
    for (const own of PRIMES) {
      const other = new PrimeField(own);
      expect(other.multiply(other.imaginaryUnit(), other.imaginaryUnit())).toBe(own - 1);
    }
    expect(field.of(-1)).toBe(prime - 1);
  });

  it("need a prime of the right kind", () => {
    for (const bad of [2147483647, 2147483629 - 4, 1_000_003, 2 ** 31 + 11, NaN, 0.5]) expect(() => new PrimeField(bad)).toThrow(/not a prime between/u);
  });
});
