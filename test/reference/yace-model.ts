// Potentials in the .yace form of pacemaker and ACEpotentials, on the descriptor `ace`: functions as lists of terms, embeddings, and cores.
import { polynomialSet } from "../../src/descriptors/ace/radial/polynomials.js";
import { Ace } from "../../src/descriptors/index.js";
import { aceParameters, type YaceColumn, yaceColumns } from "../../src/interop/pace/ace-of-yace.js";
import { parseYace } from "../../src/interop/pace/parse-yace.js";
import { isPolynomial, type Yace, type YaceBond as Bond, type YacePolynomials } from "../../src/interop/pace/yace-file.js";
import { composed, constant, exponential, inverse, type Jet, plus, scaled, times } from "../../src/math/jet.js";
import type { Executor } from "../../src/parallel/index.js";
import { atomicNumberOf } from "../../src/structures/index.js";
import { Calculator, type System, type SystemEnvironments } from "../descriptors/calculator.js";

/** eV Å */
const COULOMB = 14.399645351950543;

export interface YacePrediction {
  /** eV, of each atom */
  readonly energies: Float64Array;
  /** eV/Å, nAtoms × 3 */
  readonly forces: Float64Array;
  /** eV, −∂E/∂ε, 9 */
  readonly virial: Float64Array;
}

export class YaceModel {
  private readonly file: Yace;
  private readonly isPolynomial: boolean;
  /** For each column of the descriptor: whose it is, its density, none for the pair term, and by what it is multiplied. */
  private readonly columns: readonly (YaceColumn & { readonly element: number })[];
  private readonly descriptor: Ace;

  constructor(name: string, text: string) {
    this.file = parseYace(text, name);
    this.isPolynomial = isPolynomial(this.file.bonds[0][0]);
    const columns = this.file.elements.flatMap((_, element) => yaceColumns(this.file, element).map((column) => ({ ...column, element })));
    // columns of the pair term stand first
    const isPair = ({ entry }: YaceColumn): boolean => "pair" in entry;
    this.columns = [...columns.filter(isPair), ...columns.filter((column) => !isPair(column))];
    this.descriptor = new Ace(aceParameters(this.file, this.columns.map(({ entry }) => entry)));
  }

  predict(executor: Executor, system: System): YacePrediction {
    const { elements } = this.file;
    const species = elements.map(atomicNumberOf).sort((a, b) => a - b);
    const calculator = new Calculator(executor, this.descriptor, species);
    try {
      const environments = calculator.environments(system);
      const { values } = calculator.compute(environments);
      const nFeatures = calculator.nFeatures;
      const elementOf = (atom: number): number => elements.findIndex((symbol) => atomicNumberOf(symbol) === system.atomicNumbers[atom]);
      const gradients = new Float64Array(values.length);
      const result = { energies: new Float64Array(system.atomicNumbers.length), forces: new Float64Array(3 * system.atomicNumbers.length), virial: new Float64Array(9) };
      environments.list.centerAtoms.forEach((atom, center) => {
        const row = values.subarray(center * nFeatures, (center + 1) * nFeatures);
        const { energy, byColumn, pairs } = this.energyOf(elementOf(atom), row, this.neighborsOf(environments, center, elementOf));
        result.energies[atom] = energy;
        gradients.set(byColumn, center * nFeatures);
        for (const { pair, slope } of pairs) addForce(result, environments, atom, pair, unit(environments, pair).map((x) => slope * x));
      });
      const { backward } = calculator.compute(environments, { gradients });
      environments.list.centerAtoms.forEach((atom, center) => {
        for (let pair = environments.offsets[center]; pair < environments.offsets[center + 1]; pair++) addForce(result, environments, atom, pair, [...backward.subarray(3 * pair, 3 * pair + 3)]);
      });
      return result;
    } finally {
      calculator.release();
    }
  }

  private neighborsOf({ offsets, list, displacements }: SystemEnvironments, center: number, elementOf: (atom: number) => number): Neighbor[] {
    const own: Neighbor[] = [];
    for (let pair = offsets[center]; pair < offsets[center + 1]; pair++) {
      own.push({ pair, element: elementOf(list.neighborAtoms[pair]), r: Math.hypot(...displacements.subarray(3 * pair, 3 * pair + 3)) });
    }
    return own;
  }

