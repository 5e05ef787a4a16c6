import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ResourceError } from "../../src/errors.js";
import { alignUp, Arena, ArenaOverflow, formatBytes, MemoryPool, type Region } from "../../src/wasm/memory.js";

const PAGE = 65536;

function makePool(maximumBytes = 64 << 20, base = 1000): MemoryPool {
  return new MemoryPool(new WebAssembly.Memory({ initial: 16, maximum: 65536, shared: true }), base, maximumBytes);
}

describe("formatBytes", () => {
  it.each([
    [0, "0 B"],
    [999, "999 B"],
    [1000, "1.00 kB"],
    [123_456, "123 kB"],
    [4_294_967_296, "4.29 GB"],
    [5e15, "5000 TB"],
  ])("writes %d as %s", (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });
});

describe("MemoryPool", () => {
  it("starts after the static data, on a cache line", () => {
    expect(makePool(64 << 20, 1000).allocate(8, "a").pointer).toBe(1024);
    expect(makePool(64 << 20, 1024).allocate(8, "a").pointer).toBe(1024);
  });

  it("gives back the end of a region that was made too large", () => {
    const pool = makePool(1 << 20);
    const a = pool.shrink(pool.allocate(10_000, "a"), 100);
    expect([a.bytes, pool.bytesInUse]).toEqual([100, 128]);
    const b = pool.allocate(500, "b");
    expect(b.pointer).toBe(a.pointer + 128);
    expect(pool.shrink(b, 600)).toEqual(b);
    pool.release(a);
    pool.release(b);
    expect(pool.bytesInUse).toBe(0);
  });

  it("asks for what others can do without when it is full, until they have nothing left", () => {
    const pool = makePool(1 << 20);
    const spare = Array.from({ length: 3 }, () => pool.allocate(300_000, "spare"));
    const end = pool.addReclaimer(() => {
      const region = spare.pop();
      if (region) pool.release(region);
      return region !== undefined;
    });
    pool.release(pool.allocate(600_000, "a"));
    expect(spare.length).toBe(1);
    expect(() => pool.allocate(2 << 20, "b")).toThrow(ResourceError);
    expect(spare.length).toBe(0);
    spare.push(pool.allocate(900_000, "spare"));
    end();
    expect(() => pool.allocate(600_000, "c")).toThrow(ResourceError);
    expect(spare.length).toBe(1);
  });

  it("counts what others would give back as obtainable", () => {
    const pool = makePool(1 << 20);
    pool.release(pool.allocate(64, "a"));
    const free = pool.bytesAvailable;
    const spare = pool.allocate(640, "spare");
    const end = pool.addReclaimer(() => false, () => spare.bytes);
    expect([pool.bytesAvailable, pool.bytesObtainable]).toEqual([free - 640, free]);
    end();
    expect(pool.bytesObtainable).toBe(free - 640);
  });

  it("counts bytes in use, at the peak and available", () => {
    const pool = makePool(1 << 20);
    const a = pool.allocate(100, "a");
    const b = pool.allocate(64, "b");
    expect(pool.bytesInUse).toBe(128 + 64);
    pool.release(a);
    expect(pool.bytesInUse).toBe(64);
    expect(pool.peakBytes).toBe(192);
    expect(pool.bytesAvailable).toBe((1 << 20) - 64);
    pool.release(b);
    expect(pool.bytesInUse).toBe(0);
  });

  it("gives an empty request a place of its own", () => {
    const pool = makePool();
    expect(pool.allocate(0, "a").pointer).not.toBe(pool.allocate(0, "b").pointer);
  });

  it("takes a region back only once", () => {
    const pool = makePool();
    const a = pool.allocate(64, "a");
    pool.release(a);
    pool.release(a);
    expect(pool.bytesInUse).toBe(0);
    const [b, c] = [pool.allocate(64, "b"), pool.allocate(64, "c")];
    expect(b.pointer).not.toBe(c.pointer);
  });

  it("merges released neighbors in any order", () => {
    for (const order of [[0, 1, 2], [2, 1, 0], [0, 2, 1], [1, 0, 2]]) {
      const pool = makePool();
      const regions = [0, 1, 2].map((i) => pool.allocate(64 << 10, `r${i}`));
      pool.allocate(64, "fence");
      for (const i of order) pool.release(regions[i]);
      expect(pool.allocate(192 << 10, "whole").pointer).toBe(regions[0].pointer);
    }
  });

  it("grows, and uses the free tail when it does", () => {
    const pool = makePool();
    const before = pool.memory.buffer.byteLength;
    const small = pool.allocate(64, "small");
    const large = pool.allocate(before, "large");
    expect(large.pointer).toBe(small.pointer + 64);
    expect(pool.memory.buffer.byteLength).toBeGreaterThanOrEqual(large.pointer + before);
    expect(pool.memory.buffer.byteLength).toBeLessThan(before + (17 << 20));
  });

  it("says what did not fit, of how much, and what to do", () => {
    const pool = makePool(32 * PAGE);
    pool.allocate(1_000_000, "first");
    expect(() => pool.allocate(5_000_000, "the design matrix")).toThrow(ResourceError);
    expect(() => pool.allocate(5_000_000, "the design matrix")).toThrow(
      /not enough memory for the design matrix: it needs 5\.00 MB, of 2\.10 MB in all 1\.00 MB are taken; use .* or raise the memory limit/,
    );
    expect(pool.bytesInUse).toBe(alignUp(1_000_000));
    expect(pool.allocate(64, "after").bytes).toBe(64);
  });

  it("reaches the limit to the last page and no further", () => {
    const pool = makePool(32 * PAGE, 1024);
    const rest = 32 * PAGE - 1024;
    expect(() => pool.allocate(rest + 1, "too much")).toThrow(ResourceError);
    expect(pool.allocate(rest, "all").bytes).toBe(rest);
    expect(pool.memory.buffer.byteLength).toBe(32 * PAGE);
    expect(() => pool.allocate(1, "one more")).toThrow(ResourceError);
  });

  it("never hands out overlapping regions and never leaks (property)", () => {
    const operation = fc.record({ release: fc.boolean(), index: fc.nat(), bytes: fc.integer({ min: 0, max: 300_000 }) });
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 60 }), (operations) => {
        const pool = makePool(16 << 20);
        const live: Region[] = [];
        for (const { release, index, bytes } of operations) {
          if (release && live.length > 0) pool.release(live.splice(index % live.length, 1)[0]);
          else live.push(pool.allocate(bytes, "x"));
          const sorted = [...live].sort((a, b) => a.pointer - b.pointer);
          for (let i = 1; i < sorted.length; i++) {
            expect(sorted[i].pointer).toBeGreaterThanOrEqual(sorted[i - 1].pointer + Math.max(64, alignUp(sorted[i - 1].bytes)));
          }
          expect(live.every(({ pointer }) => pointer % 64 === 0)).toBe(true);
        }
        for (const region of live) pool.release(region);
        expect(pool.bytesInUse).toBe(0);
        const everything = pool.memory.buffer.byteLength - 1024;
        expect(pool.allocate(everything, "everything").pointer).toBe(1024);
        expect(pool.memory.buffer.byteLength).toBe(everything + 1024);
      }),
      { numRuns: 60 },
    );
  });
});

