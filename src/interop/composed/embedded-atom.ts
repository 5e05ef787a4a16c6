import { speciesPairs } from "../../descriptors/cluster/basis.js";
import { layoutParameters, type NodePlaces, type ParameterLayout } from "../../models/composed/parameters.js";
import { printNotation } from "../../models/composed/notation.js";
import { type ComposedForm, type ComposedLeaf, type ComposedNode, isLeaf } from "../../models/composed/tree.js";
import type { PairFunction } from "../../models/pair/pair-function.js";
import { type LocalizedFunction, localizedFunctions } from "./radial-functions.js";
import { normalizedPairSum, type PairSum, scaledPairSum } from "./pair-sum.js";
import { addedEnergies, constantEnergy, type EmbeddingFunction, isSiteEnergy, multipliedEnergies, type SiteEnergy, type SiteEnergyOrNot } from "./site-energy.js";

/** A composed potential with the values of its parameters. */
export interface ComposedContent {
  /** Atomic numbers, ascending. */
  readonly species: readonly number[];
  /** Terms and bases. */
  readonly form: ComposedForm;
  /** In the order of `layoutParameters`. */
  readonly values: Float64Array;
  /** eV, by species index, beside what the terms say; absent: 0. */
  readonly isolatedAtomEnergies?: readonly number[] | undefined;
}

/** How a center is embedded in its neighbors. */
export interface EmbeddedCenter {
  /** Energy of an atom alone, eV. */
  readonly alone: number;
  /** What a neighbor adds to the density, by its species; empty: there is no density. */
  readonly densities: readonly PairFunction[];
  /** F(ρ) in eV and its derivative, the energy of an atom alone among it. */
  readonly embedding: EmbeddingFunction;
}

/** E = Σ_i F_i(Σ_j ρ(r_ij)) + Σ_pairs φ(r_ij). */
export interface EmbeddedAtoms {
  /** Atomic numbers. */
  readonly species: readonly number[];
  /** Å: all functions end here. */
  readonly cutoff: number;
  /** Whether no center has a density: a pair potential. */
  readonly isPairwise: boolean;
  /** By species of the center. */
  readonly centers: readonly EmbeddedCenter[];
  /** φ of two species, of both atoms together. */
  pair(a: number, b: number): PairFunction;
}

/** Why a composed potential is no model of embedded atoms. */
export interface NotEmbedded {
  /** `root.left (E[G8L4]) multiplies functions of different densities`. */
  readonly why: string;
}

/**
 * A composed potential as one of embedded atoms, which it is exactly where every site energy is a sum over pairs and a function of one density: sums of
 * G, C and of exponentials of one and the same function, products of terms that depend on one and the same density, or on nothing.
 */
export function embeddedAtomsOf(content: ComposedContent): EmbeddedAtoms | NotEmbedded {
  return new Sites(content).embeddedAtoms();
}

/** @returns whether it is one */
export function isEmbedded(found: EmbeddedAtoms | NotEmbedded): found is EmbeddedAtoms {
  return "centers" in found;
}

/** Site energies of all species. */
class Sites {
  private readonly layout: ParameterLayout;
  /** By basis. */
  private readonly radial: readonly (readonly LocalizedFunction[])[];
  private readonly functions: ReadonlyMap<string, LocalizedFunction>;

  constructor(private readonly content: ComposedContent) {
    const { form, species, values } = content;
    this.layout = layoutParameters(form, species.length);
    this.radial = form.bases.map((basis, b) => localizedFunctions(basis, form.cutoff, values[this.layout.bases[b].alpha], values[this.layout.bases[b].beta]));
    this.functions = new Map(this.radial.flat().map((own) => [own.key, own]));
  }

  embeddedAtoms(): EmbeddedAtoms | NotEmbedded {
    const { species, form, isolatedAtomEnergies } = this.content;
    const sites: SiteEnergy[] = [];
    for (const center of species.keys()) {
      const site = this.energyOf(form.root, "root", center);
      if (!isSiteEnergy(site)) return { why: `${this.nameOf(site.path)} ${site.reason}` };
      const { embeddings } = site;
      if (embeddings.length > 1) {
        const [first, other] = [embeddings[0].path, embeddings[embeddings.length - 1].path];
        return { why: first === other ? `${this.nameOf(first)} has functions of ${embeddings.length} different densities` : `${this.nameOf(first)} and ${this.nameOf(other)} have functions of different densities` };
      }
      sites.push(addedEnergies(site, constantEnergy(isolatedAtomEnergies?.[center] ?? 0)));
    }
    return {
      species,
      cutoff: form.cutoff.radius,
      isPairwise: sites.every(({ embeddings }) => embeddings.length === 0),
      centers: sites.map((site) => this.centerOf(site)),
      pair: (a, b) => this.pairFunction([[sites[a].pairs, b], [sites[b].pairs, a]]),
    };
  }

