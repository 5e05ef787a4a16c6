import type { MemoryPool } from "../../wasm/memory.js";
import type { Wasm } from "../../wasm/wasm.js";
import type { Descriptor, DescriptorMemory, DescriptorType, Feature, NeededSpecies, PreparedDescriptor, SpeciesList } from "../descriptor.js";
import type { StateSize } from "../rows.js";
import { ownSpeciesOf, rememberedBySpecies, speciesFor } from "../species.js";
import { columnCount, describeColumns, neededByColumns, placeBases } from "./columns.js";
import { clusterCost } from "./cost.js";
import { ClusterEvaluator } from "./evaluator.js";
import { type ClusterParameters, clusterParameters, clusterSchema } from "./parameters.js";
import { clusterMemory, clusterState, type ClusterPlan, planCluster, prepareCluster } from "./tables.js";

/**
 * Cluster bases: sums over neighbors of localized functions, and over pairs of neighbors of products of two and a Legendre polynomial of the angle.
 * Wang, Transtrum, Lordi, Bulatov & Samanta, arXiv:2504.19372, (35–57); see docs/theory/cluster.md.
 */
export class Cluster implements Descriptor {
  readonly name = "cluster";
  readonly parameters: ClusterParameters;
  readonly cutoff: number;
  readonly isSmoothAtCutoff = true;
  readonly rows = "center";
  readonly ownSpecies: SpeciesList | undefined;
  private readonly plan: (species: SpeciesList) => ClusterPlan;

  /** @throws {InvalidParameterError} */
  constructor(parameters: unknown) {
    this.parameters = clusterParameters(parameters);
    this.cutoff = this.parameters.cutoff.radius;
    this.ownSpecies = ownSpeciesOf(this.name, this.parameters.species);
    this.plan = rememberedBySpecies((species) => planCluster(this.parameters, species));
  }

  featureCount(species: SpeciesList): number {
    return columnCount(placeBases(this.parameters, this.speciesList(species).length));
  }

  features(species: SpeciesList): Feature[] {
    const list = this.speciesList(species);
    return describeColumns(placeBases(this.parameters, list.length), list);
  }

  neededSpecies(species: SpeciesList, center: number): readonly NeededSpecies[] {
    const list = this.speciesList(species);
    return neededByColumns(placeBases(this.parameters, list.length), list, center);
  }

  /** α and β of Gaussian bases, then factors of species, those that were not given too: `bases[0].weights.Na-Cl[2]`, `bases[1].weights.Cl-Na-Cl`. */
  parameterNames(species: SpeciesList): string[] {
    return this.plan(this.speciesList(species)).parameterNames;
  }

  stateSize(species: SpeciesList): StateSize {
    return clusterState(this.plan(this.speciesList(species)));
  }

  memory(species: SpeciesList): DescriptorMemory {
    return clusterMemory(this.plan(this.speciesList(species)));
  }

  prepare(wasm: Wasm, pool: MemoryPool, species: SpeciesList): PreparedDescriptor {
    return prepareCluster(wasm, pool, this.plan(this.speciesList(species)), this.name);
  }

  private speciesList(species: SpeciesList): SpeciesList {
    return speciesFor(this.name, this.ownSpecies, species);
  }
}

export const clusterType: DescriptorType = {
  name: "cluster",
  schema: clusterSchema,
  cost: clusterCost,
  create: (parameters) => new Cluster(parameters),
  attach: (wasm, tables) => new ClusterEvaluator(wasm, tables),
};
