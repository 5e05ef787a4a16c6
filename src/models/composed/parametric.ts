import type { Parametric } from "../parametric.js";
import { isLinearKind, type ParameterLayout } from "./parameters.js";
import { isLeaf } from "./tree.js";

/** What a composed potential says of its parameters. */
export function parametricOf(layout: ParameterLayout, values: Float64Array, nSpecies: number): Parametric {
  const parameters = layout.parameters.map(({ name, kind }, k) => ({
    name, value: values[k], isLinear: isLinearKind(kind), isLogarithmic: kind === "alpha" || kind === "beta",
  }));
  return { parameters, gaugeModes: () => gaugeModes(layout, values, nSpecies) };
}

/** For each product the direction that scales the left factor by 1 + ε and the right one by 1 − ε. */
function gaugeModes(layout: ParameterLayout, values: Float64Array, nSpecies: number): Float64Array[] {
  return layout.nodes.flatMap(({ node }, k) => {
    if (node.op !== "product") return [];
    const mode = new Float64Array(values.length);
    const left = k + 1;
    for (const p of scalingParameters(layout, left, nSpecies)) mode[p] += values[p];
    for (const p of scalingParameters(layout, left + subtreeSize(layout, left), nSpecies)) mode[p] -= values[p];
    return [mode];
  });
}

/** Nodes of a term with its operands. */
function subtreeSize(layout: ParameterLayout, k: number): number {
  if (isLeaf(layout.nodes[k].node)) return 1;
  const left = subtreeSize(layout, k + 1);
  return 1 + left + subtreeSize(layout, k + 1 + left);
}

/** Those that are to grow in proportion for a term to do so: coefficients and shifts of a leaf, both operands of a sum, one factor of a product and its shift. */
function scalingParameters(layout: ParameterLayout, k: number, nSpecies: number): number[] {
  const { node, shift, coefficients, nCoefficients } = layout.nodes[k];
  const own = shift < 0 ? [] : Array.from({ length: nSpecies }, (_, s) => shift + s);
  if (isLeaf(node)) return [...own, ...Array.from({ length: nCoefficients }, (_, c) => coefficients + c)];
  const right = node.op === "sum" ? scalingParameters(layout, k + 1 + subtreeSize(layout, k + 1), nSpecies) : [];
  return [...own, ...scalingParameters(layout, k + 1, nSpecies), ...right];
}
