import fc from "fast-check";
import type { ClusterBasis } from "../../src/descriptors/cluster/basis.js";
import { layoutParameters, type ParameterKind } from "../../src/models/composed/parameters.js";
import { type ComposedForm, type ComposedLeaf, type ComposedNode, isLeaf, leavesOf, withUsualShifts } from "../../src/models/composed/tree.js";
import type { PlainStructure } from "../models/composed/plain-basis.js";

/** A form with values, and the number of species that they are for. */
export interface RandomForm {
  readonly form: ComposedForm;
  readonly values: Float64Array;
  readonly nSpecies: number;
}

const basis = (nSpecies: number): fc.Arbitrary<ClusterBasis> => {
  const species = fc.constantFrom(...(nSpecies > 1 ? (["alike", "weights", "channels"] as const) : (["weights"] as const)));
  const radial = fc.constantFrom("gaussian" as const, "chebyshev" as const);
  return fc.oneof(
    fc.record({ body: fc.constant(2 as const), radial, size: fc.integer({ min: 1, max: 3 }), species }),
    fc.record({ body: fc.constant(3 as const), radial, size: fc.integer({ min: 1, max: 2 }), degrees: fc.constantFrom([0], [0, 2], [1, 0]), species: fc.constant("weights" as const) }),
  );
};

const { tree } = fc.letrec<{ tree: ComposedNode; leaf: ComposedLeaf }>((tie) => ({
  tree: fc.oneof({ maxDepth: 2 }, tie("leaf"), fc.record({ op: fc.constantFrom("sum" as const, "product" as const), hasShift: fc.constant(false), left: tie("tree"), right: tie("tree") })),
  leaf: fc.oneof(
    fc.record({ op: fc.constant("linear" as const), hasShift: fc.constant(true), basis: fc.nat(2) }),
    fc.record({ op: fc.constantFrom("exp" as const, "neighborExp" as const), hasShift: fc.constant(true), basis: fc.nat(2), nExponents: fc.integer({ min: 1, max: 2 }) }),
  ),
}));

/** Forms of up to four leaves as moves make them: usual shifts, bases in the order of their first use. */
export const randomForms: fc.Arbitrary<RandomForm> = fc.integer({ min: 1, max: 2 }).chain((nSpecies) =>
  fc
    .record({ bases: fc.array(basis(nSpecies), { minLength: 3, maxLength: 3 }), raw: tree, seeds: fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 8, maxLength: 8 }) })
    .map(({ bases, raw, seeds }) => {
      const order = [...new Set(leavesOf(raw).map((leaf) => leaf.basis))];
      const renumber = (node: ComposedNode): ComposedNode =>
        isLeaf(node) ? { ...node, basis: order.indexOf(node.basis) } : { ...node, left: renumber(node.left), right: renumber(node.right) };
      const form: ComposedForm = { cutoff: { radius: 2.8, function: "poly4" }, bases: order.map((b) => bases[b]), root: withUsualShifts(renumber(raw)) };
      const { parameters } = layoutParameters(form, nSpecies);
      return { form, nSpecies, values: Float64Array.from(parameters, ({ kind }, p) => valueOf(kind, seeds[p % seeds.length], p)) };
    }),
);

/** In the ranges of trained models. */
function valueOf(kind: ParameterKind, seed: number, p: number): number {
  if (kind === "alpha") return 0.3 + 0.1 * seed;
  if (kind === "beta") return 1.6 + 0.3 * seed;
  if (kind === "weight") return 1 + 0.4 * seed;
  if (kind === "exponent") return (p % 2 ? -0.3 : 0.3) * (1 + 0.5 * seed);
  return Math.sin(1 + p) * (0.5 + seed * seed);
}

/** Four atoms of two species, or of one, in a cell with images within the cutoff. */
export function smallStructure(nSpecies: number): PlainStructure {
  return {
    species: [0, nSpecies - 1, 0, nSpecies - 1],
    positions: [[0, 0, 0], [1.9, 0.2, 0.1], [0.3, 2.2, 0.4], [2.1, 1.7, 1.2]],
    cell: [[3.9, 0, 0], [0.2, 4.1, 0], [0, 0, 30]],
    pbc: [true, true, false],
  };
}
