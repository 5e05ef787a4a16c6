import { describe, expect, it } from "vitest";
import fc from "fast-check";
import type { ClusterBasis } from "../../../src/descriptors/cluster/basis.js";
import { parseNotation, printNotation, type NotatedForm } from "../../../src/models/composed/notation.js";
import { countParameters, layoutParameters } from "../../../src/models/composed/parameters.js";
import { type ComposedLeaf, type ComposedNode, isLeaf, leavesOf, withUsualShifts } from "../../../src/models/composed/tree.js";

const cutoff = { radius: 5, function: "poly4" } as const;

function sizes(text: string, nSpecies = 1): [number, number] {
  const { linear, nonLinear } = countParameters(layoutParameters({ cutoff, ...parseNotation(text) }, nSpecies));
  return [linear, nonLinear];
}

const basis: fc.Arbitrary<ClusterBasis> = fc.oneof(
  fc.record({ body: fc.constant(2 as const), radial: fc.constantFrom("gaussian" as const, "chebyshev" as const), size: fc.integer({ min: 1, max: 3 }), species: fc.constant("weights" as const) }),
  fc.record({
    body: fc.constant(3 as const),
    radial: fc.constantFrom("gaussian" as const, "chebyshev" as const),
    size: fc.integer({ min: 1, max: 2 }),
    degrees: fc.uniqueArray(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 3 }),
    species: fc.constant("weights" as const),
  }),
);

const { tree } = fc.letrec<{ tree: ComposedNode; leaf: ComposedLeaf }>((tie) => ({
  tree: fc.oneof({ depthSize: "medium", withCrossShrink: true }, tie("leaf"), fc.record({ op: fc.constantFrom("sum" as const, "product" as const), hasShift: fc.constant(false), left: tie("tree"), right: tie("tree") })),
  leaf: fc.oneof(
    fc.record({ op: fc.constant("linear" as const), hasShift: fc.constant(true), basis: fc.nat(3) }),
    fc.record({ op: fc.constantFrom("exp" as const, "neighborExp" as const), hasShift: fc.constant(true), basis: fc.nat(3), nExponents: fc.integer({ min: 1, max: 3 }) }),
  ),
}));

/** Bases in the order of their first use, those without a use left out. */
function ordered({ bases, root }: NotatedForm): NotatedForm {
  const order = [...new Set(leavesOf(root).map((leaf) => leaf.basis))];
  const renumber = (node: ComposedNode): ComposedNode =>
    isLeaf(node) ? { ...node, basis: order.indexOf(node.basis) } : { ...node, left: renumber(node.left), right: renumber(node.right) };
  return { bases: order.map((b) => ({ ...bases[b], degrees: bases[b].degrees })), root: renumber(root) };
}

