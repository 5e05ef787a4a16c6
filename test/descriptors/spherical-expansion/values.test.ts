import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createDescriptor, Soap, SoapTurbo, SoapTurboExpansion, SphericalExpansion, type SphericalExpansionParameters } from "../../../src/descriptors/index.js";
import { requireInvariantRows } from "../../../src/descriptors/requirements.js";
import type { Executor } from "../../../src/parallel/index.js";
import { relaxedSimd } from "wasm-feature-detect";
import { createExecutor } from "../../../src/parallel/index.js";
import { expectClose, testExecutor } from "../../expect.js";
import { randomArray } from "../../linalg/dense.js";
import { realHarmonics } from "../../math/special-functions.js";
import { Calculator, type Computed, type Environments } from "../calculator.js";
import { randomEnvironments } from "../soap/environments.js";
import { radialFunctions } from "../soap/radial-twin.js";

let executor: Executor;
beforeAll(async () => {
  executor = await testExecutor();
});
afterAll(() => executor.close());

/** Around the 32 slots that are processed together, and the pairs of lanes. */
const counts = [0, 1, 31, 33, 2, 70];
const elements = [1, 6, 8];

function computed(by: Executor, parameters: object, nSpecies: number, of = counts): { expansion: SphericalExpansion; environments: Environments; all: Computed } {
  const expansion = new SphericalExpansion({ type: "spherical-expansion", ...parameters });
  const calculator = new Calculator(by, expansion, elements.slice(0, nSpecies));
  const environments = randomEnvironments(of, nSpecies, expansion.cutoff, 3);
  const gradients = randomArray(of.length * calculator.nFeatures, 5);
  const all = calculator.compute(environments, { jacobian: true, gradients });
  calculator.release();
  return { expansion, environments, all };
}

/** Σ_j q_nl(r_j) Y_lm, [center][species][l² + l + m][n], for a plain density. */
function direct(parameters: SphericalExpansionParameters, { centerSpecies, offsets, neighborSpecies, displacements }: Environments, nSpecies: number): number[] {
  const { nMax, lMax } = parameters;
  const radial = radialFunctions(parameters);
  const size = (lMax + 1) ** 2 * nMax;
  return centerSpecies.flatMap((own, center) => {
    const c = new Float64Array(nSpecies * size);
    const add = (species: number, r: number, [x, y, z]: readonly number[]): void => {
      const [q, harmonics] = [radial(r), realHarmonics(lMax, x, y, z)];
      for (let l = 0; l <= lMax; l++) {
        for (let lm = l * l; lm < (l + 1) ** 2; lm++) for (let n = 0; n < nMax; n++) c[species * size + lm * nMax + n] += q[l][n] * harmonics[lm];
      }
    };
    add(own, 0, [0, 0, 1]);
    for (let pair = offsets[center]; pair < offsets[center + 1]; pair++) {
      const d = [...displacements.subarray(3 * pair, 3 * pair + 3)];
      const r = Math.hypot(...d);
      add(neighborSpecies[pair], r, d.map((x) => x / r));
    }
    return [...c];
  });
}

