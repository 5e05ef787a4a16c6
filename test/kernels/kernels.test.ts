import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkKernel, kernelDerivatives, kernelNeedsRanges, kernelSchema, learnKernel, type KernelParameters, attachKernel } from "../../src/kernels/index.js";
import type { Executor } from "../../src/parallel/index.js";
import { testExecutor } from "../expect.js";
import { type KernelCase, testKernel } from "./kernel-contract.js";

let executor: Executor;
beforeAll(async () => {
  executor = await testExecutor();
});
afterAll(() => executor.close());

const dot = (x: readonly number[], y: readonly number[]): number => x.reduce((sum, value, f) => sum + value * y[f], 0);
const unit = (x: readonly number[]): number[] => x.map((value) => value / Math.sqrt(dot(x, x)));
const gaussian = (lengths: readonly number[]) => (x: readonly number[], y: readonly number[]): number =>
  Math.exp(-0.5 * x.reduce((sum, value, f) => sum + ((value - y[f]) / lengths[f % lengths.length]) ** 2, 0));

/** Lengths of eleven features: more than short rows have. */
const eleven = Array.from({ length: 11 }, (_, f) => 0.5 + 0.2 * f);

const plainCases: KernelCase[] = [
  { name: "dot-product", parameters: { type: "dot-product", zeta: 3, delta: 1.3 }, nCoordinates: 4, plain: (x, y) => 1.69 * dot(x, y) ** 3 },
  { name: "polynomial of whole degree", parameters: { type: "polynomial", degree: 3, offset: 0.7, delta: 1.5 }, nCoordinates: 3, plain: (x, y) => 2.25 * (dot(x, y) + 0.7) ** 3 },
  { name: "polynomial of real degree", parameters: { type: "polynomial", degree: 2.3, offset: 6, delta: 0.5 }, nCoordinates: 3, plain: (x, y) => 0.25 * (dot(x, y) + 6) ** 2.3 },
  {
    name: "squared-exponential with one length scale",
    parameters: { type: "squared-exponential", lengthScale: 0.8, delta: 1.5 },
    nCoordinates: 3,
    plain: (x, y) => 2.25 * gaussian([0.8])(x, y),
  },
  {
    name: "squared-exponential with a length scale for each feature",
    parameters: { type: "squared-exponential", lengthScale: [0.5, 1.2, 3], delta: 1.5 },
    nCoordinates: 3,
    plain: (x, y) => 2.25 * gaussian([0.5, 1.2, 3])(x, y),
  },
  { name: "squared-exponential of one coordinate", parameters: { type: "squared-exponential", lengthScale: [0.7], delta: 2 }, nCoordinates: 1, plain: (x, y) => 4 * gaussian([0.7])(x, y) },
  { name: "squared-exponential of many coordinates", parameters: { type: "squared-exponential", lengthScale: eleven, delta: 1 }, nCoordinates: 11, plain: gaussian(eleven) },
  {
    name: "squared-exponential with a constant",
    parameters: { type: "squared-exponential", lengthScale: 0.9, delta: 1.1, constant: 0.6 },
    nCoordinates: 2,
    plain: (x, y) => 1.21 * gaussian([0.9])(x, y) + 0.36,
  },
  {
    name: "squared-exponential of rows of unit length",
    parameters: { type: "squared-exponential", lengthScale: 0.4, normalize: true, delta: 1.2 },
    nCoordinates: 5,
    plain: (x, y) => 1.44 * gaussian([0.4])(unit(x), unit(y)),
  },
  {
    name: "squared-exponential of rows of unit length, a length scale for each feature",
    parameters: { type: "squared-exponential", lengthScale: [0.3, 0.5, 0.9], normalize: true, delta: 1.2 },
    nCoordinates: 3,
    plain: (x, y) => 1.44 * gaussian([0.3, 0.5, 0.9])(unit(x), unit(y)),
  },
  {
    name: "matern",
    parameters: { type: "matern", nu: 1.5, lengthScale: 1.1, delta: 1.2 },
    nCoordinates: 2,
    plain(x, y) {
      const distance = (Math.sqrt(3) / 1.1) * Math.hypot(...x.map((value, f) => value - y[f]));
      return 1.44 * (1 + distance) * Math.exp(-distance);
    },
  },
];

for (const testCase of plainCases) {
  testKernel(testCase, () => executor);
  testKernel({ ...testCase, weighsRows: true }, () => executor);
}

describe("parameters of kernels", () => {
  it("have length scales by the range of the data, and 1 where a feature is the same everywhere", () => {
    const parameters = kernelSchema.parse({ type: "squared-exponential", lengthScale: { ofRange: 0.5 } });
    expect(kernelNeedsRanges(parameters)).toBe(true);
    const learned = learnKernel(parameters, { minima: Float64Array.of(-1, 2, 3), maxima: Float64Array.of(3, 2 + 1e-9, 4) });
    expect(learned).toEqual({ type: "squared-exponential", lengthScale: [2, 1, 0.5], delta: 1 });
    expect(kernelNeedsRanges(learned)).toBe(false);
    const several = kernelSchema.parse({ type: "squared-exponential", lengthScale: { ofRange: [0.5, 2] } });
    expect(learnKernel(several, { minima: Float64Array.of(0, 1), maxima: Float64Array.of(4, 2) })).toMatchObject({ lengthScale: [2, 2] });
    expect(() => checkKernel(several, { nFeatures: 3 })).toThrow("kernel.lengthScale.ofRange has 2 numbers; the rows have 3 features");
    expect(learnKernel(learned, { minima: Float64Array.of(0, 0, 0), maxima: Float64Array.of(9, 9, 9) })).toEqual(learned);
    expect(() => attachKernel(executor.wasm, parameters)).toThrow(/only known to fits of sparse-gp models.*give a number/u);
    expect(kernelNeedsRanges({ type: "dot-product", zeta: 2, delta: 1 })).toBe(false);
    for (const changed of [learned, { ...learned, lengthScale: 1, normalize: true } as KernelParameters]) expect(kernelDerivatives(changed)).toBeUndefined();
  });

  it("must fit the rows", () => {
    const parameters: KernelParameters = { type: "squared-exponential", lengthScale: [1, 2], delta: 1 };
    expect(() => checkKernel(parameters, { nFeatures: 2 })).not.toThrow();
    expect(() => checkKernel(parameters, { nFeatures: 3, weighsRows: true })).not.toThrow();
    expect(() => checkKernel(parameters, { nFeatures: 3 })).toThrow("kernel.lengthScale has 2 numbers; the rows have 3 features to compare: give one for each");
  });

  it("are refused out of range and with unknown keys", () => {
    expect(kernelSchema.parse({ type: "polynomial" })).toEqual({ type: "polynomial", degree: 2, offset: 1, delta: 1 });
    for (const bad of [{ degree: 0.5 }, { offset: -1 }, { delta: 0 }, { zeta: 2 }]) expect(kernelSchema.safeParse({ type: "polynomial", ...bad }).success).toBe(false);
    for (const bad of [{ lengthScale: [] }, { lengthScale: [1, 0] }, { lengthScale: { ofRange: 0 } }, { constant: -1 }]) {
      expect(kernelSchema.safeParse({ type: "squared-exponential", ...bad }).success).toBe(false);
    }
  });
});
