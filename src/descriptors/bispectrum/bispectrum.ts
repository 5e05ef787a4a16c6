import { InvalidParameterError } from "../../errors.js";
import { atomicNumberOf, symbolOf } from "../../structures/periodic-table.js";
import { validate } from "../../validation.js";
import type { MemoryPool } from "../../wasm/memory.js";
import type { Wasm } from "../../wasm/wasm.js";
import type { Descriptor, DescriptorMemory, DescriptorType, Feature, NeededSpecies, PreparedDescriptor, SpeciesList } from "../descriptor.js";
import type { StateSize } from "../rows.js";
import { ownSpeciesOf, rememberedBySpecies, speciesFor } from "../species.js";
import { StateEvaluator } from "../state-evaluator.js";
import { channelTriples, triples } from "./components.js";
import { type BispectrumParameters, bispectrumSchema } from "./parameters.js";
import { bispectrumMemory, type BispectrumShape, bispectrumState, featureCount, type PairParameters, prepareBispectrum } from "./tables.js";
import { bispectrumCost } from "./cost.js";

type PerSpecies = number | Readonly<Record<string, number>>;

const valuesOf = (value: PerSpecies): number[] => (typeof value === "number" ? [value] : Object.values(value));

/**
 * Bispectrum components of the density of neighbors on the sphere in four dimensions (SNAP): Bartók, Payne, Kondor & Csányi,
 * Phys. Rev. Lett. 104, 136403 (2010), doi:10.1103/PhysRevLett.104.136403; Thompson et al., J. Comput. Phys. 285, 316 (2015),
 * doi:10.1016/j.jcp.2014.12.018. Values, order and conventions are those of LAMMPS `compute sna/atom`; see docs/theory/bispectrum.md.
 */
export class Bispectrum implements Descriptor {
  readonly name = "bispectrum";
  readonly parameters: BispectrumParameters;
  readonly cutoff: number;
  readonly isSmoothAtCutoff: boolean;
  readonly smoothedBy = "switch: true";
  readonly rows = "center";
  readonly ownSpecies: readonly number[] | undefined;
  private readonly sizes = rememberedBySpecies((species) => bispectrumMemory(this.shape(species)));

  /** @throws {InvalidParameterError} */
  constructor(parameters: unknown) {
    const given = validate(bispectrumSchema, parameters, { what: "bispectrum" });
    this.parameters = given;
    this.ownSpecies = ownSpeciesOf(this.name, given.species);
    this.checkPerSpecies();
    const radii = valuesOf(given.radii);
    const smallest = 2 * given.rcutfac * Math.min(...radii);
    this.cutoff = 2 * given.rcutfac * Math.max(...radii);
    if (this.cutoff > 50) throw new InvalidParameterError(`bispectrum: rcutfac and radii make a cutoff of ${this.cutoff} Å; it must not exceed 50 Å`);
    if (given.rmin0 >= smallest) {
      throw new InvalidParameterError(`bispectrum: rmin0 is ${given.rmin0} Å; it must be below the smallest cutoff of a pair, rcutfac (R_i + R_j) = ${smallest} Å`);
    }
    this.isSmoothAtCutoff = given.switch;
  }

  featureCount(species: SpeciesList): number {
    return featureCount(this.shape(species));
  }

  features(species: SpeciesList): Feature[] {
    const list = this.speciesList(species);
    const elements = this.elementsOf(list);
    const { nElements } = this.shape(species);
    const symbols = Array.from({ length: nElements }, (_, element) => list.filter((__, index) => elements[index] === element).map(symbolOf));
    const names = symbols.map((own, element) => own.join("+") || `channel ${element}`);
    return channelTriples(nElements).flatMap(({ e1, e2, e3 }) =>
      triples(this.parameters.twoJMax).map(({ j1, j2, j }) => ({
        label: `${nElements > 1 ? `${names[e1]} ${names[e2]} ${names[e3]} ` : ""}2j1=${j1} 2j2=${j2} 2j=${j}`,
        bodyOrder: 4,
        channel: [...new Set([e1, e2, e3])].flatMap((element) => symbols[element]),
      })),
    );
  }

  /** The species of its three densities, where they have only one; the center itself is part of the one of its species, or of all. */
  neededSpecies(species: SpeciesList, center: number): readonly NeededSpecies[] {
    const list = this.speciesList(species);
    const elements = this.elementsOf(list);
    const { nElements } = this.shape(species);
    const own = Array.from({ length: nElements }, (_, element) => list.filter((__, index) => elements[index] === element));
    const needs = own.map((some) => (some.length === 1 && some[0] !== center && !this.parameters.wselfall && nElements > 1 ? some : []));
    const nTriples = triples(this.parameters.twoJMax).length;
    return channelTriples(nElements).flatMap(({ e1, e2, e3 }) => {
      const needed = [...new Set([e1, e2, e3].flatMap((element) => needs[element]))];
      return Array.from({ length: nTriples }, () => needed);
    });
  }

