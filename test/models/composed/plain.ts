import { layoutParameters, type NodePlaces, type ParameterLayout, isLinearKind } from "../../../src/models/composed/parameters.js";
import { type ComposedForm, type ComposedLeaf, type ComposedNode, isLeaf } from "../../../src/models/composed/tree.js";
import { plainCutoff, type PlainFeatures, plainFeatures, type PlainNeighbor, plainNeighbors, type PlainStructure } from "./plain-basis.js";

export type { PlainStructure } from "./plain-basis.js";

/** What the readable twin predicts. */
export interface PlainPrediction {
  readonly energy: number;
  readonly siteEnergies: number[];
  /** [3 atom + axis] */
  readonly forces: number[];
  /** Row-major −dE/dε. */
  readonly virial: number[];
  /** ∂E/∂p in the order of the layout. */
  readonly gradient: number[];
}

/** Numbers per site and feature. */
type Sites = number[][];

/** A quantity and its derivative by one parameter. */
interface LeafState {
  readonly x: Sites;
  readonly g: number[];
}

/** Composed potentials in plain TypeScript with dense arrays, for any tree: twin of the WebAssembly evaluator. Parameters raw, in the order of the layout. */
export class PlainComposed {
  readonly layout: ParameterLayout;
  private readonly neighbors: PlainNeighbor[][];
  /** [basis][atom] */
  private readonly features: PlainFeatures[][];
  private readonly energies = new Map<ComposedNode, number[]>();
  private readonly adjoints = new Map<ComposedNode, number[]>();
  private readonly leaves: NodePlaces[];

  constructor(
    private readonly form: ComposedForm,
    private readonly structure: PlainStructure,
    private readonly values: Float64Array | readonly number[],
    nSpecies = Math.max(...structure.species) + 1,
  ) {
    this.layout = layoutParameters(form, nSpecies);
    this.neighbors = plainNeighbors(structure, form.cutoff.radius);
    this.features = form.bases.map((basis, b) => {
      const { alpha, beta, weights, nWeights } = this.layout.bases[b];
      const given = { alpha: values[alpha], beta: values[beta], weights: Array.from({ length: nWeights }, (_, i) => values[weights + i]) };
      return structure.species.map((_, atom) => plainFeatures(basis, form.cutoff, given, structure, nSpecies, atom, this.neighbors[atom]));
    });
    this.leaves = this.layout.nodes.filter(({ node }) => isLeaf(node));
    for (const { node } of [...this.layout.nodes].reverse()) this.energies.set(node, this.energyOf(node));
    this.adjoints.set(form.root, structure.species.map(() => 1));
    for (const { node } of this.layout.nodes) this.passAdjoint(node);
  }

  predict(): PlainPrediction {
    const siteEnergies = this.energies.get(this.form.root)!;
    const { forces, virial } = this.gradientBy(this.leaves.map((leaf) => this.pull(leaf)));
    const gradient = this.layout.parameters.map((_, p) => this.energyDerivative(p));
    return { energy: siteEnergies.reduce((sum, e) => sum + e, 0), siteEnergies, forces, virial, gradient };
  }

  /** Rows × columns: the energy, forces, and the virial in the order xx yy zz yz xz xy as far as asked for. */
  rows({ forces = true, virial = false, linearOnly = false } = {}): number[][] {
    const columns = this.layout.parameters.flatMap(({ kind }, p) => (linearOnly && !isLinearKind(kind) ? [] : [this.column(p)]));
    const rowsOf = (pick: (column: ReturnType<PlainComposed["column"]>) => number[]): number[][] => pick(columns[0]).map((_, row) => columns.map((column) => pick(column)[row]));
    const voigt = [0, 4, 8, 5, 2, 1];
    return [...rowsOf(({ energy }) => [energy]), ...(forces ? rowsOf((column) => column.forces) : []), ...(virial ? rowsOf((column) => voigt.map((c) => column.virial[c])) : [])];
  }

  private energyDerivative(p: number): number {
    return this.tangentOf(p).energies.get(this.form.root)!.reduce((sum, e) => sum + e, 0);
  }

  private column(p: number): { energy: number; forces: number[]; virial: number[] } {
    const tangent = this.tangentOf(p);
    return { energy: this.energyDerivative(p), ...this.gradientBy(this.leaves.map((leaf) => this.pull(leaf)), this.leaves.map((leaf) => this.pullTangent(leaf, p, tangent)), p) };
  }

