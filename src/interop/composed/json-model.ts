import { hasSpeciesWeights, speciesPairs } from "../../descriptors/cluster/basis.js";
import { printNotation } from "../../models/composed/notation.js";
import { basisName, layoutParameters, type ParameterLayout } from "../../models/composed/parameters.js";
import { type ComposedNode, isLeaf } from "../../models/composed/tree.js";
import { version } from "../../version.js";
import type { ComposedContent } from "./embedded-atom.js";

/**
 * A composed potential as JSON that says all of it: cutoff, bases with the values of their parameters, and the tree of terms with their coefficients,
 * exponents and shifts. Every number is the one of the model, to the last bit; energies of isolated atoms are in the shifts of the root.
 */
export function composedJson(content: ComposedContent): string {
  const layout = layoutParameters(content.form, content.species.length);
  const { species, form: { cutoff, bases, root } } = content;
  const model = {
    format: "pestle composed potential",
    version,
    notation: printNotation({ bases, root }),
    units: { energy: "eV", length: "angstrom" },
    species,
    cutoff: { radius: cutoff.radius, function: cutoff.function },
    bases: Object.fromEntries(bases.map((_, b) => [basisName(b), basisRecord(content, layout, b)])),
    tree: nodeRecord(content, layout, root, "root"),
  };
  return `${JSON.stringify(model, null, 1)}\n`;
}

function basisRecord({ species, form, values }: ComposedContent, layout: ParameterLayout, b: number): object {
  const { body, radial, size, degrees, species: mode } = form.bases[b];
  const { alpha, beta, weights, nWeights } = layout.bases[b];
  const own = [...values.subarray(weights, weights + nWeights)];
  const rows = speciesPairs(species.length).map((_, p) => own.slice(p * size, (p + 1) * size));
  return {
    body,
    radial,
    size,
    ...(body === 3 && { degrees }),
    ...(radial === "gaussian" && { alpha: values[alpha], beta: values[beta] }),
    ...(species.length > 1 && { species: mode }),
    ...(hasSpeciesWeights({ species: mode }, species.length) && { weights: body === 3 ? own : rows }),
  };
}

function nodeRecord(content: ComposedContent, layout: ParameterLayout, node: ComposedNode, path: string): object {
  const { values, species } = content;
  const { shift, coefficients, nCoefficients, exponents } = layout.nodes.find((places) => places.path === path)!;
  const own = shift < 0 ? undefined : [...values.subarray(shift, shift + species.length)];
  const atoms = path === "root" ? content.isolatedAtomEnergies : undefined;
  const sum = atoms ? atoms.map((energy, s) => energy + (own?.[s] ?? 0)) : own;
  const shifts = sum && { shift: sum };
  if (!isLeaf(node)) {
    return { op: node.op, ...shifts, left: nodeRecord(content, layout, node.left, `${path}.left`), right: nodeRecord(content, layout, node.right, `${path}.right`) };
  }
  const c = [...values.subarray(coefficients, coefficients + nCoefficients)];
  const leaf = { op: node.op, basis: basisName(node.basis), ...shifts };
  if (node.op === "linear") return { ...leaf, c };
  const { nExponents } = node;
  const rows = Array.from({ length: nCoefficients / nExponents }, (_, row) => c.slice(row * nExponents, (row + 1) * nExponents));
  return { ...leaf, c: rows, xi: [...values.subarray(exponents, exponents + nExponents)] };
}
