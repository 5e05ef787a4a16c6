import { describe, expect, it } from "vitest";
import { z } from "zod";
import { fitFileSchema } from "../../src/config/fit-config.js";
import { parseYaml } from "../../src/config/yaml.js";
import { FormatError, InvalidParameterError } from "../../src/errors.js";
import { closest, editDistance } from "../../src/suggestion.js";
import { validate } from "../../src/validation.js";

const schema = z.strictObject({
  descriptor: z.discriminatedUnion("type", [
    z.strictObject({ type: z.literal("soap"), lMax: z.int().min(0).max(20).default(6), sigma: z.number().positive() }),
    z.strictObject({ type: z.literal("acsf"), eta: z.number() }),
  ]),
  energies: z.union([z.enum(["from-data", "least-squares"]), z.record(z.string(), z.number())]).default("from-data"),
  terms: z.array(z.strictObject({ zeta: z.int().min(1) })).default([]),
});

function messageFor(value: unknown): string {
  try {
    validate(schema, value, { what: "settings" });
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidParameterError);
    return (error as Error).message;
  }
  return "accepted";
}

describe("validate", () => {
  it("fills defaults in", () => {
    expect(validate(schema, { descriptor: { type: "soap", sigma: 0.5 } })).toEqual({
      descriptor: { type: "soap", lMax: 6, sigma: 0.5 },
      energies: "from-data",
      terms: [],
    });
  });

  it.each([
    [{ descriptor: { type: "soap", lmax: 3, sigma: 1 } }, 'settings: unknown key "lmax" in descriptor; did you mean "lMax"?'],
    // the other branch of the union has "eta", which must not be offered
    [{ descriptor: { type: "soap", eat: 3, sigma: 1 } }, 'settings: unknown key "eat" in descriptor; known keys are type, lMax, sigma'],
    [{ descriptor: { type: "soap", sigma: 1, lMax: 30 } }, "settings: descriptor.lMax is 30; it must be a whole number from 0 to 20"],
    [{ descriptor: { type: "soap", sigma: 1, lMax: "six" } }, 'settings: descriptor.lMax is "six"; it must be a whole number from 0 to 20'],
    [{ descriptor: { type: "soap", sigma: 0 } }, "settings: descriptor.sigma is 0; it must be a number > 0"],
    [{ descriptor: { type: "soap" } }, "settings: descriptor.sigma is missing; it must be a number > 0"],
    [{ descriptor: { type: "sopa", sigma: 1 } }, 'settings: descriptor.type is "sopa"; it must be one of "soap", "acsf"; did you mean "soap"?'],
    [{ descriptor: { type: "acsf", eta: 1 }, energies: { Si: "x" } }, 'settings: energies.Si is "x"; it must be a number'],
    [
      { descriptor: { type: "acsf", eta: 1 }, energies: "fromdata" },
      'settings: energies is "fromdata"; it must be one of "from-data", "least-squares", or a group of keys; did you mean "from-data"?',
    ],
    [{ descriptor: { type: "acsf", eta: 1 }, terms: [{ zeta: 1 }, { zeta: 0 }] }, "settings: terms[1].zeta is 0; it must be a whole number ≥ 1"],
    [{}, "settings: descriptor is missing; it must be a group of keys (type, lMax, sigma), or a group of keys (type, eta)"],
  ])("explains %j", (value, message) => {
    expect(messageFor(value)).toBe(message);
  });

  it("tells many groups by their types, and how long a list is at the least", () => {
    const kinds = ["soap", "acsf", "ace"].map((type) => z.strictObject({ type: z.literal(type), [`own${type}`]: z.number() }));
    const many = z.strictObject({ descriptor: z.discriminatedUnion("type", kinds as never), sizes: z.array(z.int().min(1)).min(1).optional() });
    expect(() => validate(many, {})).toThrow('descriptor is missing; it must be a group of keys whose type is one of "soap", "acsf", "ace"');
    expect(() => validate(many, { descriptor: { type: "ace", ownace: 1 }, sizes: [] })).toThrow("sizes is []; it must be a list of at least 1 value, each a whole number ≥ 1");
  });

  it("names a key that is given twice", () => {
    expect(() => parseYaml("model:\n  type: linear\n  type: linear\n", "fit.yaml")).toThrow("fit.yaml:3:3: the key type is given twice in one group");
    expect(() => parseYaml('{ "a b": 1, "a b": 2 }', "fit.json")).toThrow('fit.json:1:13: the key "a b" is given twice');
  });

  it.each([[{ type: "liner", terms: [] }, 'did you mean "linear"?'], [{}, "model.type is missing"], [undefined, "model is missing"]])(
    "speaks of the type of a model before its fit section (%#)",
    (model, message) => {
      const config = { data: { train: "a.xyz" }, model, fit: { solver: { type: "ridge" } } };
      // trainers of other tests may be known, too
      const told = (): unknown => validate(fitFileSchema(config), config);
      expect(told).toThrow(/^(?:fit file: )?model/u);
      expect(told).toThrow(message);
    },
  );

  it("names line and column of a key and of a value in a file", () => {
    const text = "descriptor:\n  type: soap\n  lmax: 3\n  sigma: -1\nterms:\n  - zeta: 1\n  - zeta: 0.5\n";
    const config = parseYaml(text, "fit.yaml");
    const check = (value: unknown): FormatError => {
      try {
        validate(schema, value, config);
      } catch (error) {
        return error as FormatError;
      }
      throw new Error("accepted");
    };
    expect(check(config.value).message).toBe('fit.yaml:3:3: unknown key "lmax" in descriptor; did you mean "lMax"?');
    const value = config.value as { descriptor: Record<string, unknown> };
    delete value.descriptor.lmax;
    expect(check(value).location).toEqual({ file: "fit.yaml", line: 4, column: 10 });
    value.descriptor.sigma = 1;
    expect(check(value).location).toEqual({ file: "fit.yaml", line: 7, column: 11 });
    expect(check({ descriptor: { type: "acsf" } }).location).toEqual({ file: "fit.yaml", line: 1, column: 1 });
  });
});

describe("parseYaml", () => {
  it.each([
    ["a: [1, 2\nb: 3\n", 2],
    ["a: 1\na: 2\n", 2],
    ["a: 1\n\tb: 2\n", 2],
  ])("reports the line of %j", (text, line) => {
    try {
      parseYaml(text, "x.yaml");
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(FormatError);
      expect((error as FormatError).location.line).toBe(line);
      expect((error as Error).message).not.toContain("\n");
    }
  });

  it("reads JSON, and keys like N and No as text", () => {
    expect(parseYaml('{"seed": 1, "x": [1e-8, 1.0E-3]}', "x.json").value).toEqual({ seed: 1, x: [1e-8, 1e-3] });
    expect(parseYaml("N: 1\nNo: 2\nY: yes\n", "x.yaml").value).toEqual({ N: 1, No: 2, Y: "yes" });
  });
});

describe("suggestions", () => {
  it("counts slips", () => {
    expect(editDistance("", "abc")).toBe(3);
    expect(editDistance("kitten", "sitting")).toBe(3);
    expect(editDistance("sigma", "sgima")).toBe(1);
    expect(editDistance("same", "same")).toBe(0);
  });

  it("offers near words only", () => {
    expect(closest("n_max", ["lMax", "nMax"])).toBe("nMax");
    expect(closest("cutof", ["cutoff", "sigma"])).toBe("cutoff");
    expect(closest("temperature", ["cutoff", "sigma"])).toBeUndefined();
    expect(closest("x", [])).toBeUndefined();
  });
});
