import type { ClusterBasis } from "../../descriptors/cluster/basis.js";
import type { ParameterKind, ParameterLayout } from "../../models/composed/parameters.js";
import { type ComposedForm, type ComposedLeaf, isLeaf } from "../../models/composed/tree.js";
import type { LargestSums } from "./largest-sums.js";

/** From … to. */
export type Interval = readonly [low: number, high: number];

/** Where parameters may be, and where they begin. */
export interface SpaceOptions {
  /** Where they may be. */
  readonly bounds: {
    /** Å⁻² */
    readonly alpha: Interval;
    readonly beta: Interval;
    /** Å⁻²: largest αβ^(N−1) */
    readonly narrowest: number;
    /** Largest |ξ|·max|X| over the data. */
    readonly exponents: number;
  };
  /** Where random starts are. */
  readonly start: {
    /** Å⁻² */
    readonly alpha: Interval;
    readonly beta: Interval;
    /** Largest |ξ|·max|X|; a tenth of it for exponents of sums over neighbors. */
    readonly exponents: number;
  };
}

/** Of what is fitted: names and places of parameters, bounds. */
interface OuterParameter {
  readonly kind: ParameterKind;
  /** Position among the bases; −1: it is none of a basis. */
  readonly basis: number;
  /** Whose exponent it is. */
  readonly leaf: ComposedLeaf | undefined;
}

/** Part of what exponents of N may be in starts: sums over neighbors of sums. */
const NEIGHBOR_SHARE = 0.1;
/** Where factors of species are searched. */
const WEIGHTS: Interval = [-2, 2];
/** Beyond, a factor only makes up for a coefficient that goes to 0. */
const LARGEST_WEIGHT = 1e4;

/**
 * Parameters that are searched: coordinates ln α, ln ln β and the others as they are, bounds, and starts. X of an exponent is bounded by the sums of the
 * broadest function over the data.
 */
export class ParameterSpace {
  private readonly kinds: readonly OuterParameter[];

  constructor(
    private readonly form: ComposedForm,
    private readonly layout: ParameterLayout,
    private readonly largest: LargestSums,
    private readonly options: SpaceOptions,
  ) {
    this.kinds = layout.parameters.map(({ kind }, parameter) => ({ kind, basis: this.basisOf(parameter), leaf: this.leafOf(parameter) }));
  }

  /** d parameter / d coordinate. */
  slopes(values: Float64Array, outer: Int32Array): Float64Array {
    return Float64Array.from(outer, (parameter) => {
      const value = values[parameter];
      const { kind } = this.kinds[parameter];
      return kind === "alpha" ? value : kind === "beta" ? value * Math.log(value) : 1;
    });
  }

  /** Values after a step in coordinates, moved into the bounds. */
  moved(values: Float64Array, outer: Int32Array, step: ArrayLike<number>): Float64Array {
    const moved = values.slice();
    for (const [k, parameter] of outer.entries()) {
      const { kind } = this.kinds[parameter];
      if (kind === "alpha") moved[parameter] *= Math.exp(step[k]);
      else if (kind === "beta") moved[parameter] **= Math.exp(step[k]);
      else moved[parameter] += step[k];
    }
    return this.bounded(moved);
  }

  /** The nearest values within the bounds; what is not a number goes to the lower one. */
  bounded(values: Float64Array): Float64Array {
    const inside = values.slice();
    const { alpha, beta, exponents } = this.options.bounds;
    for (const [b, places] of this.layout.bases.entries()) {
      if (places.alpha < 0) continue;
      inside[places.alpha] = clamp(inside[places.alpha], alpha);
      inside[places.beta] = clamp(inside[places.beta], [beta[0], this.largestBeta(b, inside[places.alpha])]);
    }
    for (const [parameter, { kind, leaf }] of this.kinds.entries()) {
      if (kind === "weight") inside[parameter] = clamp(inside[parameter], symmetric(LARGEST_WEIGHT));
      if (kind !== "exponent") continue;
      const limit = exponents / this.largestInput(leaf!, inside);
      inside[parameter] = clamp(inside[parameter], [-limit, limit]);
    }
    return inside;

    function clamp(value: number, [low, high]: Interval): number {
      return value > low ? Math.min(value, high) : low;
    }
  }

  /** So that αβ^(N−1) stays in the bounds. */
  private largestBeta(basis: number, alpha: number): number {
    const { beta, narrowest } = this.options.bounds;
    const { size } = this.form.bases[basis];
    return size === 1 ? beta[1] : Math.max(beta[0], Math.min(beta[1], (narrowest / alpha) ** (1 / (size - 1))));
  }

