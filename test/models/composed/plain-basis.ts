import { type ClusterBasis, type ClusterCutoff, clusterFeatureCount, hasSpeciesWeights, speciesPairs, speciesWeightCount } from "../../../src/descriptors/cluster/basis.js";

/** Atoms of a small structure, species as indices. */
export interface PlainStructure {
  readonly species: readonly number[];
  /** Å, [atom][xyz] */
  readonly positions: readonly (readonly number[])[];
  /** Å, rows; ignored along directions that are not periodic */
  readonly cell: readonly (readonly number[])[];
  readonly pbc: readonly boolean[];
}

/** An atom or image within the cutoff. */
export interface PlainNeighbor {
  readonly atom: number;
  readonly r: number;
  /** From the center. */
  readonly d: readonly number[];
  readonly u: readonly number[];
}

/** Neighbors of every atom by trying all images. */
export function plainNeighbors({ positions, cell, pbc }: PlainStructure, radius: number): PlainNeighbor[][] {
  const reach = pbc.map((isPeriodic, axis) => (isPeriodic ? Math.ceil(radius / height(cell, axis)) + 1 : 0));
  return positions.map((center) => {
    const found: PlainNeighbor[] = [];
    for (const [atom, position] of positions.entries()) {
      for (let a = -reach[0]; a <= reach[0]; a++) {
        for (let b = -reach[1]; b <= reach[1]; b++) {
          for (let c = -reach[2]; c <= reach[2]; c++) {
            const d = position.map((x, k) => x - center[k] + (reach[0] ? a * cell[0][k] : 0) + (reach[1] ? b * cell[1][k] : 0) + (reach[2] ? c * cell[2][k] : 0));
            const r = Math.hypot(...d);
            if (r > 0 && r < radius) found.push({ atom, r, d, u: d.map((x) => x / r) });
          }
        }
      }
    }
    return found;
  });
}