  stateSize(species: SpeciesList): StateSize {
    return bispectrumState(this.shape(species));
  }

  memory(species: SpeciesList): DescriptorMemory {
    return this.sizes(species);
  }

  prepare(wasm: Wasm, pool: MemoryPool, species: SpeciesList): PreparedDescriptor {
    const { rmin0, rfac0, bzero, wselfall } = this.parameters;
    const list = this.speciesList(species);
    return prepareBispectrum(wasm, pool, {
      ...this.shape(species),
      descriptor: this.name,
      species: list,
      cutoff: this.cutoff,
      rmin0,
      rfac0,
      switching: this.parameters.switch,
      bzero,
      wselfall,
      elements: this.elementsOf(list),
      // a point in space sees as far as the largest atom
      pairs: [undefined, ...list].map((center) => list.map((neighbor) => this.pairOf(center, neighbor))),
    });
  }

  private shape(species: SpeciesList): BispectrumShape {
    const { twoJMax, bnorm } = this.parameters;
    const list = this.speciesList(species);
    return { twoJMax, bnorm, nSpecies: list.length, nElements: 1 + Math.max(0, ...this.elementsOf(list)) };
  }

  /** Its own species, if given, else those of the data. */
  private speciesList(species: SpeciesList): SpeciesList {
    return speciesFor(this.name, this.ownSpecies, species);
  }

  /** The density that each species belongs to. */
  private elementsOf(list: SpeciesList): number[] {
    const { chem } = this.parameters;
    if (typeof chem === "boolean") return list.map((_, index) => (chem ? index : 0));
    return list.map((z) => this.valueFor(chem, "chem", z));
  }

  private pairOf(center: number | undefined, neighbor: number): PairParameters {
    const { rcutfac, radii, weights, rmin0, innerSwitch } = this.parameters;
    const own = center === undefined ? Math.max(...valuesOf(radii)) : this.valueFor(radii, "radii", center);
    const cutoff = rcutfac * (own + this.valueFor(radii, "radii", neighbor));
    const mean = (key: "center" | "halfWidth"): number => {
      if (!innerSwitch) return 0;
      const of = (z: number): number => this.valueFor(innerSwitch[key], `innerSwitch.${key}`, z);
      return 0.5 * (of(center ?? neighbor) + of(neighbor));
    };
    return {
      cutoff,
      scale: 1 / (cutoff - rmin0),
      weight: this.valueFor(weights, "weights", neighbor),
      innerCenter: mean("center"),
      innerHalfWidth: mean("halfWidth"),
    };
  }

  /** @throws {InvalidParameterError} where values are given by species and this one has none */
  private valueFor(value: PerSpecies, key: string, z: number): number {
    if (typeof value === "number") return value;
    const own = value[symbolOf(z)];
    if (own !== undefined) return own;
    throw new InvalidParameterError(
      `bispectrum: ${key} has values for ${Object.keys(value).join(", ") || "no species"} but none for ${symbolOf(z)}: add one${key === "chem" ? "" : ", or give one number for all species"}`,
    );
  }

  private checkPerSpecies(): void {
    const { radii, weights, innerSwitch, chem } = this.parameters;
    const given = { radii, weights, chem, "innerSwitch.center": innerSwitch?.center, "innerSwitch.halfWidth": innerSwitch?.halfWidth };
    for (const [key, value] of Object.entries(given)) {
      if (value === undefined || typeof value !== "object") continue;
      const symbols = Object.keys(value);
      if (symbols.length === 0) throw new InvalidParameterError(`bispectrum: ${key} has no values; give one for each species`);
      const foreign = symbols.map(atomicNumberOf).find((z) => this.ownSpecies && !this.ownSpecies.includes(z));
      if (foreign !== undefined) {
        throw new InvalidParameterError(
          `bispectrum: ${key} has a value for ${symbolOf(foreign)}, which is not in species [${this.parameters.species!.join(", ")}]`,
        );
      }
      for (const z of this.ownSpecies ?? []) this.valueFor(value, key, z);
    }
  }
}

export const bispectrumType: DescriptorType = {
  name: "bispectrum",
  schema: bispectrumSchema,
  cost: bispectrumCost,
  create: (parameters) => new Bispectrum(parameters),
  attach: (wasm, tables) => {
    const { bispectrumValues: values, bispectrumJacobian: jacobian, bispectrumBackward: backward } = wasm.routines;
    return new StateEvaluator(wasm, tables, { values, jacobian, backward });
  },
};
