import type { PreciseArithmetic } from "../../../math/precise/arithmetic.js";
import type { Precise } from "../../../math/precise/binding.js";
import type { ComposedLeaf } from "../../../models/composed/tree.js";
import type { ClusterFunctions, ContractedFunctions, DerivativeSums, FeatureSpan } from "./cluster-functions.js";
import type { PrecisePairs } from "./pairs.js";

/** A parameter's effect on the site function of a node. */
export interface SiteColumn {
  /** ∂E_i/∂p of every site, h(i); nAtoms */
  readonly sites: Precise;
  /** Adds derivatives of Σ_i g_i h(i) at fixed g. */
  pull(g: Precise, sums: DerivativeSums): void;
}

/** Values of the parameters of a leaf. */
export interface LeafValues {
  /** [feature], or [feature][l] */
  readonly coefficients: Float64Array;
  /** ξ [l]; empty in linear leaves */
  readonly exponents: Float64Array;
}

/**
 * Site energies Σ_ν c_ν X_ν or Σ_νl c_νl exp(ξ_l X_ν) without their shift, and what is needed of them at any parameter: X is Φ, or in N the sum Ψ of
 * f_c(r_ij) Φ_ν(j) over the neighbors.
 */
export class PreciseLeaf {
  /** Σ_ν …, nAtoms */
  readonly energies: Precise;
  private readonly nFeatures: number;
  private readonly nExponents: number;
  private readonly isNeighbor: boolean;
  /** X, nAtoms × nFeatures */
  private readonly x: Precise;
  /** exp(ξ_l X_ν), nAtoms × nFeatures × L */
  private readonly exponentials: Precise;
  /** ∂E_i/∂X_ν, nAtoms × nFeatures */
  private readonly slopes: Precise;
  /** Derivatives of Σ_ν ∂E/∂X_ν X_ν, for `pull`; absent: they are formed each time, as in N, where g comes before the sum over neighbors. */
  private readonly contracted: ContractedFunctions | undefined;

  /** @param isPulledOften whether `pull` is called for many g */
  constructor(
    private readonly numbers: PreciseArithmetic,
    private readonly pairs: PrecisePairs,
    private readonly functions: ClusterFunctions,
    leaf: ComposedLeaf,
    private readonly values: LeafValues,
    isPulledOften: boolean,
  ) {
    this.nFeatures = functions.nFeatures;
    this.nExponents = leaf.op === "linear" ? 0 : leaf.nExponents;
    this.isNeighbor = leaf.op === "neighborExp";
    this.x = this.argumentOf(functions.values);
    const { nAtoms } = pairs;
    this.exponentials = numbers.vector(nAtoms * this.nFeatures * this.nExponents);
    this.slopes = numbers.vector(nAtoms * this.nFeatures);
    this.energies = numbers.vector(nAtoms);
    this.evaluate();
    this.contracted = isPulledOften && !this.isNeighbor ? functions.contract(this.slopes) : undefined;
  }

  /** Adds derivatives of Σ_i g_i E_i at fixed g. */
  pull(g: Precise, sums: DerivativeSums): void {
    if (this.contracted) return this.contracted.pull(g, sums);
    const { numbers, slopes } = this;
    const mark = numbers.mark();
    this.pullArgument(this.functions, this.timesSites(g, slopes, this.nFeatures), this.all, sums);
    numbers.reset(mark);
  }

  /** By c_ν, or c_νl. */
  coefficientColumn(index: number): SiteColumn {
    const { numbers, pairs: { nAtoms }, nFeatures, nExponents: L } = this;
    const nu = L === 0 ? index : Math.floor(index / L);
    const [sites, slope] = [numbers.vector(nAtoms), numbers.vector(nAtoms)];
    for (let i = 0; i < nAtoms; i++) {
      numbers.set(numbers.at(sites, i), L === 0 ? numbers.at(this.x, i * nFeatures + nu) : numbers.at(this.exponentials, i * nFeatures * L + index));
      if (L === 0) numbers.setNumber(numbers.at(slope, i), 1);
      else numbers.scale(numbers.at(slope, i), numbers.at(sites, i), this.values.exponents[index % L]);
    }
    return { sites, pull: (g, sums) => this.pullSpan(g, slope, { first: nu, count: 1 }, sums) };
  }

