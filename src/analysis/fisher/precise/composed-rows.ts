import type { ClusterValues } from "../../../descriptors/cluster/basis.js";
import type { SpeciesList } from "../../../descriptors/descriptor.js";
import type { PreciseArithmetic } from "../../../math/precise/arithmetic.js";
import type { Precise } from "../../../math/precise/binding.js";
import { isLinearKind, layoutParameters, type NodePlaces, type ParameterLayout } from "../../../models/composed/parameters.js";
import { type ComposedNode, isLeaf } from "../../../models/composed/tree.js";
import { type ComposedParts, parameterRowCount, type ParameterRowsRequest } from "../../../models/parametric.js";
import type { DerivativeSums } from "./cluster-functions.js";
import { PreciseLeaf, type SiteColumn } from "./leaf.js";
import type { PrecisePairs } from "./pairs.js";
import { PreciseBasis } from "./precise-basis.js";
import { VOIGT } from "./three-body.js";

/** A composed potential: its form, and the values of all parameters in the order of `layoutParameters`. */
export interface ComposedPotential extends ComposedParts {
  /** Atomic numbers, ascending */
  readonly species: SpeciesList;
}

/** A node on the sites of a structure. */
interface SiteNode {
  readonly places: NodePlaces;
  /** E_i, nAtoms */
  readonly energies: Precise;
  /** ∂E/∂E_i of the node, nAtoms */
  readonly adjoint: Precise;
  readonly leaf: PreciseLeaf | undefined;
  /** Left, right; none in a leaf */
  readonly operands: readonly SiteNode[];
}

/**
 * Derivatives of energy, forces and virial of one structure by the parameters of a composed potential in high precision. The parameter p of a node with
 * the site function h_p and the adjoint g moves the energy by Σ_i g_i h_p(i); derivatives of that are those of h_p at fixed g and, for each product above,
 * those of the other factor B where g is replaced by what p does to it: t_p[g E_B] + t_B[g h_p].
 */
export class PreciseComposedRows {
  private readonly layout: ParameterLayout;
  private readonly bases: readonly PreciseBasis[];
  private readonly root: SiteNode;
  private nextNode = 0;

  constructor(
    private readonly numbers: PreciseArithmetic,
    private readonly pairs: PrecisePairs,
    private readonly potential: ComposedPotential,
  ) {
    const { form, species } = potential;
    this.layout = layoutParameters(form, species.length);
    this.bases = form.bases.map((basis, b) => new PreciseBasis(numbers, pairs, basis, this.valuesOfBasis(b), species.length, form.cutoff.radius));
    this.root = this.placeNode(form.root, false);
    for (let i = 0; i < pairs.nAtoms; i++) numbers.setNumber(numbers.at(this.root.adjoint, i), 1);
    this.passAdjoint(this.root);
  }

  /** Rows of the energy, the forces and the virial, as `PotentialEvaluator.parameterRows` has them, but by ln α and ln β: rows × columns. */
  rows(request: ParameterRowsRequest): Precise {
    const { numbers, pairs, layout } = this;
    const nRows = parameterRowCount(request, pairs.nAtoms);
    const columnOf = columnsOf(layout, request.linearOnly === true);
    const nColumns = Math.max(...columnOf) + 1;
    const rows = numbers.vector(nRows * nColumns);
    const add = (parameter: number, path: readonly SiteNode[], column: SiteColumn): void => {
      this.addColumn(rows, nColumns, columnOf[parameter], path, column, request);
    };
    this.eachNodeColumn(this.root, [], add, request.linearOnly === true);
    if (!request.linearOnly) this.eachBasisColumn(add);
    return rows;
  }

  /** Site energies, nAtoms. */
  get energies(): Precise {
    return this.root.energies;
  }

  private valuesOfBasis(b: number): ClusterValues {
    const { values } = this.potential;
    const { alpha, beta, weights, nWeights } = this.layout.bases[b];
    return {
      ...(alpha >= 0 && { alpha: values[alpha], beta: values[beta] }),
      ...(weights >= 0 && { weights: values.slice(weights, weights + nWeights) }),
    };
  }

  /** Nodes come in the order of the layout. */
  private placeNode(node: ComposedNode, isInProduct: boolean): SiteNode {
    const { numbers, pairs } = this;
    const places = this.layout.nodes[this.nextNode++];
    const leaf = isLeaf(node) ? new PreciseLeaf(numbers, pairs, this.bases[node.basis].functions, node, this.valuesOfLeaf(places), isInProduct) : undefined;
    const isProduct = isInProduct || node.op === "product";
    const operands = isLeaf(node) ? [] : [this.placeNode(node.left, isProduct), this.placeNode(node.right, isProduct)];
    const [energies, adjoint] = [numbers.vector(pairs.nAtoms), numbers.vector(pairs.nAtoms)];
    for (let i = 0; i < pairs.nAtoms; i++) {
      const energy = numbers.at(energies, i);
      const [left, right] = operands.map((operand) => numbers.at(operand.energies, i));
      if (leaf) numbers.set(energy, numbers.at(leaf.energies, i));
      else if (node.op === "sum") numbers.add(energy, left, right);
      else numbers.multiply(energy, left, right);
      this.addShift(energy, places, i);
    }
    return { places, energies, adjoint, leaf, operands };
  }