  private centerOf({ constant, embeddings }: SiteEnergy): EmbeddedCenter {
    if (embeddings.length === 0) return { alone: constant, densities: [], embedding: () => [constant, 0] };
    const [{ density, at }] = embeddings;
    const embedding: EmbeddingFunction = (rho) => {
      const [value, slope] = at(rho);
      return [constant + value, slope];
    };
    return { alone: embedding(0)[0], densities: this.content.species.map((_, neighbor) => this.pairFunction([[density, neighbor]])), embedding };
  }

  /** Sum of what neighbors of some species add to some sums. */
  private pairFunction(parts: readonly (readonly [PairSum, number])[]): PairFunction {
    const terms = parts.flatMap(([sum, neighbor]) => [...sum].flatMap(([key, coefficient]) => (key.startsWith(`${neighbor} `) ? [{ own: this.functions.get(key.slice(key.indexOf(" ") + 1))!, coefficient }] : [])));
    const own = new Float64Array(2);
    return {
      cutoff: this.content.form.cutoff.radius,
      at(r, out) {
        out.fill(0);
        for (const { own: { at }, coefficient } of terms) {
          at(r, own);
          out[0] += coefficient * own[0];
          out[1] += coefficient * own[1];
        }
      },
    };
  }

  private energyOf(node: ComposedNode, path: string, center: number): SiteEnergyOrNot {
    const places = this.placesOf(path);
    const energy = isLeaf(node) ? this.leafEnergy(node, places, center) : this.compositionEnergy(node, path, center);
    if (!isSiteEnergy(energy) || places.shift < 0) return energy;
    return addedEnergies(energy, constantEnergy(this.content.values[places.shift + center]));
  }

  private compositionEnergy({ op, left, right }: Exclude<ComposedNode, ComposedLeaf>, path: string, center: number): SiteEnergyOrNot {
    const a = this.energyOf(left, `${path}.left`, center);
    if (!isSiteEnergy(a)) return a;
    const b = this.energyOf(right, `${path}.right`, center);
    if (!isSiteEnergy(b)) return b;
    return op === "sum" ? addedEnergies(a, b) : multipliedEnergies(a, b, path);
  }

  private leafEnergy(leaf: ComposedLeaf, { path, coefficients, nCoefficients, exponents }: NodePlaces, center: number): SiteEnergyOrNot {
    const { form: { bases }, values } = this.content;
    const c = values.subarray(coefficients, coefficients + nCoefficients);
    if (c.every((value) => value === 0)) return constantEnergy(0);
    if (bases[leaf.basis].body === 3) return { path, reason: "has functions of angles" };
    if (leaf.op === "linear") return [...c].reduce((sum, value, feature) => addedEnergies(sum, { ...constantEnergy(0), pairs: scaledPairSum(this.featureSum(leaf.basis, feature, center), value) }), constantEnergy(0));
    const xi = values.subarray(exponents, exponents + leaf.nExponents);
    const terms = [...c].map((value, k) => ({ feature: Math.floor(k / xi.length), value, exponent: xi[k % xi.length] }));
    if (leaf.op === "neighborExp" && terms.some(({ value, exponent }) => value !== 0 && exponent !== 0)) return { path, reason: "has exponentials of sums over neighbors of neighbors" };
    return terms.reduce((sum, { feature, value, exponent }) => addedEnergies(sum, exponential(this.featureSum(leaf.basis, feature, center), value, exponent, path)), constantEnergy(0));
  }

  /** Φ of a center. */
  private featureSum(b: number, feature: number, center: number): PairSum {
    const { form: { bases }, species, values } = this.content;
    const { size, species: mode } = bases[b];
    const { weights, nWeights } = this.layout.bases[b];
    const nu = feature % size;
    const sum = new Map<string, number>();
    for (const [p, pair] of speciesPairs(species.length).entries()) {
      if (!pair.includes(center) || (mode === "channels" && Math.floor(feature / size) !== p)) continue;
      const neighbor = pair[0] === center ? pair[1] : pair[0];
      const weight = nWeights > 0 ? values[weights + p * size + nu] : 1;
      if (weight !== 0) sum.set(`${neighbor} ${this.radial[b][nu].key}`, weight);
    }
    return sum;
  }

  private placesOf(path: string): NodePlaces {
    return this.layout.nodes.find((places) => places.path === path)!;
  }

  private nameOf(path: string): string {
    const { bases } = this.content.form;
    return `${path} (${printNotation({ bases, root: this.placesOf(path).node })})`;
  }
}

/** c exp(ξΦ) */
function exponential(sum: PairSum, coefficient: number, exponent: number, path: string): SiteEnergy {
  const { unit, scale } = normalizedPairSum(sum);
  const rate = exponent * scale;
  if (coefficient === 0 || rate === 0) return constantEnergy(coefficient);
  const at: EmbeddingFunction = (density) => {
    const value = coefficient * Math.exp(rate * density);
    return [value, rate * value];
  };
  return { constant: 0, pairs: new Map(), embeddings: [{ density: unit, at, path }] };
}
