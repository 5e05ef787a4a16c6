import { InternalError } from "../../errors.js";
import { symbolOf } from "../../structures/periodic-table.js";
import type { Feature, SpeciesList } from "../descriptor.js";

/** A run of features: row `row` of the product of channels from `column` on; see `assembly/descriptors/power-spectrum/tables.ts`. */
export interface FeatureRun {
  readonly row: number;
  readonly column: number;
  readonly count: number;
  readonly feature: number;
  readonly step: number;
  readonly stepL: number;
  /** factor of products of two different channels */
  readonly offDiagonal: number;
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

/** Entry of a projection: a feature is the weighted sum of products of channels. */
export interface ProjectionEntry {
  readonly feature: number;
  readonly product: number;
  readonly weight: number;
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
  /** what the runs write; without a projection these are the features */
  readonly nProducts: number;
  readonly projection?: readonly ProjectionEntry[];
  readonly runs: readonly FeatureRun[];
  readonly mixing: Mixing | undefined;
  /** which products are needed: the triangle of a symmetric product, that of its blocks, all; none where the coefficients are the features */
  readonly triangle: "upper" | "lower" | "blocks" | "all" | "none";
  /** what each product is */
  readonly index: readonly FeatureIndex[];
}

/** Channels of one factor: per species (−1: summed), its radial indices (−1: summed). */
type Factor = readonly { readonly species: number; readonly radial: readonly number[] }[];

export interface LayoutOptions {
  /** radial functions of each species */
  readonly nMax: readonly number[];
  readonly lMax: number;
  /** channels of each species; see `radialStride` */
  readonly stride: number;
  /**
   * "dscribe": species pairs, l, n, n′; "lower" and "upper" (QUIP's `soap` and `soap_turbo`): channel pairs of that triangle, row by row,
   * l fastest, √2 off the diagonal; "librascal": species pairs, all n, n′, l fastest, √2 for two different species
   */
  readonly order: "dscribe" | "lower" | "upper" | "librascal";
  /** only products within one species (dscribe, librascal) */
  readonly crossover?: boolean;
  /** Pairs of radial indices that are kept where nothing is mixed: equal ones, or those with the first one (lower, upper). */
  readonly radialPairs?: "all" | "diagonal" | "first";
  /** Sums over species (and n) in the factors; absent: no mixing. Sums over species that keep n need as many n for each species. */
  readonly mix?: {
    readonly left: { readonly species: boolean; readonly radial: boolean };
    readonly right: { readonly species: boolean; readonly radial: boolean };
    readonly speciesWeights: readonly number[];
  };
}

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

export function featureLayout(options: LayoutOptions): FeatureLayout {
  const { mix, nMax } = options;
  const keep = { species: true, radial: true };
  const [left, right] = [mix?.left ?? keep, mix?.right ?? keep].map((part): Factor => {
    const radial = (count: number): number[] => (part.radial ? range(count) : [-1]);
    return part.species ? nMax.map((count, species) => ({ species, radial: radial(count) })) : [{ species: -1, radial: radial(nMax[0]) }];
  }) as [Factor, Factor];
  const symmetric = !mix || (mix.left.species === mix.right.species && mix.left.radial === mix.right.radial);
  const builder = new LayoutBuilder(options, left, right, symmetric);
  if (options.order === "dscribe") return builder.dscribe();
  return options.order === "librascal" ? builder.librascal() : builder.triangle(options.order);
}

/** The layout with other features: weighted sums of its products. */
export function projectedLayout(layout: FeatureLayout, nFeatures: number, projection: readonly ProjectionEntry[]): FeatureLayout {
  return { ...layout, nFeatures, projection: [...projection].sort((a, b) => a.feature - b.feature) };
}

/** What the columns are, for the species of the blocks. */
export function describeFeatures(layout: FeatureLayout, species: SpeciesList): Feature[] {
  const name = (index: number): string => (index < 0 ? "*" : symbolOf(species[index]));
  const radial = (n: number): string => (n < 0 ? "*" : String(n + 1));
  const products = layout.index.map(({ species: [a, b], n: [n1, n2], l }): Feature => {
    const label = `${name(a)} ${name(b)} n=${radial(n1)} n'=${radial(n2)} l=${l}`;
    return { label, bodyOrder: 3, channel: [name(a), name(b)] };
  });
  if (!layout.projection) return products;
  const parts = Array.from({ length: layout.nFeatures }, (): ProjectionEntry[] => []);
  for (const entry of layout.projection) parts[entry.feature].push(entry);
  return parts.map((entries, feature) => {
    const [only] = entries;
    if (only && entries.length === 1 && only.weight === 1) return products[only.product];
    const channel = [...new Set(entries.flatMap(({ product }) => products[product].channel))];
    return { label: `projection ${feature + 1} of ${entries.length} products`, bodyOrder: 3, channel };
  });
}

/**
 * The species that each feature needs, those of its channels; of a weighted sum, what all its products need.
 * @param speciesOf atomic number of the neighbors that make a channel, undefined where it is there without neighbors
 */
export function neededChannels(layout: FeatureLayout, speciesOf: (channel: number) => number | undefined): number[][] {
  const products = layout.index.map(({ species }) => {
    const needed = species.map((channel) => (channel < 0 ? undefined : speciesOf(channel)));
    return [...new Set(needed.filter((own) => own !== undefined))];
  });
  if (!layout.projection) return products;
  const needs: (number[] | undefined)[] = [];
  for (const { feature, product } of layout.projection) needs[feature] = needs[feature]?.filter((own) => products[product].includes(own)) ?? products[product];
  return Array.from({ length: layout.nFeatures }, (_, feature) => needs[feature] ?? []);
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
    for (const [ia, a] of left.entries()) {
      for (const [ib, b] of right.entries()) {
        if (symmetric && (ib < ia || (!crossover && ib !== ia))) continue;
        const triangular = symmetric && ia === ib;
        const rows = a.radial.map((_, n) => (triangular ? b.radial.length - n : b.radial.length));
        const block = rows.reduce((sum, count) => sum + count, 0);
        let feature = this.feature;
        for (const [n, count] of rows.entries()) {
          const first = triangular ? n : 0;
          const place = { row: this.channel(left, ia, n), column: this.channel(right, ib, first) };
          this.runs.push({ ...place, count, feature, step: 1, stepL: block, offDiagonal: 1 });
          for (let k = 0; k < count; k++) {
            for (let l = 0; l <= lMax; l++) {
              this.index[feature + k + l * block] = { species: [a.species, b.species], n: [a.radial[n], b.radial[first + k]], l };
            }
          }
          feature += count;
        }
        this.feature += block * (lMax + 1);
      }
    }
    return this.finish(symmetric ? "upper" : "all");
  }

