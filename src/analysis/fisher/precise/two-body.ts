import { type ClusterBasis, clusterFeatureCount } from "../../../descriptors/cluster/basis.js";
import type { PreciseArithmetic } from "../../../math/precise/arithmetic.js";
import type { Precise } from "../../../math/precise/binding.js";
import type { ClusterFunctions, ContractedFunctions, DerivativeSums, FeatureSpan } from "./cluster-functions.js";
import type { PrecisePairs } from "./pairs.js";
import type { PreciseRadial } from "./radial.js";

/** A factor of the radial functions of each kind of pairs, [kind][ν]; absent: 1. */
export type PairFactors = Float64Array | undefined;

/** Φ_ν(i) = Σ_j w_ν φ_ν(r_ij), (47, 55–57); with channels each kind of pairs has features of its own. */
export class TwoBodyFunctions implements ClusterFunctions {
  readonly nFeatures: number;
  readonly values: Precise;
  /** w φ′, nPairs × size */
  private readonly slopes: Precise;
  private readonly size: number;
  private readonly hasChannels: boolean;

  constructor(
    private readonly numbers: PreciseArithmetic,
    private readonly pairs: PrecisePairs,
    basis: ClusterBasis,
    nSpecies: number,
    radial: PreciseRadial,
    factors: PairFactors,
  ) {
    this.size = radial.size;
    this.hasChannels = basis.species === "channels";
    this.nFeatures = clusterFeatureCount(basis, nSpecies);
    this.values = numbers.vector(pairs.nAtoms * this.nFeatures);
    this.slopes = factors ? numbers.vector(pairs.nPairs * this.size) : radial.slopes;
    this.addUp(radial, factors);
  }

  private addUp(radial: PreciseRadial, factors: PairFactors): void {
    const { numbers, pairs, size } = this;
    const mark = numbers.mark();
    const t = numbers.scalar();
    for (let pair = 0; pair < pairs.nPairs; pair++) {
      const offset = this.offsetOf(pair);
      for (let nu = 0; nu < size; nu++) {
        const factor = factors?.[pairs.kind[pair] * size + nu] ?? 1;
        if (factor === 0) continue;
        const place = pair * size + nu;
        const value = numbers.at(radial.values, place);
        if (factors) {
          numbers.scale(t, value, factor);
          numbers.scale(numbers.at(this.slopes, place), numbers.at(radial.slopes, place), factor);
        }
        for (const atom of [pairs.i[pair], pairs.j[pair]]) {
          const sum = numbers.at(this.values, atom * this.nFeatures + offset + nu);
          numbers.add(sum, sum, factors ? t : value);
        }
      }
    }
    numbers.reset(mark);
  }

  pull(gamma: Precise, { first, count }: FeatureSpan, { radial }: DerivativeSums): void {
    const { numbers, pairs, size } = this;
    const mark = numbers.mark();
    const t = numbers.scalar();
    for (let pair = 0; pair < pairs.nPairs; pair++) {
      const offset = this.offsetOf(pair);
      const sum = numbers.at(radial, pair);
      const [i, j] = [pairs.i[pair] * count - first, pairs.j[pair] * count - first];
      const last = Math.min(offset + size, first + count);
      for (let feature = Math.max(offset, first); feature < last; feature++) {
        numbers.add(t, numbers.at(gamma, i + feature), numbers.at(gamma, j + feature));
        numbers.multiplyAdd(sum, t, numbers.at(this.slopes, pair * size + feature - offset), sum);
      }
    }
    numbers.reset(mark);
  }

  contract(gamma: Precise): ContractedFunctions {
    const { numbers, pairs, size, nFeatures } = this;
    const ends = [pairs.i, pairs.j];
    const slopes = ends.map(() => numbers.vector(pairs.nPairs));
    for (let pair = 0; pair < pairs.nPairs; pair++) {
      const offset = this.offsetOf(pair);
      for (const [k, atoms] of ends.entries()) {
        const sum = numbers.at(slopes[k], pair);
        for (let nu = 0; nu < size; nu++) numbers.multiplyAdd(sum, numbers.at(gamma, atoms[pair] * nFeatures + offset + nu), numbers.at(this.slopes, pair * size + nu), sum);
      }
    }
    return {
      pull: (g, { radial }) => {
        for (let pair = 0; pair < pairs.nPairs; pair++) {
          const sum = numbers.at(radial, pair);
          for (const [k, atoms] of ends.entries()) numbers.multiplyAdd(sum, numbers.at(g, atoms[pair]), numbers.at(slopes[k], pair), sum);
        }
      },
    };
  }

  private offsetOf(pair: number): number {
    return this.hasChannels ? this.pairs.kind[pair] * this.size : 0;
  }
}
