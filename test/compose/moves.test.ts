// Moves keep what the parent predicts, and change no more than they say.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addedTerm } from "../../src/compose/moves/add-term.js";
import { canonicalKey } from "../../src/compose/moves/canonical-key.js";
import { drawExponents, jitteredValues } from "../../src/compose/moves/draw.js";
import { exponentials, moreExponents, moreFunctions, partners } from "../../src/compose/moves/grow-term.js";
import type { Move, SizeLimits } from "../../src/compose/moves/move.js";
import { proposals } from "../../src/compose/moves/propose.js";
import { startForm, type ValuedForm, valuedForm, valuedLeaves } from "../../src/compose/valued-form.js";
import { seededRandom } from "../../src/math/random.js";
import { parseNotation, printNotation } from "../../src/models/composed/notation.js";
import { layoutParameters } from "../../src/models/composed/parameters.js";
import { leavesOf, withUsualShifts } from "../../src/models/composed/tree.js";
import { expectClose } from "../expect.js";
import { PlainComposed } from "../models/composed/plain.js";
import { randomForms, smallStructure } from "./random-forms.js";

const limits: SizeLimits = { functions: 24, exponents: 8, leaves: 4, size: 1000 };
const cutoff = { radius: 5, function: "poly4" } as const;

function formOf(text: string, nSpecies = 1): ValuedForm {
  const form = { cutoff, ...parseNotation(text) };
  const { parameters } = layoutParameters(form, nSpecies);
  const values = parameters.map(({ kind }, p) => ({ alpha: 0.05, beta: 1.5, weight: 1, shift: 0.3, coefficient: 0.1 * (p + 1), exponent: p % 2 ? 0.2 : -0.2 })[kind]);
  return valuedForm(form, values, nSpecies);
}

const termOf = (nSpecies: number, text = "E[G2L2]"): ValuedForm => ({ ...formOf(text, nSpecies), cutoff: { radius: 2.8, function: "poly4" } });

function movesFrom(valued: ValuedForm): Move[] {
  return [...moreFunctions(valued, limits), ...moreExponents(valued, limits), ...exponentials(valued), ...partners(valued, limits), ...addedTerm(valued, termOf(valued.nSpecies), limits)];
}

const notations = (moves: readonly Move[]): string[] => moves.map(({ to }) => printNotation(startForm(to).form));

