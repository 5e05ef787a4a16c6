import { describe, expect, it } from "vitest";
import { resolveFit } from "../../../src/fit/sparse-gp/schema.js";
import { createSearchSpace, type ParametersOptions, SearchParameterError } from "../../../src/tune/search-space/index.js";
import { valueAt } from "../../../src/parameter-path.js";
import { baseCandidate } from "./base.js";
import { termsOf } from "../../terms.js";

const space = (parameters: ParametersOptions, species?: string[]): ReturnType<typeof createSearchSpace> =>
  createSearchSpace(parameters, baseCandidate(), { species });

describe("dimensions", () => {
  it("divides linear and logarithmic ranges evenly", () => {
    const { parameters, dimensions, decode } = bound(
      space({ "model.terms[0].descriptor.sigma": { from: 0.2, to: 1 }, "fit.jitter": { from: 1e-10, to: 1e-4, scale: "log" } }),
    );
    expect(dimensions).toEqual([{ kind: "continuous" }, { kind: "continuous" }]);
    expect(parameters.map(({ label, range, scale }) => [label, range, scale])).toEqual([
      ["sigma", [0.2, 1], "linear"],
      ["jitter", [1e-10, 1e-4], "log"],
    ]);
    expect(decode([0, 0])).toEqual({ "model.terms[0].descriptor.sigma": 0.2, "fit.jitter": 1e-10 });
    expect(decode([0.25, 0.5])).toEqual({ "model.terms[0].descriptor.sigma": 0.4, "fit.jitter": 1e-7 });
    expect(decode([1, 1])).toEqual({ "model.terms[0].descriptor.sigma": 1, "fit.jitter": 1e-4 });
  });

  it("counts integers, steps and lists", () => {
    const { parameters, dimensions, decode } = bound(
      space({
        "model.terms.0.descriptor.nMax": { from: 4, to: 8, integer: true },
        "model.terms.0.sparse.count": { from: 50, to: 220, integer: true, step: 50 },
        "model.terms.0.kernel.zeta": { from: 1, to: 2, step: 0.1 },
        "model.terms.0.descriptor.lMax": { values: [6, 2, 4] },
        "model.terms.0.sparse.method": { values: ["random", "cur", "farthest-point"] },
        "model.terms.0.descriptor.normalize": { values: [true, false] },
        "model.terms.1.descriptor.lMax": { values: [6, 2, 4], categorical: true },
      }),
    );
    expect(dimensions).toEqual([
      { kind: "ordered", levels: 5 },
      { kind: "ordered", levels: 4 },
      { kind: "ordered", levels: 11 },
      { kind: "ordered", levels: 3 },
      { kind: "categorical", levels: 3 },
      { kind: "categorical", levels: 2 },
      { kind: "categorical", levels: 3 },
    ]);
    expect(parameters[1].values).toEqual([50, 100, 150, 200]);
    expect(parameters[2].values).toEqual([1, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.7, 1.8, 1.9, 2]);
    expect(parameters[3].values).toEqual([2, 4, 6]);
    expect(Object.values(decode([2, 3, 10, 0, 1, 1, 0]))).toEqual([6, 200, 2, 2, "cur", false, 6]);
  });

  it("spreads logarithmic integers over the decades", () => {
    const { decode, dimensions, encode } = bound(space({ "model.terms[0].sparse.count": { from: 50, to: 5000, integer: true, scale: "log" } }));
    const count = (share: number): unknown => Object.values(decode([share]))[0];
    expect(dimensions).toEqual([{ kind: "continuous" }]);
    expect([0, 0.5, 0.9999, 1].map(count)).toEqual([50, 500, 4998, 5000]);
    expect(count(encode(baseCandidate())![0])).toBe(200);
  });
});

/** Methods that may be taken apart. */
function bound(one: ReturnType<typeof createSearchSpace>) {
  return { ...one, parameters: one.parameters, dimensions: one.dimensions, decode: one.decode.bind(one), encode: one.encode.bind(one), apply: one.apply.bind(one) };
}

