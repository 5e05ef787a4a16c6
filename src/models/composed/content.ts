import { z } from "zod";
import { type ClusterBasis, clusterCutoffs, speciesModes } from "../../descriptors/cluster/basis.js";
import { FormatError } from "../../errors.js";
import { arrayOf, decodeEnergies, encodeEnergies, energiesSchema, parseContent, speciesSchema } from "../local-energy/content.js";
import type { ModelContent } from "../model-type.js";
import type { ComposedModelOptions } from "./options.js";
import { layoutParameters } from "./parameters.js";
import { type ComposedForm, type ComposedNode, DEEPEST_TREE, isLeaf, leavesOf } from "./tree.js";

const VALUES = "values";

const count = z.int().min(1);
const leaf = { basis: z.int().min(0), hasShift: z.boolean() };
const nodeSchema: z.ZodType<ComposedNode> = z.lazy(() =>
  z.discriminatedUnion("op", [
    z.strictObject({ op: z.literal("linear"), ...leaf }),
    z.strictObject({ op: z.literal("exp"), ...leaf, nExponents: count }),
    z.strictObject({ op: z.literal("neighborExp"), ...leaf, nExponents: count }),
    z.strictObject({ op: z.literal("sum"), hasShift: z.boolean(), left: nodeSchema, right: nodeSchema }),
    z.strictObject({ op: z.literal("product"), hasShift: z.boolean(), left: nodeSchema, right: nodeSchema }),
  ]),
);
const basisSchema = z.strictObject({
  body: z.union([z.literal(2), z.literal(3)]),
  radial: z.enum(["gaussian", "chebyshev"]),
  size: count,
  degrees: z.array(z.int().min(0)).optional(),
  species: z.enum(speciesModes),
});
const parametersSchema = z.object({
  species: speciesSchema.min(1),
  isolatedAtomEnergies: energiesSchema.nullable(),
  cutoff: z.strictObject({ radius: z.number().positive(), function: z.enum(clusterCutoffs) }),
  bases: z.array(basisSchema).min(1),
  tree: z.unknown(),
});

/** What a model file is to hold of a composed potential. */
export function encodeComposed({ species, form: { cutoff, bases, root }, values, isolatedAtomEnergies }: ComposedModelOptions): ModelContent {
  const parameters = {
    species: [...species],
    isolatedAtomEnergies: isolatedAtomEnergies ? encodeEnergies(species, isolatedAtomEnergies) : null,
    cutoff: { radius: cutoff.radius, function: cutoff.function },
    bases: bases.map(({ body, radial, size, degrees, species: mode }) => ({ body, radial, size, ...(degrees && { degrees: [...degrees] }), species: mode })),
    tree: encodeNode(root),
  } satisfies z.input<typeof parametersSchema>;
  return { parameters, arrays: [{ name: VALUES, shape: [values.length], values }] };
}

function encodeNode(node: ComposedNode): unknown {
  const { op, hasShift } = node;
  if (isLeaf(node)) return { op, basis: node.basis, ...(node.op !== "linear" && { nExponents: node.nExponents }), hasShift };
  return { op, hasShift, left: encodeNode(node.left), right: encodeNode(node.right) };
}

/** @throws {FormatError} for what is no composed potential */
export function decodeComposed({ parameters, arrays }: ModelContent, file: string): ComposedModelOptions {
  const { species, isolatedAtomEnergies, cutoff, bases, tree } = parseContent(parametersSchema, parameters, file);
  if (species.some((z0, i) => i > 0 && z0 <= species[i - 1])) throw new FormatError({ file }, `species are ${species.join(", ")}; atomic numbers ascend`);
  if (!isShallow(tree, DEEPEST_TREE)) throw new FormatError({ file }, `the tree of terms is deeper than ${DEEPEST_TREE}`);
  const form: ComposedForm = { cutoff, bases, root: parseContent(nodeSchema, tree, file) };
  bases.forEach((basis, b) => checkBasis(basis, b, file));
  for (const { basis } of leavesOf(form.root)) {
    if (basis >= bases.length) throw new FormatError({ file }, `a term names the basis ${basis}; there are ${bases.length}, counted from 0`);
  }
  const values = arrayOf(arrays, VALUES, file);
  checkValues(form, species.length, values, file);
  return { species, form, values, isolatedAtomEnergies: isolatedAtomEnergies ? decodeEnergies(species, isolatedAtomEnergies) : undefined };
}

function isShallow(tree: unknown, levels: number): boolean {
  if (typeof tree !== "object" || tree === null) return true;
  return levels > 0 && Object.values(tree).every((part) => isShallow(part, levels - 1));
}

function checkBasis({ body, degrees, species }: ClusterBasis, b: number, file: string): void {
  const fail = (what: string): never => {
    throw new FormatError({ file }, `bases[${b}] ${what}`);
  };
  if (body === 2 && degrees) fail("is two-body and has degrees; only three-body ones do");
  if (body === 3 && !degrees?.length) fail("is three-body and has no degrees");
  if (degrees && new Set(degrees).size !== degrees.length) fail(`names a degree twice: ${degrees.join(", ")}`);
  if (body === 3 && species === "channels") fail("is three-body with channels; only two-body ones have channels");
}

function checkValues(form: ComposedForm, nSpecies: number, values: Float64Array, file: string): void {
  const { parameters } = layoutParameters(form, nSpecies);
  if (values.length !== parameters.length) throw new FormatError({ file }, `${values.length} values for ${parameters.length} parameters of the terms`);
  for (const [k, { name, kind }] of parameters.entries()) {
    const isGood = Number.isFinite(values[k]) && (kind !== "alpha" || values[k] > 0) && (kind !== "beta" || values[k] > 1);
    const allowed = kind === "alpha" ? "above 0" : kind === "beta" ? "above 1" : "finite";
    if (!isGood) throw new FormatError({ file }, `${name} is ${values[k]}; it must be ${allowed}`);
  }
}