  /**
   * Values at a point of the ranges of starts.
   * @param values of all others
   * @param searched parameters that are placed, see `searched`
   * @param unit a coordinate from 0 to 1 for each of these
   */
  placed(values: Float64Array, searched: Int32Array, unit: ArrayLike<number>): Float64Array {
    const placed = values.slice();
    const { start } = this.options;
    const between = ([low, high]: Interval, share: number): number => low + share * (high - low);
    for (const [k, parameter] of searched.entries()) {
      const { kind } = this.kinds[parameter];
      if (kind === "alpha") placed[parameter] = Math.exp(between([Math.log(start.alpha[0]), Math.log(start.alpha[1])], unit[k]));
      if (kind === "weight") placed[parameter] = between(WEIGHTS, unit[k]);
      if (kind === "beta") placed[parameter] = Math.exp(Math.exp(between([Math.log(Math.log(start.beta[0])), Math.log(Math.log(start.beta[1]))], unit[k])));
    }
    for (const [k, parameter] of searched.entries()) {
      const { kind, leaf } = this.kinds[parameter];
      if (kind === "exponent") placed[parameter] = between(symmetric(this.startLimit(leaf!, placed)), unit[k]);
    }
    return this.bounded(placed);
  }

  /** Where values stand in the ranges of starts, see `placed`: 0 to 1, the nearest end for what is outside. */
  unitOf(values: Float64Array, searched: Int32Array): number[] {
    const { start } = this.options;
    return Array.from(searched, (parameter) => {
      const { kind, leaf } = this.kinds[parameter];
      const value = values[parameter];
      const [at, [low, high]] = ((): readonly [number, readonly number[]] => {
        if (kind === "exponent") return [value, symmetric(this.startLimit(leaf!, values))];
        if (kind === "weight") return [value, WEIGHTS];
        if (kind === "alpha") return [Math.log(value), start.alpha.map(Math.log)];
        return [Math.log(Math.log(value)), start.beta.map((end) => Math.log(Math.log(end)))];
      })();
      return Math.min(Math.max((at - low) / (high - low), 0), 1);
    });
  }

  /** Largest |ξ| of a start. */
  private startLimit(leaf: ComposedLeaf, values: Float64Array): number {
    return (this.options.start.exponents * (leaf.op === "neighborExp" ? NEIGHBOR_SHARE : 1)) / this.largestInput(leaf, values);
  }

  /**
   * Those of some parameters that have a range of starts: α, β and ξ.
   * @param withWeights also factors of species, which begin at 1 otherwise
   */
  searched(parameters: Int32Array, withWeights = false): Int32Array {
    const kinds: readonly ParameterKind[] = ["alpha", "beta", "exponent", ...(withWeights ? (["weight"] as const) : [])];
    return parameters.filter((parameter) => kinds.includes(this.kinds[parameter].kind));
  }

  /** Values before anything is known: the middle of the starts, factors of species 1, linear parameters 0. */
  initial(): Float64Array {
    const values = Float64Array.from(this.kinds, ({ kind }) => (kind === "weight" ? 1 : 0));
    const searched = this.searched(Int32Array.from(this.kinds.keys()));
    return this.placed(values, searched, Float64Array.from(searched, () => 0.5));
  }

  /** Bound of |X| over the data: of Φ, or of Ψ. */
  private largestInput({ basis, op }: ComposedLeaf, values: Float64Array): number {
    const { alpha, weights, nWeights } = this.layout.bases[basis];
    const exponent = alpha < 0 ? 0 : values[alpha];
    const factor = weights < 0 ? 1 : values.subarray(weights, weights + nWeights).reduce((most, weight) => Math.max(most, Math.abs(weight)), 0);
    return Math.max(factor * largestFeature(this.form.bases[basis], this.largest, exponent, op === "neighborExp"), Number.MIN_VALUE);
  }

  private basisOf(parameter: number): number {
    return this.layout.bases.findIndex(({ alpha, beta, weights, nWeights }) => parameter === alpha || parameter === beta || (weights >= 0 && parameter >= weights && parameter < weights + nWeights));
  }

  private leafOf(parameter: number): ComposedLeaf | undefined {
    for (const { node, exponents } of this.layout.nodes) {
      if (isLeaf(node) && node.op !== "linear" && parameter >= exponents && parameter < exponents + node.nExponents) return node;
    }
    return undefined;
  }
}

function symmetric(limit: number): Interval {
  return [-limit, limit];
}

/** Of three bodies at most half the square of the sum of two: |P_q| ≤ 1, every pair counts once. */
export function largestFeature({ body }: ClusterBasis, largest: LargestSums, alpha: number, isOuter: boolean): number {
  const sum = largest.features(alpha);
  if (body === 2) return isOuter ? largest.neighborSums(alpha) : sum;
  const triple = (sum * sum) / 2;
  return isOuter ? triple * largest.features(0) : triple;
}
