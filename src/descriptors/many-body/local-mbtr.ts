import { InvalidParameterError } from "../../errors.js";
import { nextSerial } from "../../parallel/attached.js";
import { validate } from "../../validation.js";
import { alignUp, type MemoryPool } from "../../wasm/memory.js";
import type { Wasm } from "../../wasm/wasm.js";
import type { Descriptor, DescriptorMemory, DescriptorType, Feature, NeededSpecies, PreparedDescriptor, SpeciesList } from "../descriptor.js";
import type { StateSize } from "../rows.js";
import { ownSpeciesOf, speciesFor } from "../species.js";
import { LocalTensorEvaluator } from "./local-evaluator.js";
import { type LocalMbtrParameters, localMbtrSchema } from "./parameters.js";
import { runBytes } from "./routines.js";
import { prepareTensor, tensorBytes } from "./tables.js";
import { channelsOf, completeTerm, featuresOf, type Term } from "./terms.js";
import { localMbtrCost } from "./cost.js";

/**
 * Local many-body tensor representation: the terms of MBTR that a center takes part in, where it is a species X of its own.
 * Himanen et al., Comput. Phys. Commun. 247, 106949 (2020), doi:10.1016/j.cpc.2019.106949.
 */
export class LocalMbtr implements Descriptor {
  readonly name = "local-mbtr";
  readonly rows = "center";
  readonly cutoff: number;
  readonly isSmoothAtCutoff: boolean;
  readonly smoothedBy = "k3 alone, with weighting: { function: smooth-cutoff, cutoff: … }";
  readonly ownSpecies: SpeciesList | undefined;
  /** With every default filled in. */
  readonly parameters: LocalMbtrParameters;
  private readonly terms: readonly Term[];

  /** @throws {InvalidParameterError} */
  constructor(parameters: unknown) {
    const given = validate(localMbtrSchema, parameters, { what: this.name });
    const { k2, k3 } = given;
    if (!k2 && !k3) throw new InvalidParameterError("local-mbtr has no terms: give k2, k3 or both, for example k2.geometry=inverse-distance");
    const pairs = k2 && completeTerm("local-mbtr: k2", 2, true, k2);
    const triplets = k3 && completeTerm("local-mbtr: k3", 3, true, k3);
    this.parameters = { ...given, ...(pairs && { k2: pairs.parameters }), ...(triplets && { k3: triplets.parameters }) };
    this.terms = [pairs, triplets].flatMap((complete) => (complete ? [complete.term] : []));
    this.ownSpecies = ownSpeciesOf(this.name, given.species);
    const endless = this.terms.find(({ reach }) => !Number.isFinite(reach));
    if (endless) throw new InvalidParameterError(`local-mbtr: k${endless.order}.weighting unity has no end: give it a cutoff`);
    this.cutoff = Math.max(...this.terms.map(({ reach }) => reach)) * (1 + 2 * Number.EPSILON); // neighbors at the range itself count
    this.isSmoothAtCutoff = this.terms.every(({ weighting }) => weighting === "smooth-cutoff");
  }

  featureCount(species: SpeciesList): number {
    const list = this.speciesList(species);
    return this.terms.reduce((sum, { order, grid }) => sum + channelsOf(order, true, list).length * grid.n, 0);
  }

  features(species: SpeciesList): Feature[] {
    return this.terms.flatMap((term) => featuresOf(term, true, this.speciesList(species)));
  }

  /** The species of a channel beside the center. */
  neededSpecies(species: SpeciesList): readonly NeededSpecies[] {
    const list = this.speciesList(species);
    return this.terms.flatMap(({ order, grid }) =>
      channelsOf(order, true, list).flatMap((channel) => {
        const needed = [...new Set(channel.filter((z) => z !== 0))];
        return Array.from({ length: grid.n }, () => needed);
      }),
    );
  }

  /** The factor of each row. */
  stateSize(): StateSize {
    return { perBatch: 0, perCenter: 8, perPair: 0 };
  }

  memory(species: SpeciesList): DescriptorMemory {
    const list = this.speciesList(species);
    const each = this.terms.map(({ order, grid }) => ({ grid, nChannels: channelsOf(order, true, list).length }));
    const scratch = { perBatch: runBytes(each) + alignUp(1), perCenter: 8 * this.featureCount(species), perPair: 8 };
    return { tables: tensorBytes(this.terms), scratch };
  }

  prepare(wasm: Wasm, pool: MemoryPool, species: SpeciesList): PreparedDescriptor {
    const list = this.speciesList(species);
    const { normalizeGaussians, normalization } = this.parameters;
    const { data, release } = prepareTensor(wasm, pool, this.terms, { isLocal: true, normalizeGaussians, species: list });
    const pairs = this.terms.find(({ order }) => order === 2);
    const firstTriplet = pairs ? channelsOf(2, true, list).length * pairs.grid.n : 0;
    return {
      tables: {
        serial: nextSerial(),
        descriptor: this.name,
        nFeatures: this.featureCount(species),
        cutoff: this.cutoff,
        species: list,
        rows: this.rows,
        stateSize: this.stateSize(),
        data: { ...data, firstTriplet, isUnit: Number(normalization === "l2") },
      },
      release,
    };
  }

  private speciesList(species: SpeciesList): SpeciesList {
    return speciesFor(this.name, this.ownSpecies, species);
  }
}

export const localMbtrType: DescriptorType = {
  name: "local-mbtr",
  schema: localMbtrSchema,
  cost: localMbtrCost,
  create: (parameters) => new LocalMbtr(parameters),
  attach: (wasm, tables) => new LocalTensorEvaluator(wasm, tables),
};