  private energyOf(node: ComposedNode): number[] {
    const { shift, coefficients, exponents } = this.placesOf(node);
    const { species } = this.structure;
    const shifts = species.map((s) => (shift < 0 ? 0 : this.values[shift + s]));
    if (!isLeaf(node)) {
      const [left, right] = [this.energies.get(node.left)!, this.energies.get(node.right)!];
      return left.map((e, i) => shifts[i] + (node.op === "sum" ? e + right[i] : e * right[i]));
    }
    const x = this.inputs(node);
    return x.map((row, i) => {
      let sum = shifts[i];
      for (const [f, value] of row.entries()) {
        if (node.op === "linear") sum += this.values[coefficients + f] * value;
        else for (let l = 0; l < node.nExponents; l++) sum += this.values[coefficients + f * node.nExponents + l] * Math.exp(this.values[exponents + l] * value);
      }
      return sum;
    });
  }

  private passAdjoint(node: ComposedNode): void {
    if (isLeaf(node)) return;
    const g = this.adjoints.get(node)!;
    const [left, right] = [this.energies.get(node.left)!, this.energies.get(node.right)!];
    this.adjoints.set(node.left, node.op === "sum" ? g : g.map((value, i) => value * right[i]));
    this.adjoints.set(node.right, node.op === "sum" ? g : g.map((value, i) => value * left[i]));
  }

  private placesOf(node: ComposedNode): NodePlaces {
    return this.layout.nodes.find((entry) => entry.node === node)!;
  }

  /** Φ or Ψ of all sites, or their derivatives by parameter q of the basis. */
  private inputs(leaf: ComposedLeaf, q?: number): Sites {
    const own = this.features[leaf.basis].map((features) => (q === undefined ? features.values : features.byParameter[q].values));
    if (leaf.op !== "neighborExp") return own;
    return this.neighbors.map((list, i) => own[i].map((_, f) => list.reduce((sum, { atom, r }) => sum + plainCutoff(this.form.cutoff, r)[0] * own[atom][f], 0)));
  }

  /** Which parameter of its basis p is, for a leaf; undefined: none. */
  private basisParameter({ basis }: ComposedLeaf, p: number): number | undefined {
    const { alpha, weights, nWeights } = this.layout.bases[basis];
    const nExponents = alpha < 0 ? 0 : 2;
    if (alpha >= 0 && (p === alpha || p === alpha + 1)) return p - alpha;
    return weights >= 0 && p >= weights && p < weights + nWeights ? nExponents + p - weights : undefined;
  }

  /** Site energies of all nodes and adjoints, differentiated by p. */
  private tangentOf(p: number): { energies: Map<ComposedNode, number[]>; adjoints: Map<ComposedNode, number[]> } {
    const energies = new Map<ComposedNode, number[]>();
    for (const places of [...this.layout.nodes].reverse()) {
      const { node, shift } = places;
      const shifts = this.structure.species.map((s) => (shift >= 0 && p === shift + s ? 1 : 0));
      if (isLeaf(node)) energies.set(node, this.leafTangent(node, places, p).map((e, i) => e + shifts[i]));
      else {
        const [a, b, da, db] = [this.energies.get(node.left)!, this.energies.get(node.right)!, energies.get(node.left)!, energies.get(node.right)!];
        energies.set(node, a.map((_, i) => shifts[i] + (node.op === "sum" ? da[i] + db[i] : da[i] * b[i] + a[i] * db[i])));
      }
    }
    const adjoints = new Map<ComposedNode, number[]>([[this.form.root, this.structure.species.map(() => 0)]]);
    for (const { node } of this.layout.nodes) {
      if (isLeaf(node)) continue;
      const [g, dg] = [this.adjoints.get(node)!, adjoints.get(node)!];
      const by = (other: ComposedNode): number[] => (node.op === "sum" ? dg : dg.map((value, i) => value * this.energies.get(other)![i] + g[i] * energies.get(other)![i]));
      adjoints.set(node.left, by(node.right));
      adjoints.set(node.right, by(node.left));
    }
    return { energies, adjoints };
  }

  /** ∂E_leaf(i)/∂p without the shift. */
  private leafTangent(leaf: ComposedLeaf, { coefficients, nCoefficients, exponents }: NodePlaces, p: number): number[] {
    const x = this.inputs(leaf);
    const q = this.basisParameter(leaf, p);
    const dx = q === undefined ? undefined : this.inputs(leaf, q);
    const c = (f: number, l = 0): number => this.values[coefficients + (leaf.op === "linear" ? f : f * leaf.nExponents + l)];
    return x.map((row, i) => {
      if (leaf.op === "linear") return (p >= coefficients && p < coefficients + nCoefficients ? row[p - coefficients] : 0) + (dx ? row.reduce((sum, _, f) => sum + c(f) * dx[i][f], 0) : 0);
      let sum = 0;
      for (const [f, value] of row.entries()) {
        for (let l = 0; l < leaf.nExponents; l++) {
          const xi = this.values[exponents + l];
          const h = Math.exp(xi * value);
          if (p === coefficients + f * leaf.nExponents + l) sum += h;
          if (p === exponents + l) sum += c(f, l) * value * h;
          if (dx) sum += c(f, l) * xi * h * dx[i][f];
        }
      }
      return sum;
    });
  }

