import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { InternalError, InvalidStructureError, NumericalError, PestleError } from "../../src/errors.js";
import { errorOfStatus, Status } from "../../src/wasm/status.js";
import { loadWasm } from "../../src/wasm/wasm.js";

describe("status codes", () => {
  it("are the same on both sides of the boundary", () => {
    const source = readFileSync(new URL("../../assembly/status.ts", import.meta.url), "utf8");
    const declared = [...source.matchAll(/^export const (\w+): i32 = (-?\d+);/gm)].map(([, name, value]) => [name, Number(value)]);
    expect(declared.length).toBe([...source.matchAll(/^export const/gm)].length);
    expect(Object.fromEntries(declared)).toEqual(Status);
    expect(new Set(Object.values(Status)).size).toBe(declared.length);
  });

  it("each have an error of their own that names the routine or the remedy", () => {
    for (const [name, code] of Object.entries(Status)) {
      if (code === Status.OK) continue;
      const error = errorOfStatus(code, "someRoutine");
      expect(error, name).toBeInstanceOf(PestleError);
      expect(error.message, name).not.toMatch(/unknown status/);
    }
    expect(errorOfStatus(Status.INVALID_ARGUMENT, "r")).toBeInstanceOf(InternalError);
    expect(errorOfStatus(Status.NOT_POSITIVE_DEFINITE, "r")).toBeInstanceOf(NumericalError);
    expect(errorOfStatus(Status.COINCIDENT_ATOMS, "r")).toBeInstanceOf(InvalidStructureError);
  });

  it("that nobody knows are a defect", () => {
    expect(errorOfStatus(99, "gemm")).toBeInstanceOf(InternalError);
    expect(errorOfStatus(99, "gemm").message).toBe("routine gemm returned the unknown status 99");
  });

  it("become exceptions when a routine is called", async () => {
    const { wasm, pool } = await loadWasm();
    const region = pool.allocate(64, "x");
    expect(wasm.routines.fill(0, 1, region.pointer)).toBe(0);
    expect(() => wasm.routines.fill(-1, 1, region.pointer)).toThrow(InternalError);
  });
});
