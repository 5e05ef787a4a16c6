import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InvalidParameterError } from "../../src/errors.js";
import { type ErrorOptions, ErrorAccumulator, errorSummary, FORCE_THRESHOLD, type ForceVectorErrors, type StructureComparison } from "../../src/analysis/index.js";
import { expectClose } from "../expect.js";
import { randomNormal } from "../report/synthetic.js";

function compared(reference: readonly number[], predicted: readonly number[], group = "g"): StructureComparison {
  return { group, nAtoms: reference.length / 3, forces: { reference: Float64Array.from(reference), predicted: Float64Array.from(predicted) } };
}

function errorsOf(reference: readonly number[], predicted: readonly number[], options?: ErrorOptions): ForceVectorErrors {
  return errorSummary([compared(reference, predicted)], options).total.forceVectors;
}

/** Angle and |F| − |F⁰| of one atom, as RMSE. */
function single(reference: readonly number[], predicted: readonly number[]): number[] {
  const { count, amplitude, angle } = errorsOf(reference, predicted);
  expect(count).toBe(1);
  return [amplitude!.rmse, angle!.rmse];
}

describe("errors of force amplitudes and angles", () => {
  it("are those computed by hand", () => {
    // |F⁰| 5, 2, 1 and |F| 10, 2, 2 at 0, π/2, π/4
    const { count, leftOut, amplitude, angle } = errorsOf([3, 4, 0, 0, 0, 2, 1, 0, 0], [6, 8, 0, -2, 0, 0, Math.SQRT2, 0, Math.SQRT2]);
    expect([count, leftOut, amplitude!.count, angle!.count]).toEqual([3, 0, 3, 3]);
    expectClose([amplitude!.rmse, amplitude!.mae, amplitude!.max], [Math.sqrt(26 / 3), 2, 5], 1e-14);
    expectClose([angle!.rmse, angle!.mae, angle!.max], [Math.PI * Math.sqrt((1 / 4 + 1 / 16) / 3), Math.PI / 4, Math.PI / 2], 1e-14);
  });

  it("are π for opposite forces, 0 for equal ones and π/2 where nothing is predicted", () => {
    expect(single([1, -2, 3], [-0.5, 1, -1.5])[1]).toBe(Math.PI);
    expect(single([0.1, -0.7, 3.3], [0.1, -0.7, 3.3])).toEqual([0, 0]);
    expect(single([0, 3, -4], [0, 0, 0])).toEqual([5, Math.PI / 2]);
  });

  it("see small angles, where a cosine would not", () => {
    expectClose([single([1, 0, 0], [1, 1e-9, 0])[1] / 1e-9], [1], 1e-14);
    expectClose([(Math.PI - single([1, 0, 0], [-1, 1e-9, 0])[1]) / 1e-9], [1], 1e-6);
  });

  it.each([1e-300, 1e-160, 1e160, 1.7e308])("do not depend on the size of the predicted force: %d", (size) => {
    const [amplitude, angle] = single([1, 2, 2], [size, size, 0]);
    expectClose([angle], [Math.acos(1 / Math.SQRT2)], 1e-14);
    expect(Number.isNaN(amplitude)).toBe(false);
    if (size < 1) expectClose([amplitude], [3], 1e-14);
    // the lengths alone are above the largest number
    expect(errorsOf([size, size, size], [size, size, size], { forceThreshold: 0 })).toMatchObject({ count: 1, amplitude: { max: 0 }, angle: { max: 0 } });
  });

  it("leave out atoms whose reference force is not above the threshold", () => {
    const [reference, predicted] = [[FORCE_THRESHOLD, 0, 0, 2 * FORCE_THRESHOLD, 0, 0, 0, 0, 0], [1, 1, 1, 2 * FORCE_THRESHOLD, 0, 0, 1, 0, 0]];
    expect(errorsOf(reference, predicted)).toMatchObject({ count: 1, leftOut: 2, amplitude: { max: 0 }, angle: { max: 0 } });
    expect(errorsOf(reference, predicted, { forceThreshold: 0 })).toMatchObject({ count: 2, leftOut: 1 });
    expect(errorsOf(reference, predicted, { forceThreshold: 1 })).toEqual({ count: 0, leftOut: 3 });
    expect(errorSummary([], { forceThreshold: 0.5 }).forceThreshold).toBe(0.5);
    for (const forceThreshold of [-1e-9, NaN, Infinity]) expect(() => errorSummary([], { forceThreshold })).toThrow(InvalidParameterError);
  });

  it("leave out atoms of which a component is not known, and are undefined where no atom counts", () => {
    expect(errorsOf([NaN, 1, 1, 1, 0, 0], [NaN, 5, 5, 0, 1, 0])).toMatchObject({ count: 1, leftOut: 0, angle: { max: Math.PI / 2 } });
    expect(errorsOf([NaN, NaN, NaN], [1, 2, 3])).toEqual({ count: 0, leftOut: 0 });
    expect(errorSummary([{ group: "", nAtoms: 4 }]).total.forceVectors).toEqual({ count: 0, leftOut: 0 });
  });

  it("are 1.713 rad for random directions", () => {
    const normal = randomNormal(5);
    const forces = (): number[] => Array.from({ length: 3 * 20_000 }, normal);
    // ∫ θ² ½ sin θ dθ = (π² − 4)/2
    const expected = Math.sqrt((Math.PI ** 2 - 4) / 2);
    expectClose([expected], [1.713], 5e-4);
    // the standard deviation of θ² is 2.26
    expectClose([errorsOf(forces(), forces()).angle!.rmse], [expected], 4 * 2.26 / (2 * expected * Math.sqrt(20_000)));
  });

  it("of amplitudes are no larger than errors of components allow", () => {
    const component = fc.oneof(fc.double({ min: -20, max: 20, noNaN: true }), fc.constant(0), fc.constant(NaN));
    const atom = fc.record({ reference: fc.array(component, { minLength: 3, maxLength: 3 }), predicted: fc.array(fc.double({ min: -20, max: 20, noNaN: true }), { minLength: 3, maxLength: 3 }) });
    fc.assert(
      fc.property(fc.array(atom, { maxLength: 8 }), (atoms) => {
        const { forces, forceVectors } = errorSummary([compared(atoms.flatMap(({ reference }) => reference), atoms.flatMap(({ predicted }) => predicted))]).total;
        const { count, amplitude, angle } = forceVectors;
        if (!amplitude || !angle) return count === 0;
        const limit = forces.rmse * Math.sqrt(forces.count / count);
        return amplitude.rmse <= limit * (1 + 1e-12) && angle.max <= Math.PI && angle.rmse >= angle.mae * (1 - 1e-12);
      }),
    );
  });

  it("do not change when both forces are turned, and the angle not when they are scaled", () => {
    const vector = fc.array(fc.double({ min: -9, max: 9, noNaN: true }), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(vector, vector, fc.double({ min: -3, max: 3, noNaN: true }), fc.integer({ min: -60, max: 60 }), (reference, predicted, turn, power) => {
        const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
        const turned = ([x, y, z]: number[]): number[] => [cos * x - sin * z, y, sin * x + cos * z];
        const { count, amplitude, angle } = errorsOf(reference, predicted, { forceThreshold: 1e-3 });
        if (!amplitude || !angle || Math.hypot(...predicted) < 1e-3) return;
        const other = errorsOf(turned(reference), turned(predicted), { forceThreshold: 0 });
        const scaled = errorsOf(reference, predicted.map((value) => value * 2 ** power));
        expectClose([other.amplitude!.rmse, other.angle!.rmse, scaled.angle!.rmse, count], [amplitude.rmse, angle.rmse, angle.rmse, 1], 1e-11);
      }),
    );
  });

  it("have the same bits for files one after the other as together, each group by itself", () => {
    const normal = randomNormal(8);
    const forces = (): number[] => Array.from({ length: 12 }, normal);
    const structures = ["a", "b", "a", "b", "c"].map((group) => compared(forces(), forces(), group));
    const accumulator = new ErrorAccumulator();
    structures.forEach((structure) => accumulator.add(structure));
    const whole = accumulator.summary();
    expect(errorSummary(structures)).toEqual(whole);
    expect(whole.total.forceVectors.count).toBe(20);
    for (const { group, forceVectors } of whole.groups) expect(forceVectors).toEqual(errorSummary(structures.filter((structure) => structure.group === group)).total.forceVectors);
  });
});