describe("coefficients of the spherical expansion", () => {
  it.each([
    { nSpecies: 1, parameters: { nMax: 4, lMax: 4, sigma: 0.5, cutoff: { radius: 4 } } },
    { nSpecies: 3, parameters: { basis: "polynomial", nMax: 3, lMax: 3, sigma: 0.5, cutoff: { radius: 3 } } },
    { nSpecies: 2, parameters: { basis: "librascal-dvr", nMax: 3, lMax: 5, sigma: 0.5, cutoff: { radius: 4, function: "none" } } },
    { nSpecies: 2, parameters: { basis: "quip-polynomial", nMax: 1, lMax: 0, sigma: 0.5, cutoff: { radius: 4, function: "none" } } },
  ])("are sums over the neighbors: $nSpecies species, $parameters", ({ nSpecies, parameters }) => {
    const { expansion, environments, all } = computed(executor, parameters, nSpecies);
    expectClose(all.values, direct(expansion.parameters, environments, nSpecies), 1e-10, "relative-to-max");
  });

  it.each([["gto", (l: number): number => Math.PI * Math.sqrt(8 / (2 * l + 1))], ["equispaced-gaussian", (l: number): number => (2 * l + 1) ** -0.5]] as const)(
    "make the power spectrum of the same density, %s",
    (basis, factor) => {
      const parameters = { basis, nMax: 3, lMax: 3, sigma: 0.5, cutoff: { radius: 4 }, weighting: { function: "poly", r0: 3.9 } };
      const { environments, all } = computed(executor, parameters, 2, [5, 33]);
      const soap = new Soap({ type: "soap", ...parameters, normalize: false });
      const calculator = new Calculator(executor, soap, [1, 6]);
      const { values } = calculator.compute(environments);
      const labels = new Map(soap.features([1, 6]).map(({ label }, column) => [label, column]));
      const [nMax, lms] = [3, 16];
      const c = (center: number, species: number, n: number, lm: number): number => all.values[((center * 2 + species) * lms + lm) * nMax + n];
      for (const center of [0, 1]) {
        for (let l = 0; l <= 3; l++) {
          let sum = 0;
          for (let lm = l * l; lm < (l + 1) ** 2; lm++) sum += factor(l) * c(center, 0, 1, lm) * c(center, 0, 1, lm);
          expectClose([sum], [values[center * calculator.nFeatures + labels.get(`H H n=2 n'=2 l=${l}`)!]], 1e-9, "relative-to-max");
        }
      }
      calculator.release();
    },
  );

  it.each([
    { basis: "poly3", nMax: 4, lMax: 3 },
    { basis: "poly3gauss", nMax: 5, lMax: 2, sigmaRadial: { H: 0.3, C: 0.6 }, centralWeight: { H: 1, C: 0.7 }, sigmaAngularScaling: 0.1, radialEnhancement: 2 },
  ])("make every feature of soap_turbo, $basis", (parameters) => {
    const { nMax, lMax } = parameters;
    const of = { ...parameters, cutoff: { radius: 4, soft: 3.4 }, species: ["C", "H"] };
    const descriptors = [new SoapTurboExpansion({ type: "soap-turbo-expansion", ...of }), new SoapTurbo({ type: "soap-turbo", ...of, species: ["H", "C"] })];
    const environments = randomEnvironments([5, 33, 0], 2, 4, 3);
    const [coefficients, features] = descriptors.map((descriptor) => {
      const calculator = new Calculator(executor, descriptor, [1, 6]);
      const { values } = calculator.compute(environments);
      calculator.release();
      return values;
    });
    const size = (lMax + 1) ** 2;
    const channels = Array.from({ length: 2 * nMax }, (_, channel) => channel);
    const expected = [0, 1, 2].flatMap((center) => {
      const c = (channel: number, lm: number): number => coefficients[((center * 2 + Math.floor(channel / nMax)) * size + lm) * nMax + (channel % nMax)];
      const row = channels.flatMap((a) => channels.slice(a).flatMap((b) => Array.from({ length: lMax + 1 }, (_, l) => {
        const products = Array.from({ length: 2 * l + 1 }, (__, m) => c(a, l * l + m) * c(b, l * l + m));
        return (a === b ? 1 : Math.SQRT2) * products.reduce((sum, product) => sum + product, 0);
      })));
      const length = Math.hypot(...row);
      return row.map((feature) => feature / length);
    });
    expectClose(features, expected, 1e-12);
  });

  it("are the same on every build", async () => {
    const cases = [[{ nMax: 5, lMax: 4, sigma: 0.5, cutoff: { radius: 4, function: "cosine" } }, 3], [{ nMax: 4, lMax: 2, sigma: 0.5, cutoff: { radius: 4 } }, 1]] as const;
    const scalar = await createExecutor({ threads: 1, build: "scalar" });
    for (const build of ["simd", ...((await relaxedSimd()) ? (["relaxed-simd"] as const) : [])] as const) {
      const other = await createExecutor({ threads: 1, build });
      for (const [parameters, nSpecies] of cases) {
        const [expected, actual] = [computed(scalar, parameters, nSpecies).all, computed(other, parameters, nSpecies).all];
        for (const key of ["values", "jacobian", "backward"] as const) expectClose(actual[key], expected[key], 1e-12, "relative-to-max");
      }
      await other.close();
    }
    await scalar.close();
  });

  it("have labels, and say how they turn", () => {
    const expansion = new SphericalExpansion({ type: "spherical-expansion", nMax: 2, lMax: 1, sigma: 0.5, cutoff: { radius: 4 } });
    const features = expansion.features([8, 14]);
    expect(features.map(({ label }) => label).slice(0, 6)).toEqual(["O n=1 l=0 m=0", "O n=2 l=0 m=0", "O n=1 l=1 m=-1", "O n=2 l=1 m=-1", "O n=1 l=1 m=0", "O n=2 l=1 m=0"]);
    expect(features[8]).toEqual({ label: "Si n=1 l=0 m=0", bodyOrder: 2, channel: ["Si"], harmonic: { degree: 0, order: 0, set: "Si n=1 l=0" } });
  });

  it("are refused where rows must not turn, and their mean too", () => {
    const parameters = { type: "spherical-expansion" as const, nMax: 2, lMax: 1, sigma: 0.5, cutoff: { radius: 4, function: "cosine" } };
    const message = /rows of spherical-expansion turn with the structure; potentials need rows that do not, such as those of soap/;
    for (const descriptor of [createDescriptor(parameters), createDescriptor({ ...parameters, average: "outer" })]) {
      expect(() => requireInvariantRows(descriptor, "potentials")).toThrow(message);
    }
    const numbers = { method: "standard", species: ["Si"], shift: [0], scale: [1] };
    expect(() => requireInvariantRows(createDescriptor({ ...parameters, standardization: numbers }), "potentials")).toThrow(message);
  });

  it("refuse what belongs to power spectra", () => {
    const valid = { type: "spherical-expansion", nMax: 2, lMax: 1, sigma: 0.5, cutoff: { radius: 4 } };
    expect(() => new SphericalExpansion({ ...valid, normalize: true })).toThrow(/spherical-expansion: unknown key "normalize"/);
    expect(() => new SphericalExpansion({ ...valid, cutoff: { radius: 0 } })).toThrow(/spherical-expansion: cutoff.radius is 0/);
    expect(() => new SphericalExpansion({ ...valid, basisErrorExponent: 8 })).toThrow(/spherical-expansion: basisErrorExponent belongs to the bases of QUIP/);
  });
});
