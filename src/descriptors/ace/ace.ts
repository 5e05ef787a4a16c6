import { symbolOf } from "../../structures/periodic-table.js";
import { validate } from "../../validation.js";
import { InvalidParameterError } from "../../errors.js";
import type { MemoryPool } from "../../wasm/memory.js";
import type { Wasm } from "../../wasm/wasm.js";
import type { Descriptor, DescriptorMemory, DescriptorType, Feature, NeededSpecies, PreparedDescriptor, SpeciesList } from "../descriptor.js";
import type { StateSize } from "../rows.js";
import { rememberedBySpecies, speciesFor } from "../species.js";
import { StateEvaluator } from "../state-evaluator.js";
import { aceLayout, aceSpecies, basisOf, degreesOf, roughness } from "./basis.js";
import { checkBonds, radialOf, reachOf } from "./bonds.js";
import { aceCost } from "./cost.js";
import type { AceLayout } from "./layout.js";
import { aceSchema, type AceParameters } from "./parameters.js";
import { planProducts, type ProductPlan } from "./products.js";
import { radialParts } from "./radial/pair-radial.js";
import type { AceFunction } from "./selection.js";
import { checkSpeciesSettings } from "./species-settings.js";
import { aceMemory, aceState, type PairRadial, prepareAce } from "./tables.js";

/**
 * Atomic cluster expansion: invariant products of sums over neighbors, B = Σ_m C_m Re Π_t A_{μ_t n_t l_t m_t}, A_{μnlm} = Σ_j R_n(r_j) Y_lm(r̂_j)
 * over neighbors of species μ, and beside them functions of one distance. Drautz, Phys. Rev. B 99, 014104 (2019), 10.1103/PhysRevB.99.014104;
 * Dusson et al., J. Comput. Phys. 454, 110946 (2022), 10.1016/j.jcp.2022.110946; see docs/theory/ace.md.
 */
export class Ace implements Descriptor {
  readonly name = "ace";
  readonly parameters: AceParameters;
  readonly cutoff: number;
  readonly isSmoothAtCutoff: boolean;
  readonly smoothedBy = "radial: { type: polynomials }";
  readonly rows = "center";
  readonly ownSpecies: readonly number[] | undefined;
  private readonly bases = rememberedBySpecies((species) => basisOf(this.parameters, species));
  private readonly plans = rememberedBySpecies((species) => {
    const { pairs, functions } = this.bases(species);
    return planProducts(pairs, functions);
  });
  private readonly sizes = rememberedBySpecies((species) => aceMemory(this.parts(species)));

  /** @throws {InvalidParameterError} */
  constructor(parameters: unknown) {
    const given = validate(aceSchema, parameters, { what: "ace" });
    this.parameters = given;
    this.ownSpecies = aceSpecies(given);
    this.checkDegree();
    checkBonds(given);
    checkSpeciesSettings(given, this.ownSpecies);
    const pairCutoffs = [given, ...(given.bonds ?? [])].flatMap(({ pair }) => (typeof pair === "object" && pair.cutoff ? [pair.cutoff.radius] : []));
    this.cutoff = Math.max(given.cutoff.radius, ...pairCutoffs, ...(given.bonds ?? []).flatMap(({ cutoff }) => cutoff?.radius ?? []));
    this.isSmoothAtCutoff = [given, ...(given.bonds ?? [])].every(({ radial }) => radial?.type !== "chebyshev-linear");
  }

  /** The degree of each order, and that and the cutoff of the pair term. */
  get followingParameters(): Record<string, unknown> {
    const { degree, functions, pair, cutoff } = this.parameters;
    if (functions) return this.parameters;
    const degrees = degreesOf(this.parameters);
    const ofPair = typeof pair === "object" ? { degree: degrees[0], cutoff, ...pair } : pair;
    return { ...this.parameters, degree: degree ?? degrees, pair: ofPair };
  }

  featureCount(species: SpeciesList): number {
    const { pairs, functions } = this.bases(this.speciesList(species));
    return pairs.length + functions.length;
  }

