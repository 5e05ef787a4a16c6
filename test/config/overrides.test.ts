import { describe, expect, it } from "vitest";
import { applyAssignments, parseAssignments } from "../../src/config/overrides.js";
import { InvalidParameterError } from "../../src/errors.js";

describe("parseAssignments", () => {
  it("reads scalars as YAML does", () => {
    expect(parseAssignments("nMax=8, cutoff.radius=5.5,average=inner,on=true,jitter=1e-8,none=null,text='a,b=c'")).toEqual([
      { path: ["nMax"], value: 8 },
      { path: ["cutoff", "radius"], value: 5.5 },
      { path: ["average"], value: "inner" },
      { path: ["on"], value: true },
      { path: ["jitter"], value: 1e-8 },
      { path: ["none"], value: null },
      { path: ["text"], value: "a,b=c" },
    ]);
  });

  it("does not split inside brackets", () => {
    expect(parseAssignments("species=[Si, O],e={Si: -1, O: -2}")).toEqual([
      { path: ["species"], value: ["Si", "O"] },
      { path: ["e"], value: { Si: -1, O: -2 } },
    ]);
  });

  it.each(["nMax", "=8", "a..b=1", ".a=1", "a=[1,2", "a=1,b"])("rejects %j", (text) => {
    expect(() => parseAssignments(text)).toThrow(InvalidParameterError);
  });
});

describe("applyAssignments", () => {
  it("sets nested keys and list positions without touching the original", () => {
    const base = { model: { terms: [{ sparse: { count: 1000, method: "cur" } }] }, seed: 1 };
    const result = applyAssignments(base, ["model.terms[0].sparse.count=5,seed=2", "fit.jitter=1e-6"]);
    expect(result).toEqual({ model: { terms: [{ sparse: { count: 5, method: "cur" } }] }, seed: 2, fit: { jitter: 1e-6 } });
    expect(base.model.terms[0].sparse.count).toBe(1000);
  });

  it("explains impossible paths", () => {
    expect(() => applyAssignments({ seed: 1 }, ["seed.x=1"])).toThrow(/cannot be set/);
    expect(() => applyAssignments({ terms: [] }, ["terms.3.a=1"])).toThrow(/not a position/);
    expect(() => applyAssignments({}, ["__proto__.a=1"])).toThrow(InvalidParameterError);
    expect(({} as Record<string, unknown>).a).toBeUndefined();
  });
});