  /** Energy of an atom with its derivatives by the columns of its row, and by the distances of its pairs. */
  private energyOf(element: number, row: Float64Array, neighbors: readonly Neighbor[]): { energy: number; byColumn: Float64Array; pairs: { pair: number; slope: number }[] } {
    const embedding = this.file.embeddings[element];
    const densities = Array.from({ length: embedding.ndensity }, () => 0);
    this.columns.forEach(({ element: own, density, coefficient }, f) => {
      if (own === element && density !== undefined) densities[density] += coefficient * row[f];
    });
    const embedded = densities.map((density, p) => scaled(embedding.FS_parameters[2 * p], embed(embedding.npoti, density, embedding.FS_parameters[2 * p + 1])));
    const fromFunctions = embedded.reduce((sum, [value]) => sum + value, 0);
    const core = this.coreOf(element, neighbors);
    const byColumn = Float64Array.from(this.columns, ({ element: own, density, coefficient }) => {
      if (own !== element) return 0;
      return density === undefined ? coefficient : core.share * embedded[density][1] * coefficient;
    });
    let pairEnergy = 0;
    this.columns.forEach(({ element: own, density, coefficient }, f) => {
      if (own === element && density === undefined) pairEnergy += coefficient * row[f];
    });
    const repulsion = this.repulsion(element, neighbors);
    const pairs = [...core.pairs(fromFunctions), ...repulsion.pairs];
    return { energy: core.share * fromFunctions + core.energy + pairEnergy + repulsion.energy + this.file.E0[element], byColumn, pairs };
  }

  /** What the core adds, by which share the functions count, and derivatives by distances. */
  private coreOf(element: number, neighbors: readonly Neighbor[]): Core {
    if (this.isPolynomial) return { share: 1, energy: 0, pairs: () => [] };
    const within = neighbors.map((own) => ({ ...own, bond: this.bondOf(element, own.element) })).filter(({ r, bond }) => r < bond.rcut);
    const phis = within.map(({ r, bond, element: other }) => this.coreFunction(element, other, r, bond));
    const density = phis.reduce((sum, [value]) => sum + value, 0);
    if (within.some(({ bond }) => bond.inner_cutoff_type === "zbl")) return zblCore(within, phis, density);
    const { rho_core_cutoff: cutoff, drho_core_cutoff: width } = this.file.embeddings[element];
    const [share, slope] = fade(density, cutoff, width);
    return { share, energy: density, pairs: (functions) => within.map(({ pair }, i) => ({ pair, slope: phis[i][1] * (1 + slope * functions) })) };
  }

  private coreFunction(element: number, other: number, r: number, bond: Bond): Jet {
    const type = bond.inner_cutoff_type ?? "density";
    if (type === "zbl") {
      const [a, b] = [element, other].map((own) => atomicNumberOf(this.file.elements[own]));
      return scaled((bond.prehc! * COULOMB * a * b) / 2, times(universal(r, a, b, bond), fade(r, bond.rcut, bond.dcut!)));
    }
    const lambda = Math.abs(bond.lambdahc ?? 1);
    if (lambda * r * r >= 50) return constant(0);
    const cosine: Jet = [0.5 * (1 + Math.cos((Math.PI * r) / bond.rcut)), ((-0.5 * Math.PI) / bond.rcut) * Math.sin((Math.PI * r) / bond.rcut), 0];
    const phi = scaled(Math.abs(bond.prehc ?? 0), times(times(exponential([-lambda * r * r, -2 * lambda * r, 0]), inverse([r, 1, 0])), cosine));
    return type === "distance" ? times(phi, fade(r, bond.rcut_in!, bond.dcut_in!)) : phi;
  }

  /** Close pairs of a polynomial pair term follow an exponential instead. */
  private repulsion(element: number, neighbors: readonly Neighbor[]): { energy: number; pairs: { pair: number; slope: number }[] } {
    const { polypairpot, reppot } = this.file;
    if (!polypairpot || !reppot) return { energy: 0, pairs: [] };
    const jets: Jet[] = [];
    const pairs = neighbors.flatMap(({ pair, r, element: other }) => {
      const own = reppot[element][other];
      if (!own || r > own.ri) return [];
      polynomialSet(polynomialsOf(polypairpot)).pieces[0].functions(r, jets);
      const replaced = polypairpot.coefficients[element][other].reduce<Jet>((sum, factor, n) => plus(sum, scaled(factor, jets[n])), constant(0));
      const core = plus(constant(own.e0), times(scaled(own.B * own.ri, exponential([-own.A * (r / own.ri - 1), -own.A / own.ri, 0])), inverse([r, 1, 0])));
      const [value, slope] = scaled(0.5, plus(core, scaled(-1, replaced)));
      return [{ pair, slope, value }];
    });
    return { energy: pairs.reduce((sum, { value }) => sum + value, 0), pairs };
  }

  private bondOf(element: number, other: number): Bond {
    return this.file.bonds[element][other];
  }
}

interface Neighbor {
  readonly pair: number;
  readonly element: number;
  /** Å */
  readonly r: number;
}

interface Core {
  readonly share: number;
  readonly energy: number;
  pairs(functions: number): { pair: number; slope: number }[];
}

