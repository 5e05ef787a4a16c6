import { type ClusterBasis, clusterFeatureCount } from "../../../descriptors/cluster/basis.js";
import type { PreciseArithmetic } from "../../../math/precise/arithmetic.js";
import type { Precise } from "../../../math/precise/binding.js";
import type { ClusterFunctions, ContractedFunctions, DerivativeSums, FeatureSpan } from "./cluster-functions.js";
import { pairKind, type PrecisePairs } from "./pairs.js";
import type { PreciseRadial } from "./radial.js";

/** A factor of each kind of triplets, [species of the center][kind of the pair of neighbors]; absent: 1. */
export type TripletFactors = Float64Array | undefined;

/** Radial functions of the first and of the second neighbor of a triplet; both orders are added. */
export type RadialProduct = readonly [PreciseRadial, PreciseRadial];

/** A pair seen from its center. */
interface Neighbor {
  readonly pair: number;
  /** +1 where the direction of the pair points away from the center, else −1. */
  readonly sign: number;
  readonly atom: number;
  /** Of the directed pair. */
  readonly place: number;
}

/** Φ_νμq(i) = Σ_{j<k} w ½(φ_ν(r_ij) φ_μ(r_ik) + φ_μ(r_ij) φ_ν(r_ik)) P_q(cos θ_jik), ν ≤ μ, (48–50). */
export class ThreeBodyFunctions implements ClusterFunctions {
  readonly nFeatures: number;
  readonly values: Precise;
  /** ∂Φ_f(i)/∂d of directed pairs i → j, 2 nPairs × nFeatures × 3 */
  private readonly slopes: Precise;
  private readonly neighbors: readonly (readonly Neighbor[])[];

  /** @param products that are added: one for the functions, two for their derivative by a parameter of the radial functions */
  constructor(
    private readonly numbers: PreciseArithmetic,
    private readonly pairs: PrecisePairs,
    private readonly basis: ClusterBasis,
    private readonly nSpecies: number,
    products: readonly RadialProduct[],
    private readonly factors: TripletFactors,
  ) {
    this.nFeatures = clusterFeatureCount(basis, nSpecies);
    this.values = numbers.vector(pairs.nAtoms * this.nFeatures);
    this.slopes = numbers.vector(2 * pairs.nPairs * this.nFeatures * 3);
    this.neighbors = neighborsOf(pairs);
    this.addUp(products);
  }

  private addUp(products: readonly RadialProduct[]): void {
    const { numbers, pairs, nSpecies } = this;
    const nKinds = (nSpecies * (nSpecies + 1)) / 2;
    const mark = numbers.mark();
    const triplet = new Triplet(numbers, pairs, this.basis);
    for (const [center, neighbors] of this.neighbors.entries()) {
      for (let k = 1; k < neighbors.length; k++) {
        for (let j = 0; j < k; j++) {
          const kind = pairKind(pairs.species[neighbors[j].atom], pairs.species[neighbors[k].atom], nSpecies);
          const factor = this.factors?.[pairs.species[center] * nKinds + kind] ?? 1;
          if (factor === 0) continue;
          triplet.place(neighbors[j], neighbors[k]);
          for (const product of products) {
            triplet.add(product, factor, numbers.at(this.values, center * this.nFeatures), [neighbors[j], neighbors[k]].map(({ place }) => numbers.at(this.slopes, place * this.nFeatures * 3)));
          }
        }
      }
    }
    numbers.reset(mark);
  }

  pull(gamma: Precise, { first, count }: FeatureSpan, sums: DerivativeSums): void {
    const { numbers } = this;
    const mark = numbers.mark();
    const slope = numbers.vector(3);
    this.eachNeighbor((center, neighbor) => {
      for (let axis = 0; axis < 3; axis++) numbers.setNumber(numbers.at(slope, axis), 0);
      this.addSlope(slope, neighbor, numbers.at(gamma, center * count), { first, count });
      this.scatter(center, neighbor, slope, sums);
    });
    numbers.reset(mark);
  }