  private valuesOfLeaf({ coefficients, nCoefficients, exponents, node }: NodePlaces): { coefficients: Float64Array; exponents: Float64Array } {
    const { values } = this.potential;
    const nExponents = isLeaf(node) && node.op !== "linear" ? node.nExponents : 0;
    return { coefficients: values.slice(coefficients, coefficients + nCoefficients), exponents: nExponents > 0 ? values.slice(exponents, exponents + nExponents) : new Float64Array(0) };
  }

  private addShift(energy: Precise, { shift }: NodePlaces, atom: number): void {
    if (shift < 0) return;
    const { numbers } = this;
    const mark = numbers.mark();
    const t = numbers.scalar();
    numbers.setNumber(t, this.potential.values[shift + this.pairs.species[atom]]);
    numbers.add(energy, energy, t);
    numbers.reset(mark);
  }

  /** ⊕ passes g on, ⊗ passes g times the other factor. */
  private passAdjoint({ places, adjoint, operands }: SiteNode): void {
    const { numbers } = this;
    for (const [k, operand] of operands.entries()) {
      for (let i = 0; i < this.pairs.nAtoms; i++) {
        const [g, own] = [numbers.at(adjoint, i), numbers.at(operand.adjoint, i)];
        if (places.node.op === "sum") numbers.set(own, g);
        else numbers.multiply(own, g, numbers.at(operands[1 - k].energies, i));
      }
      this.passAdjoint(operand);
    }
  }

  /** @param path ancestors, the root first */
  private eachNodeColumn(node: SiteNode, path: readonly SiteNode[], add: AddColumn, linearOnly: boolean): void {
    const { numbers, potential: { species } } = this;
    const { places, leaf, operands } = node;
    const own = [...path, node];
    const visit = (parameter: number, make: () => SiteColumn): void => {
      const mark = numbers.mark();
      add(parameter, own, make());
      numbers.reset(mark);
    };
    if (places.shift >= 0) for (let s = 0; s < species.length; s++) visit(places.shift + s, () => this.shiftColumn(s));
    if (leaf) {
      for (let k = 0; k < places.nCoefficients; k++) visit(places.coefficients + k, () => leaf.coefficientColumn(k));
      const nExponents = isLeaf(places.node) && places.node.op !== "linear" && !linearOnly ? places.node.nExponents : 0;
      for (let l = 0; l < nExponents; l++) visit(places.exponents + l, () => leaf.exponentColumn(l));
    }
    for (const operand of operands) this.eachNodeColumn(operand, own, add, linearOnly);
  }

  private shiftColumn(species: number): SiteColumn {
    const { numbers, pairs } = this;
    const sites = numbers.vector(pairs.nAtoms);
    for (let i = 0; i < pairs.nAtoms; i++) numbers.setNumber(numbers.at(sites, i), pairs.species[i] === species ? 1 : 0);
    return { sites, pull: () => undefined };
  }

  /** Columns of the parameters of the bases, added over the leaves that use them. */
  private eachBasisColumn(add: AddColumn): void {
    const { numbers, layout } = this;
    for (const [b, { alpha, beta, weights, nWeights }] of layout.bases.entries()) {
      const parameters = [...(alpha >= 0 ? [[alpha, "alpha"], [beta, "beta"]] as const : []), ...Array.from({ length: nWeights }, (_, w) => [weights + w, w] as const)];
      for (const [place, parameter] of parameters) {
        const mark = numbers.mark();
        const derivative = this.bases[b].derivative(parameter);
        for (const path of leafPaths(this.root)) {
          const { places: { node }, leaf } = path[path.length - 1];
          if (isLeaf(node) && node.basis === b) add(place, path, leaf!.basisColumn(derivative));
        }
        numbers.reset(mark);
      }
    }
  }