  features(species: SpeciesList): Feature[] {
    const list = this.speciesList(species);
    const { pairs, functions } = this.bases(list);
    const symbol = (index: number): string => symbolOf(list[index]);
    return [
      ...pairs.map((own): Feature => ({ label: `pair ${symbol(own.species)} n=${own.n}`, bodyOrder: 2, channel: [symbol(own.species)] })),
      ...functions.map(({ factors, coupling }, index): Feature => {
        const label = factors.map(({ species: own, n, l }) => `${symbol(own)} n=${n} l=${l}`).join(", ");
        return { label: coupling > 0 || isCoupledTwice(functions, index) ? `${label} #${coupling}` : label, bodyOrder: factors.length + 1, channel: [...new Set(factors.map(({ species: own }) => symbol(own)))] };
      }),
    ];
  }

  smoothness(species: SpeciesList): Float64Array {
    return roughness(this.bases(this.speciesList(species)));
  }

  /** The species of all factors: a sum without neighbors is 0. */
  neededSpecies(species: SpeciesList): readonly NeededSpecies[] {
    const list = this.speciesList(species);
    const { pairs, functions } = this.bases(list);
    return [...pairs.map((own) => [list[own.species]]), ...functions.map(({ factors }) => [...new Set(factors.map((own) => list[own.species]))])];
  }

  stateSize(species: SpeciesList): StateSize {
    const list = this.speciesList(species);
    return aceState(this.layout(list), list.length);
  }

  memory(species: SpeciesList): DescriptorMemory {
    return this.sizes(this.speciesList(species));
  }

  prepare(wasm: Wasm, pool: MemoryPool, species: SpeciesList): PreparedDescriptor {
    return prepareAce(wasm, pool, { descriptor: this.name, cutoff: this.cutoff, ...this.parts(this.speciesList(species)) });
  }

  /** What tables are made of, for a list that is the descriptor's own already. */
  private parts(species: SpeciesList): { species: SpeciesList; layout: AceLayout; plan: ProductPlan; radials: PairRadial[][] } {
    const layout = this.layout(species);
    const radials = [undefined, ...species].map((center) =>
      species.map((neighbor): PairRadial => {
        const spec = radialOf(this.parameters, center, neighbor);
        return { cutoff: reachOf(spec), parts: radialParts(spec, layout), key: JSON.stringify([spec, layout]) };
      }),
    );
    return { species, layout, plan: this.plans(species), radials };
  }

  private layout(species: SpeciesList): AceLayout {
    return aceLayout(this.parameters, this.bases(species));
  }

  private checkDegree(): void {
    const { degree, order, functions, maximumFunctions } = this.parameters;
    if (Array.isArray(degree) && degree.length !== order) {
      throw new InvalidParameterError(`ace: degree has ${degree.length} numbers (${degree.join(", ")}); with order ${order} it must have ${order}, or be one number`);
    }
    if (functions && (degree !== undefined || maximumFunctions !== undefined)) {
      throw new InvalidParameterError(`ace: functions are listed and chosen by ${degree !== undefined ? "degree" : "maximumFunctions"} at once: leave one of them out`);
    }
  }

  /** Its own species, if given, else those of the data. */
  private speciesList(species: SpeciesList): SpeciesList {
    return speciesFor(this.name, this.ownSpecies, species);
  }
}

/** Whether the next function has the same factors. */
function isCoupledTwice(functions: readonly AceFunction[], index: number): boolean {
  return (functions[index + 1]?.coupling ?? 0) > 0;
}

export const aceType: DescriptorType = {
  name: "ace",
  schema: aceSchema,
  cost: aceCost,
  create: (parameters) => new Ace(parameters),
  attach: (wasm, tables) => {
    const { aceValues: values, aceJacobian: jacobian, aceBackward: backward } = wasm.routines;
    return new StateEvaluator(wasm, tables, { values, jacobian, backward });
  },
};