describe("the notation of composed potentials", () => {
  it("has the sizes of the published tables", () => {
    expect(sizes("G8")).toEqual([9, 2]);
    expect(sizes("C16")).toEqual([17, 0]);
    expect(sizes("E[G8L4]")).toEqual([33, 6]);
    expect(sizes("N[E[G6L5]]")).toEqual([31, 7]);
    expect(sizes("G4 ⊗ G4")).toEqual([11, 4]);
    expect(sizes("G8 x E[G8L4]")).toEqual([43, 8]);
    expect(sizes("E[G6L5] ⊕ N[E[G6L5]]")).toEqual([61, 12]);
    expect(sizes("E[G8L4]+N[E[G8L4]]")).toEqual([65, 10]);
    expect(sizes("T2[0,1,2]")).toEqual([10, 2]);
  });

  it("counts factors of species", () => {
    expect(sizes("G4", 2)).toEqual([6, 2 + 12]);
    expect(sizes("T2[0,1]", 2)).toEqual([8, 2 + 6]);
  });

  it("reads what it has written", () => {
    fc.assert(
      fc.property(fc.array(basis, { minLength: 4, maxLength: 4 }), tree, fc.constantFrom("plain" as const, "symbols" as const), (bases, raw, style) => {
        const form = { bases, root: withUsualShifts(raw) };
        const text = printNotation(form, style);
        expect(ordered(parseNotation(text))).toEqual(ordered(form));
        expect(printNotation(parseNotation(text), style)).toBe(text);
      }),
      { numRuns: 2000 },
    );
  });

  it("keeps bases apart that differ in their species mode alone, which it does not write", () => {
    const { bases, root } = parseNotation("E[G2#1 L1] + N[E[G2#2 L1]]");
    const text = printNotation({ bases: [{ ...bases[0], species: "alike" }, bases[1]], root });
    expect(text).toBe("E[G2#1 L1] + N[E[G2L1]]");
    expect(parseNotation(text).bases).toHaveLength(2);
  });

  it("shares a basis only between E and N of one sum, or by label", () => {
    expect(parseNotation("E[G4L2] + N[E[G4L3]]").bases).toHaveLength(1);
    expect(parseNotation("N[E[G4L2]] + E[G4L2]").bases).toHaveLength(1);
    expect(parseNotation("E[G4L2] + E[G4L2]").bases).toHaveLength(2);
    expect(parseNotation("G4 x N[E[G4L2]]").bases).toHaveLength(2);
    expect(parseNotation("G4#1 x N[E[G4#1 L2]]").bases).toHaveLength(1);
    expect(parseNotation("E[G4#1L2] + N[E[G4L2]]").bases).toHaveLength(2);
  });

  it("is left-associative and keeps parentheses that matter", () => {
    expect(printNotation(parseNotation("(G2+C3)+C4"))).toBe("G2 + C3 + C4");
    expect(printNotation(parseNotation("G2+(C3+C4)"))).toBe("G2 + (C3 + C4)");
    expect(printNotation(parseNotation("(G2 + C3)xC4"))).toBe("(G2 + C3) x C4");
    expect(printNotation(parseNotation("G2 + (C3 x C4)"), "symbols")).toBe("G2 ⊕ C3 ⊗ C4");
  });

  it.each([
    ["E[G8 L4", "position 8 (the end): expected ] for the E[ at position 1"],
    ["(G8 + C4", "position 9 (the end): expected ) for the ( at position 1"],
    ["G8)", 'position 3: ")" closes nothing'],
    ["", "position 1 (the end): there is no term"],
    ["G8 +", "position 5 (the end): the text ends where a term is expected"],
    ["G8 + Q4", 'position 6: unknown term "Q4"; terms are G8, C16'],
    ["G0", "position 2: 0: functions of the basis must be from 1 to 999"],
    ["G8 C4", "position 4: expected + or x between terms"],
    ["N[G8]", "position 3: N takes an exponential term: N[E[G8 L4]]"],
    ["E[G8]", "position 5: expected L: the number of exponents, such as L4, follows the basis"],
    ["T2", "position 3 (the end): expected [: degrees of the angle, such as [0,1,2], follow a three-body basis"],
    ["T2[1,1]", "position 8 (the end): degree 1 is named twice"],
    ["G8#1 x G6#1", "position 8: label #1 stands for G8 already, not G6"],
    ["Gx", "position 2: expected the number of functions of the basis"],
    ["E[E[G4 L2] L2]", "position 3: E takes one basis, not another term"],
    ["T2[13]", "position 4: 13: a degree must be from 0 to 12"],
  ])("tells where %j is wrong", (text, message) => {
    expect(() => parseNotation(text)).toThrow(`potential "${text}", ${message}`);
  });

  it("is what a model file can hold: neither sums nor parentheses nest without end", () => {
    const sum = (n: number): string => new Array<string>(n).fill("G1").join(" + ");
    expect(leavesOf(parseNotation(sum(64)).root)).toHaveLength(64);
    expect(() => parseNotation(sum(65))).toThrow("terms nest deeper than 64");
    expect(() => parseNotation(sum(100_000))).toThrow("terms nest deeper than 64");
    expect(leavesOf(parseNotation(`(${sum(60)}) + (${sum(60)})`).root)).toHaveLength(120);
    expect(printNotation(parseNotation(`${"(".repeat(64)}G2${")".repeat(64)}`))).toBe("G2");
    expect(() => parseNotation(`${"(".repeat(30_000)}G2${")".repeat(30_000)}`)).toThrow("position 65: more than 64 parentheses inside each other");
  });

  it("takes any blanks, both spellings of operators, and parentheses that say nothing", () => {
    for (const text of ["G8xE[G8L4]+C3", " ( G 8 ) ⊗ E [ G8 L 4 ]\n ⊕\tC3 ", "((G8 × (E[G8 L4])) + (C3))", "G8x(E[G8L4])+C3"]) {
      expect(printNotation(parseNotation(text)), text).toBe("G8 x E[G8L4] + C3");
    }
  });
});