describe("apply", () => {
  it("changes what is searched and nothing else, and leaves the base alone", () => {
    const base = baseCandidate();
    const one = createSearchSpace({ "model.terms[1].kernel.zeta": { from: 1, to: 9 } }, base);
    const expected = baseCandidate();
    Object.assign(termsOf(expected)[1].kernel, { zeta: 5 });
    expect(one.apply([0.5])).toEqual(expected);
    expect(base).toEqual(baseCandidate());
  });

  it("keeps the defaults of a group that the file leaves out", () => {
    const one = space({ "fit.sigma.energy": { from: 0.001, to: 0.1, scale: "log" } });
    expect(resolveFit(one.apply([0])).fit.sigma).toEqual({ energy: 0.001, forces: 0.05, perAtom: true, configTypes: {} });
  });

  it("reaches into groups that are written short, and into new ones", () => {
    const one = space({
      "model.terms[1].descriptor.compression.speciesWeights.Si": { from: 0.5, to: 2 },
      "fit.sigma.configTypes.Liquid.forces": { from: 0.1, to: 0.3 },
      "model.terms[0].descriptor.centralWeight": { from: 0, to: 2 },
    });
    const fit = one.apply([0, 1, 0.5]);
    expect(valueAt(fit, ["model", "terms", 1, "descriptor", "compression"])).toEqual({ mode: "mu2", speciesWeights: { Si: 0.5 } });
    expect(resolveFit(fit).fit.sigma.configTypes).toEqual({ Liquid: { forces: 0.3 } });
    expect(one.encode(baseCandidate())).toBeUndefined();
    expect(one.decode(one.encode(fit)!)).toEqual(one.decode([0, 1, 0.5]));
  });

  it("sets fixed values and what is tied", () => {
    const one = space({
      "model.terms[0].kernel.zeta": { from: 2, to: 10 },
      "model.terms[1].kernel.zeta": { same: "model.terms.0.kernel.zeta" },
      "model.terms[1].descriptor.cutoff.radius": { same: "model.terms[0].descriptor.cutoff.radius", factor: 0.5, plus: 1 },
      "fit.jitter": { value: 1e-6 },
    });
    expect(one.dimensions.length).toBe(1);
    expect(one.decode([0.25])).toEqual({ "model.terms[0].kernel.zeta": 4, "model.terms[1].kernel.zeta": 4, "model.terms[1].descriptor.cutoff.radius": 3.5 });
    const fit = resolveFit(one.apply([0.25]));
    expect([fit.fit.jitter, valueAt(fit, ["model", "terms", 1, "kernel", "zeta"]), valueAt(fit, ["model", "terms", 1, "descriptor", "cutoff", "radius"])]).toEqual([1e-6, 4, 3.5]);
  });

  it("follows bounds that are other parameters, searched, in the file or by default", () => {
    const one = space({
      "model.terms[0].descriptor.cutoff.width": { from: 0.2, to: "model.terms[0].descriptor.cutoff.radius" },
      "model.terms[0].descriptor.cutoff.radius": { from: 3, to: 6 },
      "model.terms[1].descriptor.cutoff.width": { from: "model.terms[0].descriptor.cutoff.width", to: "model.terms[0].descriptor.cutoff.radius" },
      "model.terms[1].descriptor.cutoff.radius": { same: "model.terms[0].descriptor.cutoff.radius" },
      "model.terms[0].descriptor.lMax": { from: 0, to: "model.terms[0].descriptor.nMax", integer: true },
    });
    const values = one.decode([1, 0, 0.5, 6]);
    expect(values["model.terms[0].descriptor.cutoff.width"]).toBe(3);
    expect(values["model.terms[1].descriptor.cutoff.width"]).toBe(3);
    expect(values["model.terms[0].descriptor.lMax"]).toBe(6);
    expect(one.parameters[0].range).toEqual([0.2, 6]);
    expect(one.parameters[3].values).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  it("leaves parameters alone whose condition does not hold", () => {
    const one = space({
      "model.terms[0].descriptor.compression.mode": { values: ["off", "nu"] },
      "model.terms[0].descriptor.compression.nuR": { from: 0, to: 2, integer: true, when: { "model.terms[0].descriptor.compression.mode": "nu" } },
      "model.terms[1].kernel.zeta": { from: 2, to: 3, when: { "model.terms[0].descriptor.compression.mode": ["off", "mu1nu1"].slice(0, 1) } },
    });
    expect(one.decode([0, 2, 1])).toEqual({ "model.terms[0].descriptor.compression.mode": "off", "model.terms[1].kernel.zeta": 3 });
    expect(one.apply([0, 0, 1])).toEqual(one.apply([0, 2, 1]));
    expect(one.decode([1, 2, 1])).toEqual({ "model.terms[0].descriptor.compression.mode": "nu", "model.terms[0].descriptor.compression.nuR": 2 });
    expect(resolveFit(one.apply([1, 2, 1])).model.terms[1].kernel).toMatchObject({ zeta: 4 });
  });

  it("leaves out what only another choice allows", () => {
    const base = baseCandidate();
    Object.assign(termsOf(base)[1].sparse, { deterministic: true });
    const method = "model.terms[1].sparse.method";
    const one = createSearchSpace(
      { [method]: { values: ["random", "cur"] }, "model.terms[1].sparse.deterministic": { values: [true, false], when: { [method]: "cur" } } },
      base,
    );
    expect(termsOf(one.apply([0, 0]))[1].sparse).toEqual({ method: "random", count: { Si: 50, O: 100 } });
    expect(termsOf(one.apply([1, 1]))[1].sparse).toEqual({ method: "cur", count: { Si: 50, O: 100 }, deterministic: false });
    expect(one.encode(base)).toEqual([1, 0]);
    expect(one.encode(one.apply([0, 0]))).toEqual([0, 0]);
    const alone = (): unknown => createSearchSpace({ [method]: { values: ["random", "cur"] } }, base);
    expect(alone).toThrow(/^unknown key "deterministic" in model\.terms\[1\]\.sparse.* \(where .*method is "random"\); what belongs to other values .* needs a condition/);
  });

  it("drops parameters that can never be active in this file", () => {
    const one = space({
      "model.terms[0].kernel.zeta": { from: 2, to: 10 },
      "model.terms[1].kernel.zeta": { from: 2, to: 10, when: { "model.terms[0].descriptor.basis": "polynomial" } },
    });
    expect(one.parameters.map(({ path }) => path)).toEqual(["model.terms[0].kernel.zeta"]);
  });

  it("expands wildcards over records, lists and the species of the data", () => {
    const one = space({ "model.terms.1.sparse.count.*": { from: 10, to: 110, integer: true, step: 10 }, "model.terms[*].kernel.delta": { from: 0.1, to: 5, scale: "log" } });
    expect(one.parameters.map(({ path, label }) => [path, label])).toEqual([
      ["model.terms[1].sparse.count.Si", "count.Si"],
      ["model.terms[1].sparse.count.O", "count.O"],
      ["model.terms[0].kernel.delta", "terms[0].delta"],
      ["model.terms[1].kernel.delta", "terms[1].delta"],
    ]);
    const scalar = space({ "model.terms.0.sparse.count.*": { from: 100, to: 400, integer: true, step: 100 } }, ["O", "Si"]);
    expect(resolveFit(scalar.apply([0, 3])).model.terms[0].sparse).toEqual({ method: "random", count: { O: 100, Si: 400 } });
    expect(scalar.encode(baseCandidate())).toEqual([1, 1]);
    const one0 = space({ "model.terms.0.sparse.count.Si": { from: 100, to: 400, integer: true, step: 100 } }, ["O", "Si"]);
    expect(resolveFit(one0.apply([3])).model.terms[0].sparse).toEqual({ method: "random", count: { O: 200, Si: 400 } });
  });

  it("lets a reference follow the wildcard", () => {
    const one = space({
      "model.terms.*.descriptor.cutoff.radius": { from: 4, to: 6 },
      "model.terms.*.descriptor.cutoff.width": { from: 1, to: "model.terms.*.descriptor.cutoff.radius" },
    });
    expect(Object.values(one.decode([0, 1, 1, 1])).sort()).toEqual([4, 4, 6, 6]);
  });
});

describe("encode", () => {
  it("finds the values of the file, and says where they lie outside", () => {
    const one = space({ "model.terms[0].descriptor.sigma": { from: 0.25, to: 0.75 }, "model.terms[0].descriptor.nMax": { values: [2, 5, 9] } });
    expect(one.encode(baseCandidate())).toEqual([0.5, 1]);
    const far = baseCandidate();
    Object.assign(termsOf(far)[0].descriptor, { sigma: 0.8 });
    expect(one.encode(far)).toBeUndefined();
  });

  it("counts defaults that are not written", () => {
    const one = space({ "fit.jitter.relative": { from: 1e-10, to: 1e-6, scale: "log" }, "model.terms[0].descriptor.cutoff.width": { from: 0.25, to: 0.75 } });
    expect(one.encode(baseCandidate())![0]).toBeCloseTo(0.5, 12);
    expect(one.encode(baseCandidate())![1]).toBe(0.5);
  });
});

describe("messages", () => {
  const failure = (parameters: ParametersOptions, species?: string[]): { message: string; place: string } => {
    try {
      space(parameters, species);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      return { message: error.message, place: error instanceof SearchParameterError ? [error.part, ...error.path].join(" ") : "" };
    }
    throw new Error("no error");
  };
  const zeta = "model.terms[0].kernel.zeta";
  const sigma = "model.terms[0].descriptor.sigma";
  const radius = "model.terms[0].descriptor.cutoff.radius";

  it.each<[string, ParametersOptions, string | RegExp, string]>([
    ["typo", { "model.terms[0].kernel.zetta": { from: 1, to: 2 } }, /zetta is not a parameter of this file: unknown key "zetta" in model\.terms\[0\]\.kernel; did you mean "zeta"\?/, "key model.terms[0].kernel.zetta"],
    ["typo below", { "model.terms[0].descriptor.cutof.radius": { from: 1, to: 2 } }, /unknown key "cutof" in model\.terms\[0\]\.descriptor; did you mean "cutoff"\?/, "key model.terms[0].descriptor.cutof.radius"],
    ["no such term", { "model.terms[2].kernel.zeta": { from: 1, to: 2 } }, "model.terms[2] is not there: model.terms has 2 entries, counted from 0", "key model.terms[2].kernel.zeta"],
    ["no list", { "model.terms[0].kernel[1]": { from: 1, to: 2 } }, /kernel is not a list/, "key model.terms[0].kernel[1]"],
    ["no path", { "model..x": { from: 1, to: 2 } }, /is not a path/, "key model..x"],
    ["seed", { seed: { values: [1, 2] } }, /the seed cannot be searched/, "key seed"],
    ["data", { "data.train": { values: ["a", "b"] } }, /the data cannot be searched/, "key data.train"],
    ["section", { "modle.terms[0].kernel.zeta": { from: 1, to: 2 } }, /must begin with model\. or fit\.; did you mean "model"\?/, "key modle.terms[0].kernel.zeta"],
    ["too high", { "model.terms[0].descriptor.nMax": { from: 2, to: 40, integer: true } }, "model.terms[0].descriptor.nMax is 40; it must be a whole number from 1 to 32 (40 lies in the range that is to be searched)", "value model.terms[0].descriptor.nMax to"],
    ["too low", { [zeta]: { from: 0.5, to: 4 } }, /zeta is 0\.5; it must be a number from 1 to 64/, `value ${zeta} from`],
    ["not whole", { "model.terms[0].descriptor.nMax": { from: 2, to: 9 } }, /nMax is 5\.5; it must be a whole number/, "value model.terms[0].descriptor.nMax to"],
    ["bad choice", { "model.terms[0].sparse.method": { values: ["random", "curr"] } }, /method is "curr"; it must be one of .*; did you mean "cur"\?/, "value model.terms[0].sparse.method values 1"],
    ["bad fixed", { [zeta]: { value: 0 }, [sigma]: { from: 0.1, to: 1 } }, /zeta is 0; it must be/, `value ${zeta} value`],
    ["reversed", { [sigma]: { from: 1, to: 0.5 } }, /must lie above "from" \(1\)/, ""],
    ["log of 0", { [sigma]: { from: 0, to: 0.5, scale: "log" } }, /a logarithmic range starts above 0/, ""],
    ["no integer", { "model.terms[0].descriptor.nMax": { from: 4.2, to: 4.8, integer: true } }, /there is no whole number from 4\.2 to 4\.8/, "value model.terms[0].descriptor.nMax to"],
    ["one integer", { "model.terms[0].descriptor.nMax": { from: 4.2, to: 5.8, integer: true } }, /leaves one value/, "value model.terms[0].descriptor.nMax to"],
    ["twice", { [zeta]: { from: 1, to: 2 }, "model.terms.0.kernel.zeta": { from: 1, to: 2 } }, /given twice/, "key model.terms.0.kernel.zeta"],
    ["parent", { "model.terms[1].sparse.count": { from: 1, to: 9, integer: true }, "model.terms[1].sparse.count.Si": { from: 1, to: 9, integer: true } }, /lies inside/, "key model.terms[1].sparse.count.Si"],
    ["circle", { [sigma]: { from: 0.1, to: radius }, [radius]: { from: sigma, to: 6 } }, /depends on itself: .* → .* → /, `key ${sigma}`],
    ["tie to nothing", { [zeta]: { same: "model.terms[1].kernel.zetta" }, [sigma]: { from: 0.1, to: 1 } }, /"same" names .*zetta, which has no value in this file; did you mean "zeta"\?/, `value ${zeta} same`],
    ["bound by a word", { [sigma]: { from: 0.1, to: "one" } }, '"one" is not the path of a parameter, such as model.terms.0.kernel.zeta or fit.jitter', `value ${sigma} to`],
    ["bound by a text", { [sigma]: { from: 0.1, to: "model.terms[0].descriptor.basis" } }, /is "equispaced-gaussian" and not a number/, `value ${sigma} to`],
    ["bound by a group", { [sigma]: { from: 0.1, to: "model.terms[0].descriptor.cutoff" } }, /a group of parameters; name one of them: radius/, `value ${sigma} to`],
    ["bounds that cross", { [radius]: { from: 3, to: 6 }, "model.terms[0].descriptor.cutoff.width": { from: 4, to: radius } }, /the range ends at 3, below its start 4, where .*radius is 3/, "value model.terms[0].descriptor.cutoff.width to"],
    ["pairs", { [radius]: { from: 3, to: 6 }, "model.terms[0].descriptor.cutoff.width": { from: 1, to: 4 } }, /must not exceed cutoff\.radius \(where .*radius is 3 and .*width is 4\); let a bound follow/, "value model.terms[0].descriptor.cutoff.width"],
    ["condition never true", { "model.terms[0].sparse.method": { values: ["random", "cur"] }, [zeta]: { from: 1, to: 2, when: { "model.terms[0].sparse.method": "currr" } } }, /is never "currr": its values are random, cur; did you mean "cur"\?/, `value ${zeta} when`],
    ["condition that cannot be", { [sigma]: { from: 0.1, to: 2 }, [zeta]: { from: 1, to: 2, when: { "model.terms[0].descriptor.basis": "gtto" } } }, /basis is "gtto"; it must be one of .*; did you mean "gto"\?/, `value ${zeta} when`],
    ["condition on a range", { [sigma]: { from: 0.1, to: 2 }, [zeta]: { from: 1, to: 2, when: { [sigma]: 1 } } }, /searched as a range of numbers/, `value ${zeta} when`],
    ["what the descriptor refuses", { "model.terms[0].descriptor.compression.mode": { values: ["off", "crossover"] } }, /^model\.terms\[0\]\.descriptor: soap: compression "crossover" exists for .* \(where .*mode is "crossover"\)/, "value model.terms[0].descriptor.compression.mode values 1"],
    ["nothing left", { [zeta]: { value: 3 } }, /nothing is searched/, "key"],
    ["nothing", {}, /name at least one parameter/, ""],
    ["wildcard without species", { "model.terms[0].sparse.count.*": { from: 1, to: 9, integer: true } }, /stands for the species of the data/, "key model.terms[0].sparse.count.*"],
    ["mixed kinds", { [zeta]: { from: 1, to: 2, values: [1, 2] } }, /either a range .* not 2 of them/, ""],
    ["foreign key", { [zeta]: { values: [1, 2], scale: "log" } }, /"scale" does not go with "values"/, ""],
    ["typo in a key", { [zeta]: { form: 1, to: 2 } as ParametersOptions[string] }, /unknown key "form" .*did you mean "from"\?/, ""],
    ["one value", { [zeta]: { values: [2] } }, /nothing to choose from; write \{ value: 2 \}/, ""],
    ["doubled value", { [zeta]: { values: [2, 3, 2] } }, /2 is given twice/, ""],
    ["half a range", { [zeta]: { from: 2 } }, /"to" is missing/, ""],
  ])("%s", (_, parameters, message, place) => {
    const found = failure(parameters);
    if (typeof message === "string") expect(found.message).toBe(message);
    else expect(found.message).toMatch(message);
    expect(found.place).toBe(place);
  });
});
