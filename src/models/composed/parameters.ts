import { clusterFeatureCount, hasSpeciesWeights, speciesWeightCount } from "../../descriptors/cluster/basis.js";
import { type ComposedForm, type ComposedNode, isLeaf, placedNodes } from "./tree.js";

/** What a parameter is: α (Å⁻²) and β of even-tempered exponents, factors of species, shifts (eV), c and ξ. */
export type ParameterKind = "alpha" | "beta" | "weight" | "shift" | "coefficient" | "exponent";

/** A parameter of a composed potential. */
export interface ComposedParameter {
  /** `a.alpha`, `root.left.c[0,1]`: bases are a, b, … in their order. */
  readonly name: string;
  /** What it is. */
  readonly kind: ParameterKind;
}

/** Where the parameters of a basis begin; −1: it has none of the kind. */
export interface BasisPlaces {
  /** α */
  readonly alpha: number;
  /** β */
  readonly beta: number;
  /** [pair][ν], or three-body [center, pair] */
  readonly weights: number;
  /** Factors of the species. */
  readonly nWeights: number;
}

/** Where the parameters of a node begin; −1: it has none of the kind. */
export interface NodePlaces {
  /** Whose they are. */
  readonly node: ComposedNode;
  /** `root.left` */
  readonly path: string;
  /** One for each species. */
  readonly shift: number;
  /** [feature], or [feature][l] */
  readonly coefficients: number;
  /** Of a leaf; others have 0. */
  readonly nCoefficients: number;
  /** ξ [l] */
  readonly exponents: number;
}

/**
 * The order of all parameters: bases (α, β, factors of species), then nodes, each before its operands (shifts, c, ξ).
 */
export interface ParameterLayout {
  /** All of them. */
  readonly parameters: readonly ComposedParameter[];
  /** By position of the basis in the form. */
  readonly bases: readonly BasisPlaces[];
  /** In the order of `placedNodes`. */
  readonly nodes: readonly NodePlaces[];
}

/** Sizes as published tables give them. */
export interface ParameterCounts {
  /** c and shifts. */
  readonly linear: number;
  /** α, β, ξ and factors of species. */
  readonly nonLinear: number;
}

/** Whether the energy is linear in such a parameter, the others fixed. */
export function isLinearKind(kind: ParameterKind): boolean {
  return kind === "shift" || kind === "coefficient";
}

/**
 * Where every parameter of a form stands.
 * @param nSpecies of the potential
 */
export function layoutParameters(form: ComposedForm, nSpecies: number): ParameterLayout {
  const parameters: ComposedParameter[] = [];
  const add = (kind: ParameterKind, names: readonly string[]): number => {
    if (names.length === 0) return -1;
    parameters.push(...names.map((name) => ({ name, kind })));
    return parameters.length - names.length;
  };
  const bases = form.bases.map((basis, b): BasisPlaces => {
    const name = basisName(b);
    const isGaussian = basis.radial === "gaussian";
    const alpha = add("alpha", isGaussian ? [`${name}.alpha`] : []);
    const beta = add("beta", isGaussian ? [`${name}.beta`] : []);
    const nWeights = speciesWeightCount(basis, nSpecies);
    const columns = basis.body === 2 && hasSpeciesWeights(basis, nSpecies) ? basis.size : 0;
    return { alpha, beta, weights: add("weight", subscripted(`${name}.weights`, nWeights, columns)), nWeights };
  });
  const nodes = placedNodes(form.root).map(({ node, path }): NodePlaces => {
    const shift = add("shift", node.hasShift ? subscripted(`${path}.shift`, nSpecies) : []);
    if (!isLeaf(node)) return { node, path, shift, coefficients: -1, nCoefficients: 0, exponents: -1 };
    const nExponents = node.op === "linear" ? 0 : node.nExponents;
    const nCoefficients = clusterFeatureCount(form.bases[node.basis], nSpecies) * Math.max(1, nExponents);
    const coefficients = add("coefficient", subscripted(`${path}.c`, nCoefficients, nExponents));
    return { node, path, shift, coefficients, nCoefficients, exponents: add("exponent", subscripted(`${path}.xi`, nExponents)) };
  });
  return { parameters, bases, nodes };
}

/** a, b, … z, b26, … */
export function basisName(index: number): string {
  return index < 26 ? String.fromCharCode(97 + index) : `b${index}`;
}

/** name[0], name[1] …, or with columns name[0,0], name[0,1] … */
function subscripted(name: string, length: number, columns = 0): string[] {
  return Array.from({ length }, (_, i) => (columns > 0 ? `${name}[${Math.floor(i / columns)},${i % columns}]` : `${name}[${i}]`));
}

/** How many parameters there are of each sort. */
export function countParameters({ parameters }: Pick<ParameterLayout, "parameters">): ParameterCounts {
  const linear = parameters.filter(({ kind }) => isLinearKind(kind)).length;
  return { linear, nonLinear: parameters.length - linear };
}
