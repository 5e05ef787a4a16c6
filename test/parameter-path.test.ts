import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatPath, parsePath, valueAt } from "../src/parameter-path.js";

describe("parameter paths", () => {
  it.each<[string, (string | number)[]]>([
    ["model.terms[0].kernel.zeta", ["model", "terms", 0, "kernel", "zeta"]],
    ["model.terms.0.kernel.zeta", ["model", "terms", "0", "kernel", "zeta"]],
    ["a[1][2]", ["a", 1, 2]],
    ["a[*].b.*", ["a", "*", "b", "*"]],
    [' fit.sigma.configTypes["T = 300.5 K"].energy ', ["fit", "sigma", "configTypes", "T = 300.5 K", "energy"]],
    ["fit.sigma.configTypes.AIMD-NVT", ["fit", "sigma", "configTypes", "AIMD-NVT"]],
  ])("reads %s", (text, path) => {
    expect(parsePath(text)).toEqual(path);
  });

  it.each(["", "  ", ".a", "a.", "a..b", "a[", "a[x]", "a]b", "a[-1]", "[0]", "__proto__.a", "a.__proto__"])("rejects %j", (text) => {
    expect(() => parsePath(text)).toThrow(/path/);
  });

  it("writes what it reads", () => {
    const name = fc.string({ minLength: 1 }).filter((text) => text.trim() === text && !text.includes('"') && text !== "__proto__" && text !== "*");
    const path = fc.tuple(fc.constantFrom("model", "fit"), fc.array(fc.oneof(name, fc.nat(99)), { maxLength: 5 }));
    fc.assert(
      fc.property(path, ([head, rest]) => {
        expect(parsePath(formatPath([head, ...rest]))).toEqual([head, ...rest]);
      }),
    );
  });

  it("finds own values only", () => {
    expect(valueAt({ a: [{ b: 1 }] }, ["a", 0, "b"])).toBe(1);
    expect(valueAt({ a: 1 }, ["a", "b", "c"])).toBeUndefined();
    expect(valueAt({}, ["constructor"])).toBeUndefined();
  });
});
