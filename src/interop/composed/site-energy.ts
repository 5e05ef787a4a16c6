import { addPairSums, isSamePairSum, normalizedPairSum, type PairSum, scaledPairSum } from "./pair-sum.js";

/** A function of one density and its derivative. */
export type EmbeddingFunction = (density: number) => readonly [value: number, slope: number];

/** A function of one sum over neighbors. */
export interface Embedding {
  /** Normalized. */
  readonly density: PairSum;
  /** eV, and eV by the unit of the density. */
  readonly at: EmbeddingFunction;
  /** Of the first node that it comes from. */
  readonly path: string;
}

/** The energy of a site as what it is in models of pairs and of embedded atoms: constant + Σ_j pairs + Σ_k F_k(ρ_k). */
export interface SiteEnergy {
  /** eV */
  readonly constant: number;
  /** eV */
  readonly pairs: PairSum;
  /** Of different densities. */
  readonly embeddings: readonly Embedding[];
}

/** Why a site energy is no such sum. */
export interface NoSiteEnergy {
  /** Of the node that makes it impossible. */
  readonly path: string;
  /** What it is: "multiplies different densities". */
  readonly reason: string;
}

/** A site energy, or why there is none. */
export type SiteEnergyOrNot = SiteEnergy | NoSiteEnergy;

/** @returns whether there is one */
export function isSiteEnergy(energy: SiteEnergyOrNot): energy is SiteEnergy {
  return "constant" in energy;
}

/** An energy that depends on nothing. */
export function constantEnergy(constant: number): SiteEnergy {
  return { constant, pairs: new Map(), embeddings: [] };
}

/** a + b; functions of one density become one. */
export function addedEnergies(a: SiteEnergy, b: SiteEnergy): SiteEnergy {
  const embeddings = [...a.embeddings];
  for (const own of b.embeddings) {
    const k = embeddings.findIndex(({ density }) => isSamePairSum(density, own.density));
    if (k < 0) embeddings.push(own);
    else embeddings[k] = { ...embeddings[k], at: sumOf(embeddings[k].at, own.at) };
  }
  return { constant: a.constant + b.constant, pairs: addPairSums(a.pairs, b.pairs), embeddings };
}

/** a · b, which is such an energy where one of them is a constant, or both depend on one density. */
export function multipliedEnergies(a: SiteEnergy, b: SiteEnergy, path: string): SiteEnergyOrNot {
  if (isConstant(a)) return scaledEnergy(b, a.constant);
  if (isConstant(b)) return scaledEnergy(a, b.constant);
  const [left, right] = [embeddingOf(a, path), embeddingOf(b, path)];
  if (!left || !right || !isSamePairSum(left.density, right.density)) return { path, reason: "multiplies functions of different densities" };
  const at: EmbeddingFunction = (density) => {
    const [[f, df], [g, dg]] = [left.at(density), right.at(density)];
    return [f * g, df * g + f * dg];
  };
  return { constant: 0, pairs: new Map(), embeddings: [{ density: left.density, at, path }] };
}

/** The same as a function of one density; undefined where it depends on several, or on none. */
export function embeddingOf({ constant, pairs, embeddings }: SiteEnergy, path: string): Embedding | undefined {
  const { unit, scale } = normalizedPairSum(pairs);
  const density = embeddings.length > 0 ? embeddings[0].density : unit;
  if (embeddings.length > 1 || density.size === 0 || (scale !== 0 && !isSamePairSum(unit, density))) return undefined;
  const linear: EmbeddingFunction = (x) => [constant + scale * x, scale];
  return { density, at: embeddings.length > 0 ? sumOf(linear, embeddings[0].at) : linear, path };
}

function isConstant({ pairs, embeddings }: SiteEnergy): boolean {
  return pairs.size === 0 && embeddings.length === 0;
}

function scaledEnergy({ constant, pairs, embeddings }: SiteEnergy, factor: number): SiteEnergy {
  if (factor === 0) return constantEnergy(0);
  const scaled = ({ at, ...rest }: Embedding): Embedding => ({
    ...rest,
    at(density) {
      const [value, slope] = at(density);
      return [factor * value, factor * slope];
    },
  });
  return { constant: factor * constant, pairs: scaledPairSum(pairs, factor), embeddings: embeddings.map(scaled) };
}

function sumOf(f: EmbeddingFunction, g: EmbeddingFunction): EmbeddingFunction {
  return (density) => {
    const [[a, da], [b, db]] = [f(density), g(density)];
    return [a + b, da + db];
  };
}
