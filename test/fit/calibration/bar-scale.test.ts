import { describe, expect, it } from "vitest";
import { InvalidParameterError } from "../../../src/errors.js";
import { barScale } from "../../../src/fit/index.js";
import { seededRandom, standardNormal } from "../../../src/math/random.js";
import { expectClose } from "../../expect.js";

const random = seededRandom(4);
/** Variances over eight orders of magnitude, as those of forces are. */
const wide = Array.from({ length: 4000 }, () => Math.exp(2.5 * standardNormal(random)));
const draw = (variances: readonly number[]): number[] => variances.map((variance) => Math.sqrt(variance) * standardNormal(random));

describe("factor and floor of error bars", () => {
  it("are those that errors were drawn with", () => {
    const both = barScale({ errors: draw(wide.map((variance) => 9 * variance + 0.25)), variances: wide });
    expectClose([both.factor, both.floor], [3, 0.5], 0.05);
    const known = wide.map((variance, i) => (variance * (1 + (i % 5))) / 4);
    const beside = barScale({ errors: draw(wide.map((variance, i) => 0.64 * variance + 0.25 + known[i])), variances: wide, besides: known });
    expectClose([beside.factor, beside.floor], [0.8, 0.5], 0.06);
  });

  it("are the factor of mean squares where there is no floor", () => {
    const errors = draw(wide.map((variance) => 4 * variance));
    const { factor, floor } = barScale({ errors, variances: wide });
    expect(floor).toBe(0);
    expectClose([factor], [Math.sqrt(errors.reduce((sum, error, i) => sum + error ** 2 / wide[i] / errors.length, 0))], 1e-12);
  });

  it("make squared errors as large as variances on average, whatever they are", () => {
    const errors = wide.map((variance, i) => Math.sqrt(variance) + Math.sin(i));
    const { factor, floor } = barScale({ errors, variances: wide });
    expect(floor > 0.1 && factor > 0.1, `${factor}, ${floor}`).toBe(true);
    expectClose([errors.reduce((sum, error, i) => sum + error ** 2 / (factor ** 2 * wide[i] + floor ** 2) / errors.length, 0)], [1], 1e-10);
  });

  it("lie at the maximum of the likelihood", () => {
    const errors = wide.map((variance, i) => 2 * Math.sqrt(variance) * Math.cos(i) + 0.3 * Math.sin(7 * i));
    const { factor, floor } = barScale({ errors, variances: wide });
    const logLikelihood = (a: number, b: number): number => errors.reduce((sum, error, i) => sum - Math.log(a * a * wide[i] + b * b) / 2 - error ** 2 / (a * a * wide[i] + b * b) / 2, 0);
    const best = logLikelihood(factor, floor);
    for (const [a, b] of [[1.01, 1], [0.99, 1], [1, 1.01], [1, 0.99], [1.01, 0.99], [0.99, 1.01]]) expect(logLikelihood(a * factor, b * floor) < best).toBe(true);
  });

  it("are of any unit", () => {
    const errors = draw(wide.map((variance) => variance + 1));
    const { factor, floor } = barScale({ errors, variances: wide });
    const scaled = barScale({ errors: errors.map((error) => 1e-3 * error), variances: wide.map((variance) => 1e-8 * variance) });
    expectClose([scaled.factor, scaled.floor], [10 * factor, 1e-3 * floor], 1e-6);
  });

  it("of few and of equal bars are still numbers", () => {
    expect(barScale({ errors: [2], variances: [1] })).toEqual({ factor: 2, floor: 0 });
    expect(barScale({ errors: [0, 0, 0], variances: [1, 2, 3] })).toEqual({ factor: 0, floor: 0 });
    const equal = barScale({ errors: draw(wide.map(() => 4)), variances: wide.map(() => 1) });
    expectClose([equal.factor, equal.floor], [2, 0], 0.05, "relative-to-max");
    expect(() => barScale({ errors: [], variances: [] })).toThrow(InvalidParameterError);
    expect(() => barScale({ errors: [1, 2], variances: [1, 0] })).toThrow(/variance 1 is 0/u);
    expect(() => barScale({ errors: [1, 2], variances: [NaN, 1] })).toThrow(/variance 0 is NaN/u);
  });
});
