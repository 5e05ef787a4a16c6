// What the training of composed potentials is made of.
import { Matrix, solve } from "ml-matrix";
import { describe, expect, it } from "vitest";
import { dampedStep } from "../../../src/fit/composed/levenberg-marquardt.js";
import { jointlyLinear, placesOf, setConstant } from "../../../src/fit/composed/linear-part.js";
import { ParameterSpace } from "../../../src/fit/composed/parameter-space.js";
import { placeValues, subForm } from "../../../src/fit/composed/sub-form.js";
import { searchWindow } from "../../../src/fit/composed/window-search.js";
import { layoutParameters } from "../../../src/models/composed/parameters.js";
import type { Composition } from "../../../src/models/composed/tree.js";
import { expectClose } from "../../expect.js";
import { PlainComposed } from "../../models/composed/plain.js";
import { formOf, randomStructures } from "./plain-data.js";
import { plainLargestSums } from "./plain-problem.js";

const [structure] = randomStructures(1, 5, 4);
const spaceOptions = {
  bounds: { alpha: [1e-2, 2], beta: [1.05, 4], narrowest: 10, exponents: 20 },
  start: { alpha: [0.02, 0.3], beta: [1.3, 2.2], exponents: 6 },
} as const;

function made(text: string): { form: ReturnType<typeof formOf>; layout: ReturnType<typeof layoutParameters>; values: Float64Array } {
  const form = formOf(text);
  const layout = layoutParameters(form, 1);
  const values = Float64Array.from(layout.parameters, ({ kind }, i) => (kind === "alpha" ? 0.1 : kind === "beta" ? 1.6 : 0.3 + 0.2 * Math.sin(i)));
  return { form, layout, values };
}

describe("parameters that are jointly linear", () => {
  it.each(["G3", "E[G2 L2] + C3", "G3 x E[G2 L1]", "(G2 + C2) x (G2 x C3) + N[E[G2 L1]]"])("give the energy of %s by one product", (text) => {
    const { form, layout, values } = made(text);
    const columns = jointlyLinear(layout, form.root, 1);
    const { energy, gradient } = new PlainComposed(form, structure, values).predict();
    expectClose([columns.reduce((sum, column) => sum + gradient[column] * values[column], 0)], [energy], 1e-10 * Math.abs(energy));
  });
});

describe("a node that is made a constant", () => {
  it.each(["G3", "E[G2 L2] + C3", "G3 x E[G2 L1]", "(G2 x C2 + C3) x G2 + N[E[G2 L1]] x C2"])("is one: %s", (text) => {
    const { form, layout, values } = made(text);
    setConstant(values, layout, form.root, 1, 2.5);
    expectClose(new PlainComposed(form, structure, values).predict().siteEnergies, structure.species.map(() => 2.5), 1e-14);
  });
});

describe("an operand alone", () => {
  it("predicts what it adds to the whole", () => {
    const whole = made("G2#1 x C3 + N[E[G2#1 L2]]");
    const root = whole.form.root as Composition;
    const parts = [root.left, root.right].map((operand) => subForm(whole.form, whole.layout, operand, 1));
    // the right operand has a shift of its own
    expect(parts.map(({ places }) => places.includes(-1))).toEqual([false, true]);
    const energies = parts.map(({ form, layout, places }) => {
      const values = Float64Array.from(layout.parameters, (_, i) => (places[i] < 0 ? 0 : whole.values[places[i]]));
      const back = whole.values.map(() => NaN);
      placeValues(back, { form, layout, places }, values);
      places.filter((place) => place >= 0).forEach((place) => expect(back[place]).toBe(whole.values[place]));
      return new PlainComposed(form, structure, values, 1).predict().energy;
    });
    expectClose([energies[0] + energies[1]], [new PlainComposed(whole.form, structure, whole.values).predict().energy], 1e-12);
  });
});

describe("a damped step", () => {
  it("solves the damped normal equations, without what is not free", () => {
    const factor = Float64Array.of(3, 1, -2, 0, 0.5, 4, 0, 0, 2);
    const target = Float64Array.of(1, -2, 0.5);
    for (const free of [[true, true, true], [true, false, true]]) {
      const chosen = [0, 1, 2].filter((k) => free[k]);
      const j = new Matrix([0, 1, 2].map((i) => chosen.map((k) => factor[3 * i + k])));
      const normal = j.transpose().mmul(j);
      for (let k = 0; k < chosen.length; k++) normal.set(k, k, 1.7 * normal.get(k, k));
      const expected = solve(normal, j.transpose().mmul(Matrix.columnVector([...target]))).to1DArray();
      const step = dampedStep({ nOuter: 3, factor, target }, 0.7, free);
      expectClose(chosen.map((k) => step[k]), expected, 1e-13);
      expect([0, 1, 2].every((k) => free[k] || step[k] === 0)).toBe(true);
    }
  });
});