  /** λ = g ∂E_leaf/∂X. */
  private pull({ node, coefficients, exponents }: NodePlaces): LeafState {
    const leaf = node as ComposedLeaf;
    const g = this.adjoints.get(node)!;
    const x = this.inputs(leaf).map((row, i) => row.map((value, f) => g[i] * this.slopeOf(leaf, coefficients, exponents, f, value)));
    return { x, g };
  }

  private slopeOf(leaf: ComposedLeaf, coefficients: number, exponents: number, f: number, value: number): number {
    if (leaf.op === "linear") return this.values[coefficients + f];
    let sum = 0;
    for (let l = 0; l < leaf.nExponents; l++) sum += this.values[coefficients + f * leaf.nExponents + l] * this.values[exponents + l] * Math.exp(this.values[exponents + l] * value);
    return sum;
  }

  /** The derivative of λ by p. */
  private pullTangent({ node, coefficients, exponents }: NodePlaces, p: number, { adjoints }: { adjoints: Map<ComposedNode, number[]> }): LeafState {
    const leaf = node as ComposedLeaf;
    const [g, dg] = [this.adjoints.get(node)!, adjoints.get(node)!];
    const q = this.basisParameter(leaf, p);
    const dx = q === undefined ? undefined : this.inputs(leaf, q);
    const x = this.inputs(leaf).map((row, i) =>
      row.map((value, f) => {
        let own = 0;
        if (leaf.op === "linear") own = p === coefficients + f ? 1 : 0;
        else {
          for (let l = 0; l < leaf.nExponents; l++) {
            const [c, xi] = [this.values[coefficients + f * leaf.nExponents + l], this.values[exponents + l]];
            const h = Math.exp(xi * value);
            if (p === coefficients + f * leaf.nExponents + l) own += xi * h;
            if (p === exponents + l) own += c * (1 + xi * value) * h;
            if (dx) own += c * xi * xi * h * dx[i][f];
          }
        }
        return dg[i] * this.slopeOf(leaf, coefficients, exponents, f, value) + g[i] * own;
      }),
    );
    return { x, g: dg };
  }

  /** Forces and virial of Σ λ X; with tangents those of its derivative by p. */
  private gradientBy(pulls: readonly LeafState[], tangents?: readonly LeafState[], p = -1): { forces: number[]; virial: number[] } {
    const forces = new Array<number>(3 * this.structure.species.length).fill(0);
    const virial = new Array<number>(9).fill(0);
    for (const [n, { node }] of this.leaves.entries()) {
      const leaf = node as ComposedLeaf;
      const q = tangents && this.basisParameter(leaf, p);
      const main = (tangents ?? pulls)[n].x;
      this.addLeaf(leaf, main, undefined, forces, virial);
      if (q !== undefined) this.addLeaf(leaf, pulls[n].x, q, forces, virial);
    }
    return { forces, virial };
  }

  /** λ against the slopes of X, or of its derivative by parameter q of the basis. */
  private addLeaf(leaf: ComposedLeaf, lambda: Sites, q: number | undefined, forces: number[], virial: number[]): void {
    const pick = (i: number): { values: number[]; slopes: number[][] } => (q === undefined ? this.features[leaf.basis][i] : this.features[leaf.basis][i].byParameter[q]);
    const isOuter = leaf.op === "neighborExp";
    const weights = isOuter ? lambda.map((row) => row.map(() => 0)) : lambda;
    for (const [i, list] of this.neighbors.entries()) {
      for (const { atom, r, u, d } of isOuter ? list : []) {
        const [f, df] = plainCutoff(this.form.cutoff, r);
        let slope = 0;
        for (const [k, value] of lambda[i].entries()) {
          weights[atom][k] += f * value;
          slope += df * value * pick(atom).values[k];
        }
        addPair(i, atom, u.map((x) => slope * x), d, forces, virial);
      }
    }
    for (const [i, list] of this.neighbors.entries()) {
      for (const [n, { atom, d }] of list.entries()) {
        const v = [0, 1, 2].map((axis) => weights[i].reduce((sum, value, k) => sum + value * pick(i).slopes[k][3 * n + axis], 0));
        addPair(i, atom, v, d, forces, virial);
      }
    }
  }
}

/** v: derivative of the energy by the displacement d of j from i. */
function addPair(i: number, j: number, v: readonly number[], d: readonly number[], forces: number[], virial: number[]): void {
  for (let a = 0; a < 3; a++) {
    forces[3 * i + a] += v[a];
    forces[3 * j + a] -= v[a];
    for (let b = 0; b < 3; b++) virial[3 * a + b] -= v[a] * d[b];
  }
}
