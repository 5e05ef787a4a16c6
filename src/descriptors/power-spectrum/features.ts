import { InternalError } from "../../errors.js";

/** A run of features: row `row` of the product of channels from `column` on; see `assembly/descriptors/power-spectrum/plan.ts`. */
export interface FeatureRun {
  readonly row: number;
  readonly column: number;
  readonly count: number;
  readonly feature: number;
  readonly step: number;
  readonly stepL: number;
}

/** Entry of a channel mixing matrix. */
export interface MixEntry {
  readonly from: number;
  readonly to: number;
  readonly weight: number;
}

/** How density channels become factors of the power spectrum: the identity, or two mixing matrices. */
export interface Mixing {
  readonly left: readonly MixEntry[];
  readonly right: readonly MixEntry[];
  /** channels of the factors, padded to even */
  readonly nLeft: number;
  readonly nRight: number;
}

/** What a column means: positions in the species list (−1: summed over species) and radial indices (−1: summed), 0-based. */
export interface FeatureIndex {
  readonly species: readonly [number, number];
  readonly n: readonly [number, number];
  readonly l: number;
}

/** Which features there are, in which order. */
export interface FeatureLayout {
  readonly nFeatures: number;
  readonly runs: readonly FeatureRun[];
  readonly mixing: Mixing | undefined;
  /** which products are needed: the triangle of a symmetric product, or all */
  readonly triangle: "upper" | "lower" | "all";
  /** factor of features of two different channels */
  readonly offDiagonal: number;
  readonly index: readonly FeatureIndex[];
}

/** Channel axes of one factor: each is kept or summed. */
interface Factor {
  readonly species: readonly number[];
  readonly radial: readonly number[];
}

export interface LayoutOptions {
  readonly nSpecies: number;
  readonly nMax: number;
  readonly lMax: number;
  /** radial functions per species, padded to even */
  readonly stride: number;
  /** "dscribe": species pairs, l, n, n′; "quip": channel pairs of the lower triangle, l fastest, √2 off the diagonal */
  readonly order: "dscribe" | "quip";
  /** only products within one species */
  readonly crossover?: boolean;
  /** only products of equal radial index */
  readonly diagonalRadial?: boolean;
  /** Sums over species (and n) in the factors; absent: no mixing. */
  readonly mix?: {
    readonly left: { readonly species: boolean; readonly radial: boolean };
    readonly right: { readonly species: boolean; readonly radial: boolean };
    readonly speciesWeights: readonly number[];
  };
}

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

export function featureLayout(options: LayoutOptions): FeatureLayout {
  const { mix, nSpecies, nMax } = options;
  const keep = { species: true, radial: true };
  const [left, right] = [mix?.left ?? keep, mix?.right ?? keep].map(
    (part): Factor => ({
      species: part.species ? range(nSpecies) : [-1],
      radial: part.radial ? range(nMax) : [-1],
    }),
  ) as [Factor, Factor];
  const symmetric = !mix || (mix.left.species === mix.right.species && mix.left.radial === mix.right.radial);
  const builder = new LayoutBuilder(options, left, right, symmetric);
  return options.order === "dscribe" ? builder.dscribe() : builder.quip();
}

class LayoutBuilder {
  private readonly runs: FeatureRun[] = [];
  private readonly index: FeatureIndex[] = [];
  private feature = 0;

  constructor(
    private readonly options: LayoutOptions,
    private readonly left: Factor,
    private readonly right: Factor,
    private readonly symmetric: boolean,
  ) {}

  /** Species pairs a ≤ b (all pairs where the factors differ), then l, n, n′. */
  dscribe(): FeatureLayout {
    const { lMax, crossover = true } = this.options;
    const { left, right, symmetric } = this;
    for (const [ia, a] of left.species.entries()) {
      for (const [ib, b] of right.species.entries()) {
        if (symmetric && (ib < ia || (!crossover && ib !== ia))) continue;
        const triangular = symmetric && ia === ib;
        const rows = left.radial.map((_, n) => (triangular ? right.radial.length - n : right.radial.length));
        const block = rows.reduce((sum, count) => sum + count, 0);
        let feature = this.feature;
        for (const [n, count] of rows.entries()) {
          const first = triangular ? n : 0;
          const place = { row: this.channel(left, ia, n), column: this.channel(right, ib, first) };
          this.runs.push({ ...place, count, feature, step: 1, stepL: block });
          for (let k = 0; k < count; k++) {
            for (let l = 0; l <= lMax; l++) {
              this.index[feature + k + l * block] = { species: [a, b], n: [left.radial[n]!, right.radial[first + k]!], l };
            }
          }
          feature += count;
        }
        this.feature += block * (lMax + 1);
      }
    }
    return this.finish(symmetric ? "upper" : "all", 1);
  }

  /** Pairs of channels (species slow, n fast), row by row of the lower triangle (all where the factors differ), l fastest. */
  quip(): FeatureLayout {
    const { lMax, diagonalRadial = false } = this.options;
    const { left, right, symmetric } = this;
    const l1 = lMax + 1;
    for (const [ia, a] of left.species.entries()) {
      for (const [n, radial] of left.radial.entries()) {
        for (const [ib, b] of right.species.entries()) {
          if (symmetric && ib > ia) continue;
          const all = symmetric && ib === ia ? n + 1 : right.radial.length;
          const [first, count] = diagonalRadial ? [n, n < all ? 1 : 0] : [0, all];
          if (count === 0) continue;
          const place = { row: this.channel(left, ia, n), column: this.channel(right, ib, first) };
          this.runs.push({ ...place, count, feature: this.feature, step: l1, stepL: 1 });
          for (let k = 0; k < count; k++) {
            for (let l = 0; l < l1; l++) this.index.push({ species: [a, b], n: [radial, right.radial[first + k]!], l });
          }
          this.feature += count * l1;
        }
      }
    }
    return this.finish(symmetric ? "lower" : "all", symmetric ? Math.SQRT2 : 1);
  }

  /** Position of a channel in its factor. */
  private channel(factor: Factor, species: number, n: number): number {
    return species * this.channelsPerSpecies(factor) + n;
  }

  private channelsPerSpecies(factor: Factor): number {
    return factor.radial.length === this.options.nMax && factor.radial[0] !== -1 ? this.options.stride : 1;
  }

  private finish(triangle: FeatureLayout["triangle"], offDiagonal: number): FeatureLayout {
    if (this.index.length !== this.feature) throw new InternalError("the feature layout has holes");
    const mixing = this.options.mix && this.mixing();
    return { nFeatures: this.feature, runs: this.runs, mixing, triangle, offDiagonal, index: this.index };
  }

  private mixing(): Mixing {
    return {
      left: this.entries(this.left),
      right: this.entries(this.right),
      nLeft: this.paddedChannels(this.left),
      nRight: this.paddedChannels(this.right),
    };
  }

  private paddedChannels(factor: Factor): number {
    const channels = factor.species.length * this.channelsPerSpecies(factor);
    return channels + (channels & 1);
  }

  private entries(factor: Factor): MixEntry[] {
    const { nSpecies, nMax, stride, mix } = this.options;
    const entries: MixEntry[] = [];
    for (let s = 0; s < nSpecies; s++) {
      for (let n = 0; n < nMax; n++) {
        const species = factor.species[0] === -1 ? 0 : s;
        const weight = factor.species[0] === -1 ? mix!.speciesWeights[s]! : 1;
        const to = this.channel(factor, species, factor.radial[0] === -1 ? 0 : n);
        entries.push({ from: s * stride + n, to, weight });
      }
    }
    return entries;
  }
}
