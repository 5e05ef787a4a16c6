import { describe, expect, it } from "vitest";
import { ResourceError } from "../../src/errors.js";
import { loadWasm, Wasm } from "../../src/wasm/wasm.js";

describe("Wasm", () => {
  it("hides what is not a routine", async () => {
    const { wasm } = await loadWasm();
    expect(Object.keys(wasm.routines)).toContain("fill");
    expect(Object.keys(wasm.routines).filter((name) => name.startsWith("__") || name === "memory" || name === "memoryBase")).toEqual([]);
    expect(wasm.heapBase).toBeGreaterThan(0);
  });

  it("makes views of the memory that routines write to", async () => {
    const { wasm, pool } = await loadWasm();
    const region = pool.allocate(80, "x");
    wasm.routines.fill(10, 0.1, region.pointer);
    expect([...wasm.f64(region.pointer, 10)]).toEqual(new Array(10).fill(0.1));
    wasm.i32(region.pointer, 2).set([1, -1]);
    expect([...wasm.u8(region.pointer, 8)]).toEqual([1, 0, 0, 0, 255, 255, 255, 255]);
    expect(wasm.f64(region.pointer, 0).length).toBe(0);
  });

  it("joins the memory of another instance", async () => {
    const { wasm, pool } = await loadWasm();
    const region = pool.allocate(8, "x");
    const other = new Wasm(wasm.shared);
    other.routines.fill(1, 4.25, region.pointer);
    expect(wasm.f64(region.pointer, 1)[0]).toBe(4.25);
    expect(other.heapBase).toBe(wasm.heapBase);
  });

  it("addresses memory above 2 GiB", async () => {
    const { wasm, pool } = await loadWasm();
    const low = pool.allocate(2 ** 31, "low half");
    const high = pool.allocate(64, "high");
    expect(high.pointer).toBeGreaterThanOrEqual(2 ** 31);
    wasm.routines.fill(8, 3, high.pointer);
    expect([...wasm.f64(high.pointer, 8)]).toEqual(new Array(8).fill(3));
    pool.release(low);
  });

  it("keeps to the limit it was given", async () => {
    const { pool } = await loadWasm({ maximumBytes: 8 << 20 });
    expect(() => pool.allocate(9 << 20, "too much")).toThrow(ResourceError);
    expect(pool.allocate(6 << 20, "enough").bytes).toBe(6 << 20);
  });
});
