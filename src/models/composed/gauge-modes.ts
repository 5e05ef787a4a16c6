import { layoutParameters, type ParameterLayout } from "./parameters.js";
import { type ComposedForm, isLeaf, placedNodes } from "./tree.js";

/**
 * Directions of the parameters along which a composed potential does not change, exactly, at these values: for each product its left operand times 1 + ε and
 * its right one times 1 − ε. An operand is scaled by the coefficients and shifts that it is linear in: a sum by both operands, a product by the left one and
 * its own shift.
 * @returns one direction for each product, in the order of the nodes; those of operands that are 0 are left out
 */
export function composedGaugeModes(form: ComposedForm, values: Float64Array, nSpecies: number): Float64Array[] {
  const layout = layoutParameters(form, nSpecies);
  const scaling = new Scaling(layout, values, nSpecies);
  return placedNodes(form.root).flatMap(({ node, path }) => {
    if (node.op !== "product") return [];
    const direction = new Float64Array(values.length);
    scaling.add(`${path}.left`, 1, direction);
    scaling.add(`${path}.right`, -1, direction);
    return direction.some((value) => value !== 0) ? [direction] : [];
  });
}

class Scaling {
  private readonly byPath: ReadonlyMap<string, ParameterLayout["nodes"][number]>;

  constructor(
    layout: ParameterLayout,
    private readonly values: Float64Array,
    private readonly nSpecies: number,
  ) {
    this.byPath = new Map(layout.nodes.map((places) => [places.path, places]));
  }

  /** Adds what multiplies the site energies of a node by 1 + sign · ε. */
  add(path: string, sign: number, direction: Float64Array): void {
    const { node, shift, coefficients, nCoefficients } = this.byPath.get(path)!;
    const copy = (first: number, count: number): void => {
      for (let p = first; p < first + count; p++) direction[p] = sign * this.values[p];
    };
    if (shift >= 0) copy(shift, this.nSpecies);
    if (isLeaf(node)) return copy(coefficients, nCoefficients);
    this.add(`${path}.left`, sign, direction);
    if (node.op === "sum") this.add(`${path}.right`, sign, direction);
  }
}