  /** Species pairs a ≤ b (all pairs where the factors differ), then all n, n′, l fastest; √2 where a < b. */
  librascal(): FeatureLayout {
    const { crossover = true, mix } = this.options;
    const l1 = this.options.lMax + 1;
    const { left, right, symmetric } = this;
    for (const [ia, a] of left.entries()) {
      for (const [ib, b] of right.entries()) {
        if (symmetric && (ib < ia || (!crossover && ib !== ia))) continue;
        for (const [n, radial] of a.radial.entries()) {
          const place = { row: this.channel(left, ia, n), column: this.channel(right, ib, 0) };
          const offDiagonal = symmetric && ia !== ib ? Math.SQRT2 : 1;
          this.runs.push({ ...place, count: b.radial.length, feature: this.feature, step: l1, stepL: 1, offDiagonal });
          for (const other of b.radial) for (let l = 0; l < l1; l++) this.index.push({ species: [a.species, b.species], n: [radial, other], l });
          this.feature += b.radial.length * l1;
        }
      }
    }
    return this.finish(mix ? "all" : "blocks");
  }

  /** Pairs of channels (species slow, n fast), row by row of one triangle (all where the factors differ), l fastest. */
  triangle(side: "lower" | "upper"): FeatureLayout {
    const l1 = this.options.lMax + 1;
    for (const [ia, a] of this.left.entries()) {
      for (const [n, radial] of a.radial.entries()) {
        for (const [ib, b] of this.right.entries()) {
          const { first, count } = this.columns(side, ia, n, ib, b.radial.length);
          if (count <= 0) continue;
          const place = { row: this.channel(this.left, ia, n), column: this.channel(this.right, ib, first) };
          this.runs.push({ ...place, count, feature: this.feature, step: l1, stepL: 1, offDiagonal: this.symmetric ? Math.SQRT2 : 1 });
          for (let k = 0; k < count; k++) {
            for (let l = 0; l < l1; l++) this.index.push({ species: [a.species, b.species], n: [radial, b.radial[first + k]], l });
          }
          this.feature += count * l1;
        }
      }
    }
    return this.finish(this.symmetric ? side : "all");
  }

  /** The radial indices of species `ib` that channel (ia, n) is multiplied with. */
  private columns(side: "lower" | "upper", ia: number, n: number, ib: number, length: number): { first: number; count: number } {
    let [first, end] = [0, length];
    if (this.symmetric) {
      const offSide = side === "lower" ? ib > ia : ib < ia;
      if (offSide) end = 0;
      else if (ib === ia && side === "lower") end = n + 1;
      else if (ib === ia) first = n;
    }
    const { radialPairs = "all" } = this.options;
    if (radialPairs === "diagonal") [first, end] = [Math.max(first, n), Math.min(end, n + 1)];
    if (radialPairs === "first" && n > 0) end = Math.min(end, 1);
    return { first, count: end - first };
  }

  /** Position of a channel in its factor. */
  private channel(factor: Factor, species: number, n: number): number {
    return species * this.channelsPerSpecies(factor) + n;
  }

  private channelsPerSpecies(factor: Factor): number {
    return factor[0].radial[0] === -1 ? 1 : this.options.stride;
  }

  private finish(triangle: FeatureLayout["triangle"]): FeatureLayout {
    if (this.index.length !== this.feature) throw new InternalError("the feature layout has holes");
    const mixing = this.options.mix && this.mixing();
    return { nFeatures: this.feature, nProducts: this.feature, runs: this.runs, mixing, triangle, index: this.index };
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
    const channels = factor.length * this.channelsPerSpecies(factor);
    return channels + (channels & 1);
  }

  private entries(factor: Factor): MixEntry[] {
    const { nMax, stride, mix } = this.options;
    const isSum = factor[0].species === -1;
    const isRadialSum = factor[0].radial[0] === -1;
    return nMax.flatMap((count, s) =>
      range(count).map((n) => {
        const to = this.channel(factor, isSum ? 0 : s, isRadialSum ? 0 : n);
        return { from: s * stride + n, to, weight: isSum ? mix!.speciesWeights[s] : 1 };
      }),
    );
  }
}