  contract(gamma: Precise): ContractedFunctions {
    const { numbers, pairs, nFeatures } = this;
    const slopes = numbers.vector(2 * pairs.nPairs * 3);
    this.eachNeighbor((center, neighbor) => this.addSlope(numbers.at(slopes, 3 * neighbor.place), neighbor, numbers.at(gamma, center * nFeatures), { first: 0, count: nFeatures }));
    return {
      pull: (g, sums) => {
        const mark = numbers.mark();
        const slope = numbers.vector(3);
        this.eachNeighbor((center, neighbor) => {
          for (let axis = 0; axis < 3; axis++) numbers.multiply(numbers.at(slope, axis), numbers.at(g, center), numbers.at(slopes, 3 * neighbor.place + axis));
          this.scatter(center, neighbor, slope, sums);
        });
        numbers.reset(mark);
      },
    };
  }

  private eachNeighbor(visit: (center: number, neighbor: Neighbor) => void): void {
    for (const [center, neighbors] of this.neighbors.entries()) for (const neighbor of neighbors) visit(center, neighbor);
  }

  /** Adds Σ_f Γ_f ∂Φ_f/∂d of a directed pair. */
  private addSlope(slope: Precise, { place }: Neighbor, gamma: Precise, { first, count }: FeatureSpan): void {
    const { numbers } = this;
    for (let k = 0; k < count; k++) {
      const [own, g] = [numbers.at(this.slopes, (place * this.nFeatures + first + k) * 3), numbers.at(gamma, k)];
      for (let axis = 0; axis < 3; axis++) numbers.multiplyAdd(numbers.at(slope, axis), g, numbers.at(own, axis), numbers.at(slope, axis));
    }
  }

  /** Adds a derivative by d to forces and virial. */
  private scatter(center: number, neighbor: Neighbor, slope: Precise, { forces, virial }: DerivativeSums): void {
    const { numbers } = this;
    for (let axis = 0; axis < 3; axis++) {
      const [own, other] = [numbers.at(forces, 3 * center + axis), numbers.at(forces, 3 * neighbor.atom + axis)];
      numbers.add(own, own, numbers.at(slope, axis));
      numbers.subtract(other, other, numbers.at(slope, axis));
    }
    if (virial !== undefined) this.addVirial(neighbor, slope, virial);
  }

  private addVirial({ pair, sign }: Neighbor, slope: Precise, virial: Precise): void {
    const { numbers, pairs } = this;
    const mark = numbers.mark();
    const d = numbers.scalar();
    for (const [k, [a, b]] of VOIGT.entries()) {
      numbers.multiply(d, numbers.at(pairs.distance, pair), numbers.at(pairs.direction, 3 * pair + b));
      numbers.scale(d, d, -sign);
      const sum = numbers.at(virial, k);
      numbers.multiplyAdd(sum, d, numbers.at(slope, a), sum);
    }
    numbers.reset(mark);
  }
}

/** xx, yy, zz, yz, xz, xy */
export const VOIGT = [[0, 0], [1, 1], [2, 2], [1, 2], [0, 2], [0, 1]] as const;

function neighborsOf({ nAtoms, nPairs, i, j }: PrecisePairs): Neighbor[][] {
  const neighbors = Array.from({ length: nAtoms }, (): Neighbor[] => []);
  for (let pair = 0; pair < nPairs; pair++) {
    neighbors[i[pair]].push({ pair, sign: 1, atom: j[pair], place: 2 * pair });
    neighbors[j[pair]].push({ pair, sign: -1, atom: i[pair], place: 2 * pair + 1 });
  }
  return neighbors;
}

/** One triplet: angle, Legendre polynomials, and all products of radial functions. */
class Triplet {
  /** Of both neighbors, away from the center. */
  private readonly directions: readonly Precise[];
  private readonly cosine: Precise;
  /** P_q and P_q′ up to the largest degree. */
  private readonly legendre: Precise;
  private readonly slopes: Precise;
  private readonly numbersOfOne: readonly Precise[];
  private both: readonly Neighbor[] = [];
  private readonly degrees: readonly number[];

  constructor(
    private readonly numbers: PreciseArithmetic,
    private readonly pairs: PrecisePairs,
    { degrees = [] }: ClusterBasis,
  ) {
    this.degrees = degrees;
    const length = Math.max(...degrees, 1) + 1;
    this.directions = [numbers.vector(3), numbers.vector(3)];
    this.cosine = numbers.scalar();
    [this.legendre, this.slopes] = [numbers.vector(length), numbers.vector(length)];
    this.numbersOfOne = Array.from({ length: 6 }, () => numbers.scalar());
  }

