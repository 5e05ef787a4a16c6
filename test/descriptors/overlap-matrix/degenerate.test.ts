// Eigenvalues that cross, T_d methane above all, and other environments without derivatives of their own.
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SingularValueDecomposition, Matrix } from "ml-matrix";
import { OverlapMatrix } from "../../../src/descriptors/index.js";
import type { Executor } from "../../../src/parallel/index.js";
import { expectClose, testExecutor } from "../../expect.js";
import { largest, randomArray } from "../../linalg/dense.js";
import { Calculator, type Environments } from "../calculator.js";
import { expectDerivatives } from "../expect-derivatives.js";

interface Reference {
  readonly rows: readonly {
    readonly environment: string;
    readonly positions: readonly (readonly number[])[];
    readonly eigenvalues: readonly number[];
    readonly singularValues: Readonly<Record<"s" | "sp", readonly number[] | null>>;
  }[];
}

const { rows } = JSON.parse(readFileSync(new URL("../../data/overlap-matrix.json", import.meta.url), "utf8")) as Reference;

let executor: Executor;
beforeAll(async () => {
  executor = await testExecutor();
});
afterAll(() => executor.close());

/** Carbon with these hydrogens. */
function methane(positions: readonly (readonly number[])[]): Environments {
  return { centerSpecies: [1], offsets: [0, positions.length], neighborSpecies: positions.map(() => 0), displacements: Float64Array.from(positions.flat()) };
}

function withCalculator(parameters: object, use: (calculator: Calculator) => void): void {
  const calculator = new Calculator(executor, new OverlapMatrix({ type: "overlap-matrix", cutoff: { radius: 4 }, maxNeighbors: 4, ...parameters }), [1, 6]);
  try {
    use(calculator);
  } finally {
    calculator.release();
  }
}

const tetrahedron = rows.find(({ environment }) => environment === "td")!;

describe("the reference values of methane", () => {
  it.each(rows)("$environment: eigenvalues", ({ positions, eigenvalues }) => {
    withCalculator({}, (calculator) => {
      const { values } = calculator.compute(methane(positions));
      // as many digits as the file has
      expectClose(values, eigenvalues, 2e-10);
    });
  });

  const withSensitivity = rows.flatMap((row) => (["s", "sp"] as const).flatMap((orbitals) => (row.singularValues[orbitals] ? [{ ...row, orbitals }] : [])));
  it.each(withSensitivity)("$environment, $orbitals: singular values of the Jacobian", ({ positions, orbitals, singularValues }) => {
    withCalculator({ orbitals }, (calculator) => {
      const { jacobian } = calculator.compute(methane(positions), { jacobian: true });
      const matrix = Matrix.from1DArray(12, calculator.nFeatures, [...jacobian]);
      const found = new SingularValueDecomposition(matrix.transpose(), { autoTranspose: true }).diagonal.sort((a, b) => b - a);
      const expected = singularValues[orbitals]!;
      expect(expected.length).toBeGreaterThan(4);
      expectClose(found.slice(0, expected.length), expected, 1e-10 * expected[0]);
    });
  });
});