describe("moves", () => {
  it("that are exact start with the energies of the parent, forces included, for any tree", async () => {
    let exact = 0;
    await fc.assert(
      fc.asyncProperty(randomForms, async ({ form, values, nSpecies }) => {
        const structure = smallStructure(nSpecies);
        const parent = new PlainComposed(form, structure, values, nSpecies).predict();
        for (const { to, isExact, kind } of movesFrom(valuedForm(form, values, nSpecies))) {
          const start = startForm(await drawExponents(to, seededRandom(3), () => Promise.resolve(10)));
          expect(start.values.every((value) => Number.isFinite(value)), kind).toBe(true);
          // shifts stand where the notation puts them
          expect(start.form.root).toEqual(withUsualShifts(start.form.root));
          if (!isExact) continue;
          exact++;
          const child = new PlainComposed(start.form, structure, start.values, nSpecies).predict();
          expectClose(child.siteEnergies, parent.siteEnergies, 1e-12, "relative-to-max");
          expectClose(child.forces, parent.forces, 1e-12, "relative-to-max");
        }
      }),
      { numRuns: 20 },
    );
    expect(exact).toBeGreaterThan(40);
  });

  it("keep every value of the parent but those that they say, and name the new ones", () => {
    const parent = formOf("E[G4L2]");
    const start = startForm(moreFunctions(parent, limits)[0].to);
    expect(printNotation(start.form)).toBe("E[G6L2]");
    const { parameters } = layoutParameters(start.form, 1);
    expect(start.fresh.map((p) => parameters[p].name)).toEqual(["root.c[4,0]", "root.c[4,1]", "root.c[5,0]", "root.c[5,1]"]);
    expect(start.places.filter((place) => place !== undefined)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  });

  it("(a) lower β where the largest exponent would pass 10 Å⁻², and are no more exact; not below 1.05", () => {
    const parent = formOf("G4");
    const [low] = moreFunctions({ ...parent, bases: [{ ...parent.bases[0], exponents: [{ value: 0.5, place: 0 }, { value: 2, place: 1 }] }] }, limits);
    const [alpha, beta] = low.to.bases[0].exponents;
    expect(low.isExact).toBe(false);
    expect(alpha.value).toBe(0.5);
    expectClose([alpha.value * beta.value ** 5], [10], 1e-12, "relative-to-max");
    expect(moreFunctions({ ...parent, bases: [{ ...parent.bases[0], exponents: [{ value: 9, place: 0 }, { value: 1.05, place: 1 }] }] }, limits)).toEqual([]);
    expect(moreFunctions(parent, limits)[0].isExact).toBe(true);
    expect(moreFunctions(parent, { ...limits, functions: 5 })).toEqual([]);
  });

  it("(a) keep channels, factors of species and three-body functions with their pairs", () => {
    const twoSpecies = formOf("G2", 2);
    const weights = moreFunctions(twoSpecies, limits)[0].to.bases[0].weights;
    expect(weights.map(({ place }) => place)).toEqual([2, 3, undefined, undefined, 4, 5, undefined, undefined, 6, 7, undefined, undefined]);
    expect(weights.filter(({ place }) => place === undefined).map(({ value }) => value)).toEqual([1, 1, 1, 1, 1, 1]);
    const [leaf] = valuedLeaves(moreFunctions(formOf("T2[0,1]"), limits)[0].to.root);
    // (0,0), (0,1) and (1,1) of four functions are the pairs 0, 1 and 4
    expect(leaf.c.flatMap(({ place }, i) => (place === undefined ? [] : [i]))).toEqual([0, 1, 2, 3, 8, 9]);
  });

  it("lead to the expected forms", () => {
    expect(notations(movesFrom(formOf("G4")))).toEqual(["G6", "E[G4L2]", "G4 x E[G2L2]", "G4 + E[G2L2]"]);
    expect(notations(movesFrom(formOf("E[G4L2]")))).toEqual(["E[G6L2]", "E[G4L3]", "E[G4L2] + N[E[G4L2]]", "E[G4L2] x E[G2L2]", "E[G4L2] + E[G2L2]"]);
    expect(notations(partners(formOf("N[E[G4L3]] x C8"), limits))).toEqual(["(N[E[G4L3]] + E[G4L3]) x C8"]);
    expect(notations(partners(formOf("E[G4#1 L2] + C8 + N[E[G4#1 L2]]"), limits))).toEqual([]);
    expect(notations(partners(formOf("C8 + E[G4L2]"), limits))).toEqual(["C8 + (E[G4L2] + N[E[G4L2]])"]);
    expect(notations(moreFunctions(formOf("E[G4L2] + N[E[G4L2]]"), limits))).toEqual(["E[G6L2] + N[E[G6L2]]"]);
    expect(notations(exponentials(formOf("C8 + T2[0]")))).toEqual(["E[C8L2] + T2[0]", "C8 + E[T2[0] L2]"]);
    expect(movesFrom(formOf("G2 + G2 + G2 + G2")).map(({ kind }) => kind)).toEqual([...Array<string>(4).fill("functions"), ...Array<string>(4).fill("exponential")]);
    expect(moreExponents(formOf("E[G2L8]"), limits)).toEqual([]);
  });
});

describe("values of new parameters", () => {
  it("of ξ are 0.5 … 2 over the largest feature, with alternating signs, the same for one seed", async () => {
    const [move] = exponentials(formOf("G4"));
    const drawn = await drawExponents(move.to, seededRandom(7), () => Promise.resolve(8));
    const again = await drawExponents(move.to, seededRandom(7), () => Promise.resolve(8));
    expect(again).toEqual(drawn);
    const xi = valuedLeaves(drawn.root)[0].xi.map(({ value }) => 8 * value);
    expect(xi[0]).toBeGreaterThanOrEqual(0.5);
    expect(xi[0]).toBeLessThanOrEqual(2);
    expect(xi[1]).toBeLessThanOrEqual(-0.5);
    expect(xi[1]).toBeGreaterThanOrEqual(-2);
    const third = await drawExponents(moreExponents(drawn, limits)[0].to, seededRandom(8), () => Promise.resolve(8));
    expect(valuedLeaves(third.root)[0].xi.slice(0, 2)).toEqual(valuedLeaves(drawn.root)[0].xi);
    expect(valuedLeaves(third.root)[0].xi[2].value).toBeGreaterThan(0);
  });

  it("of restarts differ by up to a fifth in what is not linear, within the bounds of exponents", () => {
    const { form, values } = startForm(formOf("E[G4L2]"));
    const changed = jitteredValues(form, values, 1, seededRandom(1));
    const { parameters } = layoutParameters(form, 1);
    for (const [p, { kind }] of parameters.entries()) {
      if (kind === "coefficient" || kind === "shift") expect(changed[p]).toBe(values[p]);
      else expect(changed[p]).not.toBe(values[p]);
      if (kind === "alpha" || kind === "exponent") expect(Math.abs(changed[p] / values[p] - 1)).toBeLessThanOrEqual(0.2);
    }
    const steep = jitteredValues(form, Float64Array.from(values, (value, p) => (p === 0 ? 1 : p === 1 ? 2.15 : value)), 1, seededRandom(2));
    expect(steep[0] * steep[1] ** 3).toBeLessThanOrEqual(10 * (1 + 1e-12));
  });
});

describe("names of forms", () => {
  const key = (text: string): string => canonicalKey(parseNotation(text));

  it("are the same for all orders of operands", () => {
    expect(key("G4 + C8")).toBe(key("C8 + G4"));
    expect(key("(G4 + C8) x G6 + G4")).toBe(key("G4 + G6 x (C8 + G4)"));
    expect(key("G4 + (C8 + G6)")).toBe(key("G6 + G4 + C8"));
    expect(key("E[G4L2] + N[E[G4L2]]")).toBe(key("N[E[G4#3L2]] + E[G4#3L2]"));
  });

  it("differ where forms do", () => {
    // each product has its own shift
    expect(key("G4 x (C8 x G6)")).not.toBe(key("G6 x (C8 x G4)"));
    expect(key("E[G4#1L2] + N[E[G4#2L2]]")).not.toBe(key("E[G4L2] + N[E[G4L2]]"));
    expect(key("E[G4#1L2] + N[E[G4#1L2]] + E[G4#2L3]")).not.toBe(key("E[G4#1L2] + N[E[G4#2L2]] + E[G4#1L3]"));
    expect(key("G4")).not.toBe(key("C4"));
  });

  it("are the same for a form and what is read from its notation", () => {
    fc.assert(
      fc.property(randomForms, ({ form }) => {
        expect(canonicalKey(parseNotation(printNotation(form)))).toBe(canonicalKey(form));
      }),
    );
  });
});

describe("proposals", () => {
  it("are not repeated, and stay within the limits", () => {
    const tried = new Set([canonicalKey(parseNotation("N[E[G4L2]] + E[G4L2]"))]);
    const context = { limits: { ...limits, size: 20 }, term: termOf(1, "G4"), tried };
    const found = proposals(formOf("E[G4L2]"), context);
    expect(found.map(({ start }) => printNotation(start.form))).toEqual(["E[G6L2]", "E[G4L3]", "E[G4L2] + G4"]);
    expect(proposals(formOf("E[G4L2]"), context)).toEqual([]);
    for (const { start } of found) expect(leavesOf(start.form.root).length).toBeLessThanOrEqual(2);
  });
});