  /** By ξ_l: Σ_ν c_νl X_ν h_νl, with the slopes c_νl (1 + ξ_l X_ν) h_νl. */
  exponentColumn(l: number): SiteColumn {
    const { numbers, pairs: { nAtoms }, nFeatures, nExponents: L, values } = this;
    const [sites, slopes] = [numbers.vector(nAtoms), numbers.vector(nAtoms * nFeatures)];
    const mark = numbers.mark();
    const [t, one] = [numbers.scalar(), numbers.scalar()];
    numbers.setNumber(one, 1);
    for (let i = 0; i < nAtoms; i++) {
      const sum = numbers.at(sites, i);
      for (let nu = 0; nu < nFeatures; nu++) {
        const place = i * nFeatures + nu;
        const [x, slope] = [numbers.at(this.x, place), numbers.at(slopes, place)];
        numbers.scale(t, numbers.at(this.exponentials, place * L + l), values.coefficients[nu * L + l]);
        numbers.multiplyAdd(sum, t, x, sum);
        numbers.scale(slope, x, values.exponents[l]);
        numbers.add(slope, slope, one);
        numbers.multiply(slope, slope, t);
      }
    }
    numbers.reset(mark);
    return { sites, pull: (g, sums) => this.pullSpan(g, slopes, this.all, sums) };
  }

  /** By a parameter θ of the basis: Σ_ν ∂E/∂X_ν ∂_θX_ν, in whose derivatives ∂²E/∂X_ν² ∂_θX_ν and ∂_θφ′ meet. */
  basisColumn(derivative: ClusterFunctions): SiteColumn {
    const { numbers, pairs: { nAtoms }, nFeatures } = this;
    const [sites, curved] = [numbers.vector(nAtoms), numbers.vector(nAtoms * nFeatures)];
    const x = this.argumentOf(derivative.values);
    for (let i = 0; i < nAtoms; i++) {
      const sum = numbers.at(sites, i);
      for (let nu = 0; nu < nFeatures; nu++) {
        const place = i * nFeatures + nu;
        numbers.multiplyAdd(sum, numbers.at(this.slopes, place), numbers.at(x, place), sum);
        this.placeCurvature(numbers.at(curved, place), place, nu);
        numbers.multiply(numbers.at(curved, place), numbers.at(curved, place), numbers.at(x, place));
      }
    }
    const pull = (g: Precise, sums: DerivativeSums): void => {
      this.pullSpan(g, curved, this.all, sums);
      const mark = numbers.mark();
      this.pullArgument(derivative, this.timesSites(g, this.slopes, nFeatures), this.all, sums);
      numbers.reset(mark);
    };
    return { sites, pull };
  }

  private get all(): FeatureSpan {
    return { first: 0, count: this.nFeatures };
  }

  /** Φ, or Ψ = Σ_j f_c Φ(j). */
  private argumentOf(values: Precise): Precise {
    return this.isNeighbor ? this.overNeighbors(values, this.nFeatures) : values;
  }

  /** Σ_j f_c(r_ij) v(j) of every site: the matrix f_c is symmetric. */
  private overNeighbors(values: Precise, width: number): Precise {
    const { numbers, pairs } = this;
    const out = numbers.vector(pairs.nAtoms * width);
    for (let pair = 0; pair < pairs.nPairs; pair++) {
      const [i, j, cut] = [pairs.i[pair] * width, pairs.j[pair] * width, numbers.at(pairs.cut, pair)];
      for (let k = 0; k < width; k++) {
        const [own, other] = [numbers.at(out, i + k), numbers.at(out, j + k)];
        numbers.multiplyAdd(own, cut, numbers.at(values, j + k), own);
        numbers.multiplyAdd(other, cut, numbers.at(values, i + k), other);
      }
    }
    return out;
  }