function height(cell: PlainStructure["cell"], axis: number): number {
  const [a, b] = [cell[(axis + 1) % 3], cell[(axis + 2) % 3]];
  const normal = [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
  return Math.abs(normal.reduce((sum, x, k) => sum + x * cell[axis][k], 0)) / Math.hypot(...normal);
}

/** f_c and its derivative, 1/Å. */
export function plainCutoff({ radius, function: name }: ClusterCutoff, r: number): [number, number] {
  const x = r / radius;
  if (x >= 1) return [0, 0];
  if (name === "poly4") return [(1 - x * x) ** 4, (-8 * x * (1 - x * x) ** 3) / radius];
  if (name === "smoothstep7") return [1 - 35 * x ** 4 + 84 * x ** 5 - 70 * x ** 6 + 20 * x ** 7, (-140 * x ** 3 * (1 - x) ** 3) / radius];
  const value = Math.exp(1 - 1 / (1 - x * x));
  return [value, (value * -2 * x) / (1 - x * x) ** 2 / radius];
}

/** Values of one basis, as it takes them from a list of parameters. */
export interface PlainBasisValues {
  readonly alpha: number;
  readonly beta: number;
  /** As `speciesWeightCount`; empty: all 1 */
  readonly weights: readonly number[];
}

/** φ_ν, φ_ν′ and, for Gaussians, the derivatives of both by α and β. */
interface Radial {
  readonly value: number;
  readonly slope: number;
  readonly byParameter: readonly (readonly [number, number])[];
}

function radial(basis: ClusterBasis, cutoff: ClusterCutoff, { alpha, beta }: PlainBasisValues, nu: number, r: number): Radial {
  const [f, df] = plainCutoff(cutoff, r);
  if (basis.radial === "chebyshev") {
    const x = (2 * r) / cutoff.radius - 1;
    const t = Math.cos(nu * Math.acos(x));
    const dt = nu === 0 ? 0 : (nu * Math.sin(nu * Math.acos(x))) / Math.sin(Math.acos(x));
    return { value: f * t, slope: df * t + (f * dt * 2) / cutoff.radius, byParameter: [] };
  }
  const exponent = alpha * beta ** nu;
  const gaussian = Math.exp(-exponent * r * r);
  const value = f * gaussian;
  const slope = (df - 2 * exponent * r * f) * gaussian;
  const byExponent = [-r * r * value, -2 * r * value - r * r * slope] as const;
  return { value, slope, byParameter: [beta ** nu, alpha * nu * beta ** (nu - 1)].map((rate) => [rate * byExponent[0], rate * byExponent[1]] as const) };
}

/** Features of one site with their derivatives: by the displacement of each neighbor [feature][3 neighbor + axis], and both by each parameter of the basis. */
export interface PlainFeatures {
  readonly values: number[];
  readonly slopes: number[][];
  /** α, β, weights, as far as the basis has them. */
  readonly byParameter: { readonly values: number[]; readonly slopes: number[][] }[];
}

/** Sums over neighbors, or over all pairs of them. */
export function plainFeatures(basis: ClusterBasis, cutoff: ClusterCutoff, values: PlainBasisValues, structure: PlainStructure, nSpecies: number, center: number, neighbors: readonly PlainNeighbor[]): PlainFeatures {
  return new FeatureSums(basis, cutoff, values, structure, nSpecies, neighbors).of(center);
}

class FeatureSums {
  private readonly nFeatures: number;
  private readonly nExponents: number;
  private readonly sums: PlainFeatures;

  constructor(
    private readonly basis: ClusterBasis,
    private readonly cutoff: ClusterCutoff,
    private readonly given: PlainBasisValues,
    private readonly structure: PlainStructure,
    private readonly nSpecies: number,
    private readonly neighbors: readonly PlainNeighbor[],
  ) {
    this.nFeatures = clusterFeatureCount(basis, nSpecies);
    this.nExponents = basis.radial === "gaussian" ? 2 : 0;
    this.sums = { ...this.zeros(), byParameter: Array.from({ length: this.nExponents + speciesWeightCount(basis, nSpecies) }, () => this.zeros()) };
  }

  private zeros(): { values: number[]; slopes: number[][] } {
    return { values: new Array<number>(this.nFeatures).fill(0), slopes: Array.from({ length: this.nFeatures }, () => new Array<number>(3 * this.neighbors.length).fill(0)) };
  }

  of(center: number): PlainFeatures {
    if (this.basis.body === 2) this.addPairs(center);
    else this.addTriplets(center);
    return this.sums;
  }

  private pairIndex(a: number, b: number): number {
    return speciesPairs(this.nSpecies).findIndex(([i, j]) => i === Math.min(a, b) && j === Math.max(a, b));
  }

  private addPairs(center: number): void {
    const { basis, given, structure } = this;
    const isWeighted = hasSpeciesWeights(basis, this.nSpecies);
    for (const [n, { atom, r, u }] of this.neighbors.entries()) {
      const pair = this.pairIndex(structure.species[center], structure.species[atom]);
      for (let nu = 0; nu < basis.size; nu++) {
        const feature = basis.species === "channels" ? pair * basis.size + nu : nu;
        const place = pair * basis.size + nu;
        const weight = isWeighted ? (given.weights[place] ?? 1) : 1;
        const own = radial(basis, this.cutoff, given, nu, r);
        const add = (to: { values: number[]; slopes: number[][] }, value: number, slope: number): void => {
          to.values[feature] += value;
          for (let k = 0; k < 3; k++) to.slopes[feature][3 * n + k] += slope * u[k];
        };
        add(this.sums, weight * own.value, weight * own.slope);
        for (const [p, [value, slope]] of own.byParameter.entries()) add(this.sums.byParameter[p], weight * value, weight * slope);
        if (isWeighted) add(this.sums.byParameter[this.nExponents + place], own.value, own.slope);
      }
    }
  }

  private addTriplets(center: number): void {
    for (let j = 0; j < this.neighbors.length; j++) for (let k = j + 1; k < this.neighbors.length; k++) this.addTriplet(center, j, k);
  }

  private addTriplet(center: number, j: number, k: number): void {
    const { basis, given, structure, neighbors, nSpecies } = this;
    const [a, b] = [neighbors[j], neighbors[k]];
    const { degrees = [], size } = basis;
    const place = structure.species[center] * speciesPairs(nSpecies).length + this.pairIndex(structure.species[a.atom], structure.species[b.atom]);
    const isWeighted = hasSpeciesWeights(basis, nSpecies);
    const weight = isWeighted ? (given.weights[place] ?? 1) : 1;
    const cosine = a.u.reduce((sum, x, axis) => sum + x * b.u[axis], 0);
    const ra = Array.from({ length: size }, (_, nu) => radial(basis, this.cutoff, given, nu, a.r));
    const rb = Array.from({ length: size }, (_, nu) => radial(basis, this.cutoff, given, nu, b.r));
    let feature = 0;
    for (let nu = 0; nu < size; nu++) {
      for (let mu = nu; mu < size; mu++) {
        for (const degree of degrees) {
          const [p, dp] = legendre(degree, cosine);
          // value and slopes along both legs of φ_ν(a) φ_μ(b), each of four numbers changed or not
          const add = (to: { values: number[]; slopes: number[][] }, factor: number, [va, sa]: readonly number[], [vb, sb]: readonly number[]): void => {
            to.values[feature] += factor * va * vb * p;
            for (let axis = 0; axis < 3; axis++) {
              to.slopes[feature][3 * j + axis] += factor * (sa * vb * p * a.u[axis] + (va * vb * dp * (b.u[axis] - cosine * a.u[axis])) / a.r);
              to.slopes[feature][3 * k + axis] += factor * (va * sb * p * b.u[axis] + (va * vb * dp * (a.u[axis] - cosine * b.u[axis])) / b.r);
            }
          };
          for (const [m, n] of [[nu, mu], [mu, nu]]) {
            const [first, second] = [ra[m], rb[n]];
            const [valueA, valueB] = [[first.value, first.slope], [second.value, second.slope]];
            add(this.sums, 0.5 * weight, valueA, valueB);
            for (let q = 0; q < this.nExponents; q++) {
              add(this.sums.byParameter[q], 0.5 * weight, first.byParameter[q], valueB);
              add(this.sums.byParameter[q], 0.5 * weight, valueA, second.byParameter[q]);
            }
            if (isWeighted) add(this.sums.byParameter[this.nExponents + place], 0.5, valueA, valueB);
          }
          feature++;
        }
      }
    }
  }
}

function legendre(degree: number, x: number): [number, number] {
  let [before, value, slopeBefore, slope] = [0, 1, 0, 0];
  for (let l = 1; l <= degree; l++) {
    [before, value, slopeBefore, slope] = [value, ((2 * l - 1) * x * value - (l - 1) * before) / l, slope, ((2 * l - 1) * (value + x * slope) - (l - 1) * slopeBefore) / l];
  }
  return [value, slope];
}
