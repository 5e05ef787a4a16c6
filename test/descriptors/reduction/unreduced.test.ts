import { describe, expect, it } from "vitest";
import { createEnvironmentDescriptor, unreduced, unreducedRows } from "../../../src/descriptors/index.js";
import { expectClose } from "../../expect.js";
import { randomArray } from "../../linalg/dense.js";

const acsf = { type: "acsf", cutoff: { radius: 3.5 }, g2: [{ eta: 0.5, shift: 0 }, { eta: 2, shift: 1.5 }, { eta: 1, shift: 1 }] };
const make = (reduction?: object) => createEnvironmentDescriptor({ ...acsf, ...(reduction && { reduction }) }, "this test");
const learned = { species: ["Si"], nRows: 3, explained: 1, kernelErrors: { largest: 0, rms: 0, normalized: 0 }, variances: [2, 1], vectors: [[0.6, 0, 0.8], [0, 1, 0]] };
const species = [14];
const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number => Array.from(a).reduce((sum, value, i) => sum + value * b[i], 0);

describe("unreduced", () => {
  it("gives the function of fewer columns in all columns, with its constant", () => {
    const offset = [0.3, -0.2];
    const centered = make({ type: "principal-components", components: 2, centered: true, learned: { ...learned, offset } });
    const coefficients = [1.5, -2];
    const x = randomArray(3, 4);
    const y = learned.vectors.map((vector, k) => dot(vector, x) - offset[k]);
    const whole = unreduced(centered, species, coefficients);
    expect(whole.descriptor.featureCount(species)).toBe(3);
    expectClose([dot(whole.coefficients, x) + whole.constant], [dot(coefficients, y)], 1e-15);
    const listed = unreduced(make({ type: "columns", columns: [2, 0], species: ["Si"] }), species, [5, 7]);
    expect([...listed.coefficients, listed.constant]).toEqual([7, 0, 5, 0]);
  });

  it("leaves what is whole as it is", () => {
    const whole = make();
    expect(unreduced(whole, species, [1, 2, 3])).toEqual({ descriptor: whole, coefficients: Float64Array.of(1, 2, 3), constant: 0 });
    const rows = randomArray(6, 1);
    expect(unreducedRows(whole, species, rows)).toBe(rows);
  });

  it("gives rows with the same dot products", () => {
    const fewer = make({ type: "principal-components", components: 2, learned });
    const [x, rows] = [randomArray(3, 4), randomArray(4, 5)];
    const whole = unreducedRows(fewer, species, rows);
    const y = learned.vectors.map((vector) => dot(vector, x));
    expectClose([0, 1].map((row) => dot(whole.subarray(3 * row, 3 * row + 3), x)), [0, 1].map((row) => dot(rows.subarray(2 * row, 2 * row + 2), y)), 1e-15);
  });
});