  /** Adds what one parameter does by one node: to a column of the rows. */
  private addColumn(rows: Precise, nColumns: number, column: number, path: readonly SiteNode[], { sites, pull }: SiteColumn, request: ParameterRowsRequest): void {
    const { numbers, pairs } = this;
    const mark = numbers.mark();
    const own = path[path.length - 1];
    const energy = numbers.at(rows, column);
    for (let i = 0; i < pairs.nAtoms; i++) numbers.multiplyAdd(energy, numbers.at(own.adjoint, i), numbers.at(sites, i), energy);
    if (request.forces || request.virial) {
      const sums: DerivativeSums = { radial: numbers.vector(pairs.nPairs), forces: numbers.vector(3 * pairs.nAtoms), virial: request.virial ? numbers.vector(6) : undefined };
      pull(own.adjoint, sums);
      this.pullOtherFactors(path, sites, sums);
      this.scatterRadial(sums);
      const addTo = (firstRow: number, values: Precise, length: number): void => {
        for (let k = 0; k < length; k++) {
          const element = numbers.at(rows, (firstRow + k) * nColumns + column);
          numbers.add(element, element, numbers.at(values, k));
        }
      };
      if (request.forces) addTo(1, sums.forces, 3 * pairs.nAtoms);
      if (sums.virial !== undefined) addTo(1 + (request.forces ? 3 * pairs.nAtoms : 0), sums.virial, 6);
    }
    numbers.reset(mark);
  }

  /** For each product above: the other factor, with g times what the parameter does to this one. */
  private pullOtherFactors(path: readonly SiteNode[], sites: Precise, sums: DerivativeSums): void {
    const { numbers, pairs: { nAtoms } } = this;
    const change = numbers.vector(nAtoms);
    const g = numbers.vector(nAtoms);
    for (let i = 0; i < nAtoms; i++) numbers.set(numbers.at(change, i), numbers.at(sites, i));
    for (let depth = path.length - 2; depth >= 0; depth--) {
      const { places, adjoint, operands } = path[depth];
      if (places.node.op !== "product") continue;
      const other = operands[0] === path[depth + 1] ? operands[1] : operands[0];
      for (let i = 0; i < nAtoms; i++) numbers.multiply(numbers.at(g, i), numbers.at(adjoint, i), numbers.at(change, i));
      this.pullNode(other, g, sums);
      for (let i = 0; i < nAtoms; i++) numbers.multiply(numbers.at(change, i), numbers.at(change, i), numbers.at(other.energies, i));
    }
  }

  /** Adds derivatives of Σ_i g_i E_i of a node at fixed g. */
  private pullNode({ places, leaf, operands }: SiteNode, g: Precise, sums: DerivativeSums): void {
    if (leaf) return leaf.pull(g, sums);
    const { numbers, pairs: { nAtoms } } = this;
    for (const [k, operand] of operands.entries()) {
      if (places.node.op === "sum") {
        this.pullNode(operand, g, sums);
        continue;
      }
      const mark = numbers.mark();
      const product = numbers.vector(nAtoms);
      for (let i = 0; i < nAtoms; i++) numbers.multiply(numbers.at(product, i), numbers.at(g, i), numbers.at(operands[1 - k].energies, i));
      this.pullNode(operand, product, sums);
      numbers.reset(mark);
    }
  }

  /** Turns derivatives along pairs into forces and virial. */
  private scatterRadial({ radial, forces, virial }: DerivativeSums): void {
    const { numbers, pairs } = this;
    const mark = numbers.mark();
    const [t, d] = [numbers.vector(3), numbers.scalar()];
    for (let pair = 0; pair < pairs.nPairs; pair++) {
      const [s, u] = [numbers.at(radial, pair), numbers.at(pairs.direction, 3 * pair)];
      for (let axis = 0; axis < 3; axis++) {
        const component = numbers.at(t, axis);
        numbers.multiply(component, s, numbers.at(u, axis));
        const [own, other] = [numbers.at(forces, 3 * pairs.i[pair] + axis), numbers.at(forces, 3 * pairs.j[pair] + axis)];
        numbers.add(own, own, component);
        numbers.subtract(other, other, component);
      }
      if (virial === undefined) continue;
      for (const [k, [a, b]] of VOIGT.entries()) {
        numbers.multiply(d, numbers.at(pairs.distance, pair), numbers.at(u, b));
        numbers.negate(d, d);
        numbers.multiplyAdd(numbers.at(virial, k), d, numbers.at(t, a), numbers.at(virial, k));
      }
    }
    numbers.reset(mark);
  }
}

type AddColumn = (parameter: number, path: readonly SiteNode[], column: SiteColumn) => void;

/** Column of every parameter; −1 where it is left out. */
function columnsOf({ parameters }: ParameterLayout, linearOnly: boolean): number[] {
  let next = 0;
  return parameters.map(({ kind }) => (linearOnly && !isLinearKind(kind) ? -1 : next++));
}

/** Of every leaf its ancestors, the root first, and itself. */
function leafPaths(node: SiteNode, path: readonly SiteNode[] = []): (readonly SiteNode[])[] {
  const own = [...path, node];
  return node.leaf ? [own] : node.operands.flatMap((operand) => leafPaths(operand, own));
}
