import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { fitFileSchema, inSearchParameters, relocatePaths, tunedFitFile } from "../../src/config/index.js";
import { parseYaml } from "../../src/config/yaml.js";
import { type Candidate, checkParameters, createSearchSpace, type ParametersOptions } from "../../src/tune/index.js";
import { validate } from "../../src/validation.js";
import { termsOf } from "../terms.js";

const source = `# yaml-language-server: $schema=./tune.schema.json
# Silicon, first try
data:
  train: data/a.xyz # ours
  test: [data/b.xyz, /abs/c.xyz]
model:
  type: sparse-gp
  isolatedAtomEnergies: { Si: -0.79 } # eV
  terms:
    # short range
    - descriptor: { type: soap, nMax: 4, lMax: 4, sigma: 0.5, cutoff: { radius: 5.0 }, compression: mu2 } # start
      kernel: { type: dot-product, zeta: 4 } # to be found
      sparse: { method: file, path: 'points.npy' }
fit:
  jitter: 1.0e-8
# what to look for
tune:
  parameters:
    model.terms.0.descriptor.sigma: { from: 0.2, to: 1 }
`;

/** The file as a command has it: paths from the working directory, validated or not. */
function opened(isComplete: boolean): { data: unknown; candidate: Candidate } {
  const config = parse(source) as Record<string, unknown>;
  delete config.tune;
  relocatePaths(config, "runs/si.yaml");
  const { data, model, fit, seed = 1 } = isComplete ? validate(fitFileSchema(), config) : config;
  return { data, candidate: { model, fit, seed } as Candidate };
}

const write = (path: string, isComplete: boolean): string => {
  const { data, candidate } = opened(isComplete);
  const space = createSearchSpace(
    { "model.terms.0.descriptor.sigma": { from: 0.2, to: 1 }, "model.terms.0.kernel.zeta": { from: 1, to: 10 }, "fit.sigma.forces": { from: 0.01, to: 1 }, "fit.jitter": { from: 1e-9, to: 1e-5, scale: "log" } },
    candidate,
  );
  return tunedFitFile({ source, data, candidate: space.apply([0.123, 0.5, 0.5, 0.25]), path, comment: "pestle tune si.yaml\nloss 0.0123" });
};

describe("searched parameters in a file", () => {
  const text = "tune:\n  parameters:\n    model.terms.0.kernel.zetta: { from: 1, to: 2 }\n    fit.jitter: { from: 1, to: fit.jiter }\n";
  const file = { ...parseYaml(text, "t.yaml"), path: "t.yaml", text };

  it("are blamed with line and column", () => {
    const check = (parameters: ParametersOptions) => (): void =>
      inSearchParameters(file, ["tune", "parameters"], () => void checkParameters(parameters, opened(false).candidate));
    expect(check({ "model.terms.0.kernel.zetta": { from: 1, to: 2 } })).toThrow(/^t\.yaml:3:5: model\.terms\[0\]\.kernel\.zetta is not a parameter/);
    expect(check({ "fit.jitter": { from: 1, to: "fit.jiter" } })).toThrow(/^t\.yaml:4:32: "to" names fit\.jiter.* did you mean "jitter"\?$/);
  });

  it("are checked over the species that the file names, before the data are read", () => {
    const check = (parameters: ParametersOptions) => (): void => void checkParameters(parameters, opened(false).candidate);
    expect(check({ "model.terms.0.kernel.*": { from: 1, to: 2 } })).toThrow(/type is 1/);
    expect(check({ "model.terms.0.descriptor.compression.speciesWeights.*": { from: 1, to: 2 } })).not.toThrow();
  });

  it("get a hint where YAML reads terms[0] as a list", () => {
    expect(() => parseYaml("a:\n  b: { from: 4, to: model.terms[0].x }\n", "t.yaml")).toThrow(/^t\.yaml:2:32: .*write terms\.0 in place of terms\[0\]/);
    expect(() => parseYaml("a: [1\nb: 2\n", "t.yaml")).toThrow(/^(?!.*terms)/);
  });
});

describe("tunedFitFile", () => {
  it.each([true, false])("keeps the words of the file and replaces values (with defaults filled in: %s)", (isComplete) => {
    expect(write("runs/best.yaml", isComplete)).toBe(`# pestle tune si.yaml
# loss 0.0123
# Silicon, first try

data:
  train: data/a.xyz # ours
  test: [ data/b.xyz, /abs/c.xyz ]
model:
  type: sparse-gp
  isolatedAtomEnergies: { Si: -0.79 } # eV
  terms:
    # short range
    - descriptor: { type: soap, nMax: 4, lMax: 4, sigma: 0.2984, cutoff: { radius: 5.0 }, compression: mu2 } # start
      kernel: { type: dot-product, zeta: 5.5 } # to be found
      sparse: { method: file, path: 'points.npy' }
fit:
  jitter: 1e-8
  sigma:
    energy: 0.01
    forces: 0.505
    perAtom: true
    configTypes: {}
`);
  });

  it("writes paths from the folder of the result", () => {
    const config = parse(write("other/deep/best.yaml", false)) as { data: unknown; model: { terms: { sparse: unknown }[] } };
    expect(config.data).toEqual({ train: "../../runs/data/a.xyz", test: ["../../runs/data/b.xyz", "/abs/c.xyz"] });
    expect(config.model.terms[0].sparse).toEqual({ method: "file", path: "../../runs/points.npy" });
  });

  it("writes JSON and files without a source", () => {
    const json = validate(fitFileSchema(), JSON.parse(write("runs/best.json", false)));
    const text = tunedFitFile({ ...opened(false), path: "fit.yaml", comment: "made by hand" });
    expect(text.startsWith("# made by hand\n")).toBe(true);
    expect(termsOf(validate(fitFileSchema(), parse(text)))[0].kernel).toMatchObject({ zeta: 4 });
    expect(termsOf(json)[0].kernel).toMatchObject({ zeta: 5.5 });
  });

  it("does not look for files that a term reads, whose paths start from the result", () => {
    const turbo = { type: "soap-turbo", nMax: 2, lMax: 2, cutoff: { radius: 4 }, compression: { mode: "file", path: "runs/none.txt" } };
    const { data, candidate } = opened(false);
    const model = { ...candidate.model, terms: [{ ...termsOf(candidate)[0], descriptor: turbo }] };
    const text = tunedFitFile({ source, data, candidate: { ...candidate, model }, path: "runs/best.yaml", comment: "x" });
    expect(text).toContain("path: none.txt");
  });

  it("adds what came from the command line", () => {
    const { data, candidate } = opened(true);
    const text = tunedFitFile({ source: "# mine\ntune: {}\n", data, candidate, path: "runs/best.yaml", comment: "x" });
    expect(text).toMatch(/^# x\n# mine\n/);
    expect(validate(fitFileSchema(), parse(text)).model).toEqual(validate(fitFileSchema(), parse(source.slice(0, source.indexOf("# what")))).model);
  });
});