describe("equal eigenvalues", () => {
  it("of a tetrahedron have the mean of the derivatives of their block, which meets differences of its sum", () => {
    withCalculator({}, (calculator) => {
      const { values, jacobian } = calculator.compute(methane(tetrahedron.positions), { jacobian: true });
      const blocks = blocksOf(values);
      expect(blocks.map(({ length }) => length)).toEqual([1, 3, 1, 2, 3, 3, 3, 3, 1]);
      const direction = randomArray(12, 3);
      // blocks are 1e-4 apart
      const h = 1e-6;
      const moved = (step: number): Float64Array => calculator.compute(methane(tetrahedron.positions.map((p, i) => p.map((x, k) => x + step * direction[3 * i + k])))).values;
      const [forward, backward] = [moved(h), moved(-h)];
      for (const block of blocks) {
        const slopes = block.map((f) => direction.reduce((sum, x, i) => sum + x * jacobian[i * 20 + f], 0));
        expectClose(slopes, block.map(() => slopes[0]), 1e-14);
        const numeric = block.reduce((sum, f) => sum + (forward[f] - backward[f]) / (2 * h), 0);
        expectClose([slopes.reduce((sum, slope) => sum + slope, 0)], [numeric], 1e-8);
      }
      // only breathing changes a block
      const { diagonal } = new SingularValueDecomposition(Matrix.from1DArray(12, 20, [...jacobian]).transpose());
      expect(diagonal[0] > 0.1 && diagonal[1] < 1e-9).toBe(true);
    });
  });

  const smooth = [{ form: "moments" }, { form: "smoothed" }, { form: "moments", orbitals: "s" }];
  it.each(smooth)("have derivatives as functions of the matrix: %j", (form) => {
    withCalculator(form, (calculator) => {
      expectDerivatives(calculator, methane(tetrahedron.positions), 1e-10);
      // two neighbors of a tetrahedron, in line, in a square, three of them at one place
      expectDerivatives(calculator, methane([[0, 0, 1], [0, 0, -1]]), 1e-10);
      expectDerivatives(calculator, methane([[1, 0, 0], [0, 1, 0], [-1, 0, 0], [0, -1, 0]]), 1e-10);
      expectDerivatives(calculator, methane([[1, 0, 0], [1, 0, 0], [1, 0, 0], [0, 1, 1]]), 1e-10);
    });
  });

  it("crossing on a path leave the sums smooth and turn the sorted ones", () => {
    // three hydrogens on the axes: two eigenvalues of each pair swap where one bond gets longer than the others
    const at = (x: number): Environments => methane([[1.09 + x, 0, 0], [0, 1.09, 0], [0, 0, 1.09]]);
    const slopes = (form: object, x: number): Float64Array => {
      let out = new Float64Array();
      withCalculator(form, (calculator) => (out = calculator.compute(at(x), { jacobian: true }).jacobian.slice(0, calculator.nFeatures)));
      return out;
    };
    expectClose(slopes({ form: "moments", moments: 3 }, 1e-5), slopes({ form: "moments", moments: 3 }, -1e-5), 1e-3);
    const [after, before] = [slopes({ orbitals: "s" }, 1e-5), slopes({ orbitals: "s" }, -1e-5)];
    const turned = [...after.keys()].filter((k) => Math.abs(after[k] - before[k]) > 1e-3);
    expect(turned.length).toBe(2);
    expectClose([after[turned[0]]], [before[turned[1]]], 1e-3);
    expectClose([after[turned[1]]], [before[turned[0]]], 1e-3);
  });

  it.each([1e-2, 1e-3, 1e-4])("that are not quite equal have their own derivatives: %f Å from a tetrahedron", (distance) => {
    for (const orbitals of ["s", "sp"]) {
      withCalculator({ orbitals }, (calculator) => {
        const shift = randomArray(12, 5);
        const direction = randomArray(12, 6);
        const at = (step: number): Environments => methane(tetrahedron.positions.map((p, i) => p.map((x, k) => x + distance * shift[3 * i + k] + step * direction[3 * i + k])));
        // steps must not reach the next crossing
        const h = 1e-3 * distance;
        const [forward, backward] = [h, -h].map((step) => calculator.compute(at(step)).values);
        const { jacobian } = calculator.compute(at(0), { jacobian: true });
        const slopes = forward.map((_, f) => direction.reduce((sum, x, i) => sum + x * jacobian[i * calculator.nFeatures + f], 0));
        expect(largest(slopes) > 0.05).toBe(true);
        expectClose(slopes, forward.map((value, f) => (value - backward[f]) / (2 * h)), 1e-5);
      });
    }
  });

  it.each([
    ["atoms in line", [[0, 0, 1.1], [0, 0, -1.2], [0, 0, 2]]],
    ["two atoms at one place, whose differences have the eigenvalue 0", [[1, 0, 0], [1, 0, 0], [0, 1, 0.3]]],
    ["one neighbor", [[0.3, -0.4, 0.9]]],
  ])("that split in second order only have derivatives: %s", (_, positions) => {
    for (const orbitals of ["s", "sp"]) withCalculator({ orbitals }, (calculator) => expectDerivatives(calculator, methane(positions), 1e-7));
  });
});

function blocksOf(values: Float64Array): number[][] {
  const blocks: number[][] = [];
  values.forEach((value, f) => (f > 0 && values[f - 1] - value < 1e-9 ? blocks.at(-1).push(f) : blocks.push([f])));
  return blocks;
}

describe("environments at the border", () => {
  const odd: Readonly<Record<string, readonly (readonly number[])[]>> = {
    "no neighbor": [],
    "one neighbor": [[0, 0, 1.1]],
    "an atom on the center": [[0, 0, 0], [1, 0, 0]],
    "atoms at one place": [[1, 0, 0], [1, 0, 0], [1, 0, 0], [1, 0, 0]],
    "atoms in line": [[0, 0, 1], [0, 0, 2], [0, 0, -1]],
    "neighbors at the cutoff and beyond": [[4, 0, 0], [0, 4.5, 0], [0, 0, 3.9999999]],
  };
  it.each(Object.keys(odd))("%s", (name) => {
    for (const form of [{}, { orbitals: "s" }, { form: "moments" }, { form: "smoothed" }]) {
      withCalculator(form, (calculator) => {
        const { values, jacobian, backward } = calculator.compute(methane(odd[name]), { jacobian: true, gradients: new Float64Array(calculator.nFeatures).fill(1) });
        expect(largest(values) > 0).toBe(true);
        expect([...values, ...jacobian, ...backward].filter((value) => !(Number.isFinite(value) && Math.abs(value) < 1e6))).toEqual([]);
        if (!("form" in form)) expect(values.every((value, k) => value >= 0 && (k === 0 || value <= values[k - 1]))).toBe(true);
      });
    }
  });

  it("atoms that come in at the cutoff come with the eigenvalue 0", () => {
    withCalculator({}, (calculator) => {
      const near = calculator.compute(methane([[1, 0, 0], [0, 3.999, 0]]), { jacobian: true });
      const without = calculator.compute(methane([[1, 0, 0]]));
      expectClose(near.values, without.values, 1e-10);
      expect(largest(near.values.map((value, k) => value - without.values[k])) > 0).toBe(true);
    });
  });

  it("more neighbors than there is room for are refused, those beyond the cutoff do not count", () => {
    withCalculator({}, (calculator) => {
      const five = [[1, 0, 0], [0, 1, 0], [0, 0, 1], [-1, 0, 0], [0, -1, 0]];
      const refusal = /an atom has 5 neighbors within 4 Å, more than the 4 that overlap-matrix has room for .*raise maxNeighbors to 5 or more, or lower cutoff.radius/u;
      expect(() => calculator.compute(methane(five))).toThrow(refusal);
      expect(calculator.compute(methane([...five.slice(1), [0, 0, 4]])).values.every(Number.isFinite)).toBe(true);
    });
  });
});