/** Ends in x to ends in r: x = ((1 + r0) / (1 + r))^p. */
function polynomialsOf({ p, r0, xl, xr, pl, pr, maxn, recursion_coefficients: { A, B, C } }: YacePolynomials) {
  const distance = (x: number): number => (1 + r0) / x ** (1 / p) - 1;
  return {
    size: maxn,
    bondLength: r0,
    cutoff: distance(xl),
    innerCutoff: Math.max(0, distance(xr)),
    transform: { type: "inverse-power" as const, p },
    envelope: { type: "polynomial" as const, inner: pr, outer: pl },
    recursion: { a: A, b: B, c: C },
  };
}

function embed(type: string, density: number, m: number): Jet {
  if (m === 1) return [density, 1, 0];
  const [sign, size] = [Math.sign(density), Math.abs(density)];
  const own: Jet = [size, 1, 0];
  if (type === "FinnisSinclairShiftedScaled") {
    const u = 1 / m;
    const decay = exponential([-size, -1, 0]);
    const [x0, y0] = [scaled(u ** (u / (1 - u)), decay), scaled(u ** (1 / (1 - u)), decay)];
    const [value, slope] = plus(power(plus(x0, own), m), scaled(-1, y0));
    return [sign * value, slope, 0];
  }
  if (type !== "FinnisSinclair") throw new Error(`the suite does not know the embedding ${type}`);
  const gauss = exponential([-((1e6 * size) ** 3), -3e6 * (1e6 * size) ** 2, 0]);
  const [value, slope] = plus(times(plus(constant(1), scaled(-1, gauss)), size === 0 ? constant(0) : power(own, m)), scaled(10 ** (-6 * (m - 1)), times(gauss, own)));
  return [sign * value, slope, 0];
}

function power(base: Jet, m: number): Jet {
  return composed([base[0] ** m, m * base[0] ** (m - 1), 0], base);
}

/** 1 below a − w, 0 above a. */
function fade(x: number, a: number, w: number): Jet {
  if (x <= a - w) return constant(1);
  if (x >= a) return constant(0);
  const t = 1 - 2 * (1 + (x - a) / w);
  return [0.5 + 3.75 * (t / 4 - t ** 3 / 6 + t ** 5 / 20), (3.75 * (0.25 - 0.5 * t * t + 0.25 * t ** 4) * -2) / w, 0];
}

function zblCore(within: readonly (Neighbor & { bond: Bond })[], phis: readonly Jet[], density: number): Core {
  const depth = ({ r, bond }: { r: number; bond: Bond }): number => r - bond.rcut_in! + bond.dcut_in!;
  const nearest = within.reduce((best, own) => (depth(own) < depth(best) ? own : best));
  const width = nearest.bond.dcut_in!;
  const [share, slope] = fade(width - depth(nearest), width, width);
  return {
    share,
    energy: (1 - share) * density,
    pairs: (functions) => [...within.map(({ pair }, i) => ({ pair, slope: phis[i][1] * (1 - share) })), { pair: nearest.pair, slope: -slope * (functions - density) }],
  };
}

/** Σ c e^{−b r/a} / r with what makes value, slope and curvature end at the cutoff. */
function universal(r: number, zi: number, zj: number, { rcut, dcut = 0 }: Bond): Jet {
  const a = 0.4685 / (zi ** 0.23 + zj ** 0.23);
  const terms = [[0.02817, 0.20162], [0.28022, 0.4029], [0.50986, 0.94229], [0.18175, 3.1998]];
  const at = (x: number): Jet => terms.reduce<Jet>((sum, [c, b]) => plus(sum, times(scaled(c, exponential([(-b * x) / a, -b / a, 0])), inverse([x, 1, 0]))), constant(0));
  const [value, first, second] = at(rcut);
  const t = Math.max(0, r - (rcut - dcut));
  const [A, B] = [(-3 * first + dcut * second) / dcut ** 2, (2 * first - dcut * second) / dcut ** 3];
  const C = -value + (dcut / 2) * first - (dcut ** 2 / 12) * second;
  return plus(at(r), [(A / 3) * t ** 3 + (B / 4) * t ** 4 + C, A * t ** 2 + B * t ** 3, 0]);
}

function unit({ displacements }: SystemEnvironments, pair: number): number[] {
  const vector = [...displacements.subarray(3 * pair, 3 * pair + 3)];
  const r = Math.hypot(...vector);
  return vector.map((x) => x / r);
}

/** A derivative by the displacement of a pair. */
function addForce({ forces, virial }: Omit<YacePrediction, "energies">, { list, displacements }: SystemEnvironments, atom: number, pair: number, slope: readonly number[]): void {
  for (let k = 0; k < 3; k++) {
    forces[3 * list.neighborAtoms[pair] + k] -= slope[k];
    forces[3 * atom + k] += slope[k];
    for (let l = 0; l < 3; l++) virial[3 * k + l] -= slope[k] * displacements[3 * pair + l];
  }
}