describe("the space of parameters", () => {
  const { form, layout } = made("E[G4 L2] + N[E[G4 L1]]");
  const sums = plainLargestSums([structure], form);
  const space = new ParameterSpace(form, layout, sums, spaceOptions);
  const searched = space.searched(Int32Array.from(layout.parameters.keys()));

  it("places points and finds them again", () => {
    const unit = [0.2, 0.7, 0.1, 0.9, 0.4];
    const values = space.placed(space.initial(), searched, unit);
    expectClose(space.unitOf(values, searched), unit, 1e-12);
    expectClose([values[0], values[1]], [0.02 * 15 ** 0.2, Math.exp(Math.log(1.3) * (Math.log(2.2) / Math.log(1.3)) ** 0.7)], 1e-12);
    const names = layout.parameters.map(({ name }) => name);
    expectClose([values[names.indexOf("root.left.xi[0]")] * sums.features(values[0])], [-6 + 12 * 0.1], 1e-12);
    expectClose([values[names.indexOf("root.right.xi[0]")] * sums.neighborSums(values[0])], [0.1 * (-6 + 12 * 0.4)], 1e-12);
  });

  it("keeps steps within the bounds", () => {
    const start = space.initial();
    const far = space.moved(start, searched, Float64Array.from(searched, (_, k) => (k === 0 ? -50 : 50)));
    expect([far[0], far[1]]).toEqual([1e-2, 4]);
    const narrow = space.moved(start, searched, Float64Array.of(50, 50, 0, 0, 0));
    expect(narrow[0]).toBe(2);
    expectClose([narrow[0] * narrow[1] ** 3], [10], 1e-12);
    const xi = searched[2];
    expectClose([Math.abs(far[xi]) * sums.features(far[0])], [20], 1e-9);
  });

  it("keeps factors of species from making up for coefficients of 0", () => {
    const two = formOf("G2");
    const places = layoutParameters(two, 2);
    const factors = places.parameters.flatMap(({ kind }, parameter) => (kind === "weight" ? [parameter] : []));
    const own = new ParameterSpace(two, places, plainLargestSums([structure], two), spaceOptions);
    const far = own.moved(own.initial(), Int32Array.from(factors), Float64Array.from(factors, (_, k) => (k % 2 ? -1e30 : 1e30)));
    expect(factors.map((parameter) => far[parameter])).toEqual([1e4, -1e4, 1e4, -1e4, 1e4, -1e4]);
  });
});

describe("the search in a window", () => {
  const options = { nDimensions: 2, seed: 3, initialPoints: 5, proposals: 12, reduction: { panning: 1, oscillation: 0.7, zoom: 0.9, narrowest: 0.01 } };
  const bowl = ([x, y]: readonly number[]): number => (x > 0.95 ? Infinity : 1e-3 + (x - 0.3) ** 2 + 4 * (y - 0.8) ** 2);

  it("finds a minimum, past losses that are not finite, with the same points for the same seed", async () => {
    const runs: string[] = [];
    for (let run = 0; run < 2; run++) {
      const points: string[] = [];
      const found = await searchWindow(options, async (point) => {
        points.push(point.join());
        return bowl(point);
      });
      expect(points.length).toBe(34);
      expect(found!.loss).toBeLessThan(1.5e-3);
      runs.push(points.join(";"));
    }
    expect(runs[1]).toBe(runs[0]);
  });

  it("begins with a point that is given, and says when no loss is finite", async () => {
    const points: (readonly number[])[] = [];
    expect(await searchWindow({ ...options, start: [0.5, 0.25] }, async (point) => (points.push(point), Infinity))).toBeUndefined();
    expect([points[0], points.length]).toEqual([[0.5, 0.25], 10]);
  });
});

describe("places of a node", () => {
  it("are those of the layout", () => {
    const { form, layout } = made("G2 x C3");
    expect(placesOf(layout, form.root).path).toBe("root");
  });
});