describe("Arena", () => {
  const region = { pointer: 4096, bytes: 1024 };

  it("stacks aligned blocks and resets to a mark", () => {
    const arena = new Arena(region);
    expect(arena.f64(1)).toBe(4096);
    const mark = arena.mark();
    expect(arena.i32(17)).toBe(4096 + 64);
    expect(arena.bytesAvailable).toBe(1024 - 64 - 128);
    arena.reset(mark);
    expect(arena.f64(3)).toBe(4096 + 64);
    arena.reset();
    expect(arena.bytesAvailable).toBe(1024);
  });

  it("hands out the last byte and none behind it", () => {
    const arena = new Arena(region);
    arena.allocate(1024 - 64);
    expect(arena.allocate(64)).toBe(4096 + 1024 - 64);
    expect(attempt(() => arena.allocate(1))).toBeInstanceOf(ArenaOverflow);
    expect(attempt(() => arena.allocate(0))).toBeInstanceOf(ArenaOverflow);
  });

  it("says how much it would need", () => {
    const arena = new Arena(region);
    arena.allocate(1000);
    const error = attempt(() => arena.allocate(100));
    expect(error).toBeInstanceOf(ArenaOverflow);
    expect((error as ArenaOverflow).requiredBytes).toBe(1024 + 128);
    expect(arena.bytesAvailable).toBe(0);
  });
});

function attempt(action: () => unknown): unknown {
  try {
    return action();
  } catch (error) {
    return error;
  }
}