  place(...both: readonly Neighbor[]): void {
    const { numbers, pairs, cosine } = this;
    this.both = both;
    both.forEach(({ pair, sign }, k) => {
      for (let axis = 0; axis < 3; axis++) numbers.scale(numbers.at(this.directions[k], axis), numbers.at(pairs.direction, 3 * pair + axis), sign);
    });
    numbers.setNumber(cosine, 0);
    for (let axis = 0; axis < 3; axis++) numbers.multiplyAdd(cosine, numbers.at(this.directions[0], axis), numbers.at(this.directions[1], axis), cosine);
    this.placeLegendre();
  }

  /** (q + 1) P_{q+1} = (2q + 1) x P_q − q P_{q−1}; P′_{q+1} = P′_{q−1} + (2q + 1) P_q */
  private placeLegendre(): void {
    const { numbers, cosine, legendre, slopes } = this;
    const [t, divisor] = this.numbersOfOne;
    numbers.setNumber(legendre, 1);
    numbers.setNumber(slopes, 0);
    numbers.set(numbers.at(legendre, 1), cosine);
    numbers.setNumber(numbers.at(slopes, 1), 1);
    for (let q = 1; q < Math.max(...this.degrees); q++) {
      const [next, nextSlope] = [numbers.at(legendre, q + 1), numbers.at(slopes, q + 1)];
      numbers.scale(t, numbers.at(legendre, q), 2 * q + 1);
      numbers.add(nextSlope, numbers.at(slopes, q - 1), t);
      numbers.scale(next, numbers.at(legendre, q - 1), q);
      numbers.multiplySubtract(next, cosine, t, next);
      numbers.setNumber(divisor, q + 1);
      numbers.divide(next, next, divisor);
    }
  }

  /** @param slopes of both neighbors, features × 3 */
  add([first, second]: RadialProduct, factor: number, values: Precise, slopes: readonly Precise[]): void {
    const { numbers } = this;
    const [s, s1, s2] = this.numbersOfOne;
    const { size } = first;
    const [j, k] = this.both.map(({ pair }) => pair * size);
    let feature = 0;
    for (let nu = 0; nu < size; nu++) {
      for (let mu = nu; mu < size; mu++) {
        this.symmetrized(s, factor, first.values, second.values, j, k, nu, mu);
        this.symmetrized(s1, factor, first.slopes, second.values, j, k, nu, mu);
        this.symmetrized(s2, factor, first.values, second.slopes, j, k, nu, mu);
        for (const degree of this.degrees) {
          const value = numbers.at(values, feature);
          numbers.multiplyAdd(value, s, numbers.at(this.legendre, degree), value);
          this.addSlopes(degree, s, s1, 0, numbers.at(slopes[0], 3 * feature));
          this.addSlopes(degree, s, s2, 1, numbers.at(slopes[1], 3 * feature));
          feature++;
        }
      }
    }
  }

  /** factor · ½(a_ν(j) b_μ(k) + a_μ(j) b_ν(k)) */
  private symmetrized(result: Precise, factor: number, a: Precise, b: Precise, j: number, k: number, nu: number, mu: number): void {
    const { numbers } = this;
    numbers.multiply(result, numbers.at(a, j + mu), numbers.at(b, k + nu));
    numbers.multiplyAdd(result, numbers.at(a, j + nu), numbers.at(b, k + mu), result);
    numbers.scale(result, result, factor);
    numbers.scale(result, result, 0.5);
  }

  /** S′ P_q u + S P_q′ (v − cos θ u)/r, where u points to the neighbor and v to the other one */
  private addSlopes(degree: number, s: Precise, slope: Precise, which: number, out: Precise): void {
    const { numbers, pairs } = this;
    const [t, own] = [this.numbersOfOne[3], this.numbersOfOne[4]];
    numbers.multiply(t, s, numbers.at(this.slopes, degree));
    numbers.divide(t, t, numbers.at(pairs.distance, this.both[which].pair));
    numbers.multiply(own, t, this.cosine);
    numbers.multiplySubtract(own, slope, numbers.at(this.legendre, degree), own);
    const [u, v] = [this.directions[which], this.directions[1 - which]];
    for (let axis = 0; axis < 3; axis++) {
      const component = numbers.at(out, axis);
      numbers.multiplyAdd(component, own, numbers.at(u, axis), component);
      numbers.multiplyAdd(component, t, numbers.at(v, axis), component);
    }
  }
}
