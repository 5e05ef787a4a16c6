// What a block costs, and what is left without it.
import fc from "fast-check";
import { QrDecomposition, Matrix } from "ml-matrix";
import { describe, expect, it } from "vitest";
import { blocksOf } from "../../src/compose/prune/blocks.js";
import { dropCost } from "../../src/compose/prune/drop-cost.js";
import { valuedForm } from "../../src/compose/valued-form.js";
import { parseNotation, printNotation } from "../../src/models/composed/notation.js";
import { layoutParameters } from "../../src/models/composed/parameters.js";
import { withUsualShifts } from "../../src/models/composed/tree.js";
import { expectClose } from "../expect.js";
import { PlainComposed } from "../models/composed/plain.js";
import { randomForms, smallStructure } from "./random-forms.js";

const cutoff = { radius: 5, function: "poly4" } as const;

/** Rows of a least-squares problem of given columns, with scales that differ by 10⁸. */
function problem(nRows: number, nColumns: number): { rows: Matrix; y: Matrix } {
  const entry = (i: number, k: number): number => Math.sin(1 + i * (k + 1.3) + 0.7 * k * k) * 10 ** (k % 3 === 0 ? -4 : k % 3 === 1 ? 0 : 4);
  return {
    rows: new Matrix(Array.from({ length: nRows }, (_, i) => Array.from({ length: nColumns }, (__, k) => entry(i, k)))),
    y: new Matrix(Array.from({ length: nRows }, (_, i) => [Math.cos(3 * i) + 0.3 * i])),
  };
}

/** Least loss with some columns, and where it is. */
function fitted(rows: Matrix, y: Matrix, columns: readonly number[]): { loss: number; coefficients: number[] } {
  const part = rows.subMatrixColumn([...columns]);
  const c = new QrDecomposition(part).solve(y);
  return { loss: Matrix.sub(part.mmul(c), y).norm("frobenius") ** 2, coefficients: c.to1DArray() };
}

describe("the cost of a block", () => {
  const [nRows, nColumns] = [40, 7];
  const { rows, y } = problem(nRows, nColumns);
  const all = Array.from({ length: nColumns }, (_, k) => k);
  const best = fitted(rows, y, all);
  const minimum = {
    triangle: Float64Array.from(new QrDecomposition(rows).upperTriangularMatrix.to1DArray()),
    coefficients: Float64Array.from(best.coefficients),
  };

  it.each([[[0]], [[3]], [[1, 4]], [[6, 2, 5]], [[0, 1, 2, 3, 4, 5]], [all]])("of columns %j is what the loss rises by when the others are fitted anew", (block) => {
    const rest = all.filter((k) => !block.includes(k));
    const without = rest.length > 0 ? fitted(rows, y, rest).loss : y.norm("frobenius") ** 2;
    expectClose([dropCost(minimum, block)], [without - best.loss], 1e-9, "relative-to-max");
  });

  it("is nothing for an empty block and for columns that others repeat", () => {
    expect(dropCost(minimum, [])).toBe(0);
    // columns (1, 0) and (1, 0): the second adds nothing
    expect(dropCost({ triangle: Float64Array.of(1, 1, 0, 0), coefficients: Float64Array.of(2, 3) }, [1])).toBeLessThan(1e-20);
    expect(dropCost({ triangle: Float64Array.of(1, 0, 0, 0), coefficients: Float64Array.of(2, 3) }, [1])).toBeLessThan(1e-20);
  });
});

describe("blocks", () => {
  it("leave what the form is when their coefficients are 0, but for a constant where a whole term goes", () => {
    let seen = 0;
    fc.assert(
      fc.property(randomForms, ({ form, values, nSpecies }) => {
        fc.pre(nSpecies === 1);
        const structure = smallStructure(nSpecies);
        for (const { what, start, coefficients } of blocksOf(form, values, valuedForm(form, values, nSpecies))) {
          seen++;
          expect(start.form.root).toEqual(withUsualShifts(start.form.root));
          const zeroed = values.map((value, p) => (coefficients.includes(p) ? 0 : value));
          const expected = new PlainComposed(form, structure, zeroed, nSpecies).predict();
          const rest = new PlainComposed(start.form, structure, start.values, nSpecies).predict();
          expectClose(rest.forces, expected.forces, 1e-11, "relative-to-max");
          // of a product that was a constant; the shift takes it up when trained
          const constant = /^(operand|factor)/u.test(what) ? expected.siteEnergies[0] - rest.siteEnergies[0] : 0;
          expectClose(rest.siteEnergies.map((energy) => energy + constant), expected.siteEnergies, 1e-11, "relative-to-max");
          expect(start.values.length, what).toBeLessThan(values.length);
        }
      }),
      { numRuns: 25 },
    );
    expect(seen).toBeGreaterThan(30);
  });

  it("are all there, with the coefficients that they take", () => {
    const blocks = (text: string): [string, string, string][] => {
      const form = { cutoff, ...parseNotation(text) };
      const { parameters } = layoutParameters(form, 1);
      const values = parameters.map(({ kind }) => (kind === "beta" ? 1.5 : 0.1));
      return blocksOf(form, values, valuedForm(form, values, 1)).map(({ what, start, coefficients }) => [what, printNotation(start.form), coefficients.map((p) => parameters[p].name).join(" ")]);
    };
    expect(blocks("E[G2L2] + N[E[G2L2]]")).toEqual([
      ["first function of basis a", "E[G1L2] + N[E[G1L2]]", "root.left.c[0,0] root.left.c[0,1] root.right.c[0,0] root.right.c[0,1]"],
      ["last function of basis a", "E[G1L2] + N[E[G1L2]]", "root.left.c[1,0] root.left.c[1,1] root.right.c[1,0] root.right.c[1,1]"],
      ["exponent 1 of term 1", "E[G2L1] + N[E[G2L2]]", "root.left.c[0,0] root.left.c[1,0]"],
      ["exponent 2 of term 1", "E[G2L1] + N[E[G2L2]]", "root.left.c[0,1] root.left.c[1,1]"],
      ["exponent 1 of term 2", "E[G2L2] + N[E[G2L1]]", "root.right.c[0,0] root.right.c[1,0]"],
      ["exponent 2 of term 2", "E[G2L2] + N[E[G2L1]]", "root.right.c[0,1] root.right.c[1,1]"],
      ["operand root.left", "N[E[G2L2]]", "root.left.c[0,0] root.left.c[0,1] root.left.c[1,0] root.left.c[1,1]"],
      ["operand root.right", "E[G2L2]", "root.right.c[0,0] root.right.c[0,1] root.right.c[1,0] root.right.c[1,1]"],
    ]);
    expect(blocks("C2 x G1")).toEqual([
      ["last function of basis a", "C1 x G1", "root.left.c[1]"],
      ["factor root.left", "G1", "root.left.c[0] root.left.c[1]"],
      ["factor root.right", "C2", "root.right.c[0]"],
    ]);
    expect(blocks("G1")).toEqual([]);
  });

  it("that drop the first Gaussian let the next one be the first", () => {
    const form = { cutoff, ...parseNotation("G3") };
    const values = [0.1, 2, 7, 1, 2, 3];
    const [first] = blocksOf(form, values, valuedForm(form, values, 1));
    expect([...first.start.values]).toEqual([0.2, 2, 7, 2, 3]);
  });
});