  private evaluate(): void {
    const { numbers, nFeatures, nExponents: L, values: { coefficients, exponents } } = this;
    const mark = numbers.mark();
    const t = numbers.scalar();
    for (let place = 0; place < this.pairs.nAtoms * nFeatures; place++) {
      const [nu, x, slope] = [place % nFeatures, numbers.at(this.x, place), numbers.at(this.slopes, place)];
      const energy = numbers.at(this.energies, Math.floor(place / nFeatures));
      if (L === 0) {
        numbers.setNumber(slope, coefficients[nu]);
        numbers.multiplyAdd(energy, slope, x, energy);
      }
      for (let l = 0; l < L; l++) {
        const h = numbers.at(this.exponentials, place * L + l);
        numbers.scale(h, x, exponents[l]);
        numbers.exponential(h, h);
        numbers.scale(t, h, coefficients[nu * L + l]);
        numbers.add(energy, energy, t);
        numbers.scale(t, t, exponents[l]);
        numbers.add(slope, slope, t);
      }
    }
    numbers.reset(mark);
  }

  /** ∂²E_i/∂X_ν² = Σ_l c_νl ξ_l² h_νl */
  private placeCurvature(result: Precise, place: number, nu: number): void {
    const { numbers, nExponents: L, values: { coefficients, exponents } } = this;
    const mark = numbers.mark();
    const t = numbers.scalar();
    for (let l = 0; l < L; l++) {
      numbers.scale(t, numbers.at(this.exponentials, place * L + l), coefficients[nu * L + l]);
      numbers.scale(t, t, exponents[l]);
      numbers.scale(t, t, exponents[l]);
      numbers.add(result, result, t);
    }
    numbers.reset(mark);
  }

  private pullSpan(g: Precise, slopes: Precise, span: FeatureSpan, sums: DerivativeSums): void {
    const { numbers } = this;
    const mark = numbers.mark();
    this.pullArgument(this.functions, this.timesSites(g, slopes, span.count), span, sums);
    numbers.reset(mark);
  }

  /** g_i v_k(i) */
  private timesSites(g: Precise, values: Precise, width: number): Precise {
    const { numbers } = this;
    const { nAtoms } = this.pairs;
    const out = numbers.vector(nAtoms * width);
    for (let i = 0; i < nAtoms; i++) {
      for (let k = 0; k < width; k++) numbers.multiply(numbers.at(out, i * width + k), numbers.at(g, i), numbers.at(values, i * width + k));
    }
    return out;
  }

  /** Adds derivatives of Σ_i Σ_ν Γ_ν(i) X_ν(i), X made of the functions; in N Γ goes to the neighbors, and f_c itself has a slope. */
  private pullArgument(functions: ClusterFunctions, gamma: Precise, span: FeatureSpan, sums: DerivativeSums): void {
    if (!this.isNeighbor) return functions.pull(gamma, span, sums);
    const { numbers, pairs } = this;
    const { first, count } = span;
    functions.pull(this.overNeighbors(gamma, count), span, sums);
    const t = numbers.scalar();
    for (let pair = 0; pair < pairs.nPairs; pair++) {
      const [i, j, sum] = [pairs.i[pair], pairs.j[pair], numbers.at(sums.radial, pair)];
      const [own, other] = [numbers.at(functions.values, i * functions.nFeatures + first), numbers.at(functions.values, j * functions.nFeatures + first)];
      numbers.setNumber(t, 0);
      for (let k = 0; k < count; k++) {
        numbers.multiplyAdd(t, numbers.at(gamma, i * count + k), numbers.at(other, k), t);
        numbers.multiplyAdd(t, numbers.at(gamma, j * count + k), numbers.at(own, k), t);
      }
      numbers.multiplyAdd(sum, numbers.at(pairs.cutSlope, pair), t, sum);
    }
  }
}
