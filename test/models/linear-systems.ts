import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import { createDescriptor } from "../../src/descriptors/index.js";
import { LinearModel, type LinearModelOptions, type LinearTerm, type Model, SumModel } from "../../src/models/index.js";

/** Terms of small linear models of Na and Cl: all atoms, and one species with products of columns and another cutoff. */
export const linearTerms = [
  { descriptor: { type: "bispectrum", twoJMax: 3, rcutfac: 3.9, weights: { Na: 1, Cl: 0.7 } }, quadratic: false, centers: undefined },
  { descriptor: { type: "acsf", cutoff: { radius: 3.4 }, g2: [[0.3, 0], [1, 2.5]], g4: [[0.1, 2, 1]] }, quadratic: true, centers: ["Na"] },
] as const;

const symbols = { Na: 11, Cl: 17 } as const;
const species = [11, 17];

/** With random coefficients. */
export function randomLinearModel(seed = 1, options: Partial<LinearModelOptions> = {}): LinearModel {
  const random = xoroshiro128plus(seed);
  const draw = (size: number): number => size * (2 * uniformFloat64(random) - 1);
  const terms = linearTerms.map(({ descriptor: parameters, quadratic, centers }): LinearTerm => {
    const descriptor = createDescriptor(parameters);
    const n = descriptor.featureCount(species);
    const width = n + (quadratic ? (n * (n + 1)) / 2 : 0);
    const blocks = centers?.length ?? species.length;
    const coefficients = Float64Array.from({ length: blocks * width }, () => draw(quadratic ? 0.3 : 0.02));
    return { descriptor, quadratic, centers: centers ? centers.map((symbol) => symbols[symbol]) : null, coefficients };
  });
  return new LinearModel({ species, isolatedAtomEnergies: [-1.5, -2.25], terms, ...options });
}

/** The same with a covariance of as many directions as there are coefficients, at random. */
export function uncertainModel(seed = 1, options: Partial<LinearModelOptions> = {}): LinearModel {
  const model = randomLinearModel(seed, { intercepts: [0.3, -0.2], ...options });
  const random = xoroshiro128plus(seed + 1);
  const nDirections = 7;
  const root = Float64Array.from({ length: model.nColumns * nDirections }, () => 0.1 * (2 * uniformFloat64(random) - 1));
  const prior = Float64Array.from({ length: model.nColumns }, () => uniformFloat64(random));
  return new LinearModel({ ...model, covariance: { nDirections, root, prior } });
}

/** A model on a baseline. */
export function onBaseline(model: Model, baseline: Model): SumModel {
  return new SumModel({ parts: [{ model: baseline, isBaseline: true }, { model }], provenance: model.provenance });
}
