import { attachDescriptor } from "../../descriptors/registry.js";
import { speciesIndices } from "../../descriptors/species.js";
import { buildEnvironments, centersOf, type DescribedEnvironments, describeEnvironments } from "../../environments/environments.js";
import type { CenterRange, Geometry } from "../../environments/geometry.js";
import type { Arena } from "../../wasm/memory.js";
import type { Wasm } from "../../wasm/wasm.js";
import type { PartTypes } from "../model-type.js";
import type { DescribedParts, EvaluationRequest, PotentialEvaluator, PotentialTables, Prediction, TablesOfPart } from "../potential.js";
import { TogetherEvaluator } from "../together.js";
import type { CommitteeTables } from "./model.js";

/** Members that are alike are predicted in one pass; environments that others have in common with them are described once. */
export class CommitteeEvaluator implements PotentialEvaluator {
  private readonly all: TogetherEvaluator;

  constructor(
    private readonly wasm: Wasm,
    private readonly tables: CommitteeTables,
    types: PartTypes,
  ) {
    this.all = new TogetherEvaluator(wasm, tables.groups, types);
  }

  evaluate(geometry: Geometry, { want, range = { first: 0, last: geometry.atomicNumbers.length } }: EvaluationRequest, scratch: Arena): Prediction {
    const mark = scratch.mark();
    const known = new Map<string, DescribedEnvironments>();
    const requestOf = (tables: PotentialTables): Omit<EvaluationRequest, "want"> => ({ range, described: this.describe(tables, geometry, range, known, scratch) });
    const { localEnergies: wanted = false, localDeviations: needed = false, errorBars } = want;
    const all = this.all.evaluate(geometry, { ...want, localEnergies: wanted || needed }, requestOf, scratch);
    scratch.reset(mark);
    const { hasCenter } = this.tables;
    const members = hasCenter ? all.slice(1) : all;
    const { localEnergies, ...prediction } = hasCenter ? all[0] : meanOf(members);
    return {
      ...prediction,
      ...(wanted && localEnergies && { localEnergies }),
      ...(errorBars && spreadOf(members)),
      ...(needed && this.localSpreadOf(members, geometry)),
    };
  }

  /** Deviations of local energies, and their shares of the limits; atoms outside of the range have none. */
  private localSpreadOf(members: readonly Prediction[], geometry: Geometry): Pick<Prediction, "localDeviations" | "committeeSpreads"> {
    const { species, spreadLimits: limits } = this.tables;
    const localDeviations = Float64Array.from(geometry.atomicNumbers, (_, atom) => Math.sqrt(variance(members.map((one) => one.localEnergies![atom]))));
    if (!limits) return { localDeviations };
    const indices = speciesIndices(geometry, species);
    // where members always agreed the limit is 0
    return { localDeviations, committeeSpreads: localDeviations.map((deviation, atom) => (deviation === 0 ? 0 : deviation / limits[indices[atom]])) };
  }

  /** Environments of the parts of a potential, in the arena; those of the range that another one has described are taken over. */
  private describe({ parts }: PotentialTables, geometry: Geometry, range: CenterRange, known: Map<string, DescribedEnvironments>, scratch: Arena): DescribedParts {
    const own = new Map<string, DescribedEnvironments>();
    for (const [name, part] of Object.entries(parts ?? {})) {
      const key = JSON.stringify([part.descriptor.serial, part.species, part.centers]);
      const found = known.get(key) ?? this.describePart(part, geometry, range, scratch);
      if (!found) continue;
      known.set(key, found);
      own.set(name, found);
    }
    return own;
  }

  private describePart({ descriptor, species, centers }: TablesOfPart, geometry: Geometry, range: CenterRange, scratch: Arena): DescribedEnvironments | undefined {
    const atoms = centersOf(speciesIndices(geometry, species), range, centers);
    if (atoms.length === 0) return undefined;
    return describeEnvironments(scratch, buildEnvironments(this.wasm, scratch, geometry, descriptor, atoms), attachDescriptor(this.wasm, descriptor));
  }
}

/** Variance and grades are those of the first member. */
function meanOf(members: readonly Prediction[]): Prediction {
  const [first] = members;
  const mean = (of: (prediction: Prediction) => Float64Array | undefined): Float64Array | undefined => {
    const arrays = members.map(of);
    return arrays[0]?.map((_, i) => average(arrays.map((values) => values![i])));
  };
  const names = Object.keys(first.properties ?? {});
  const [forces, virial, localEnergies] = [mean((one) => one.forces), mean((one) => one.virial), mean((one) => one.localEnergies)];
  return {
    ...first,
    energy: average(members.map(({ energy }) => energy)),
    ...(forces && { forces }),
    ...(virial && { virial }),
    ...(localEnergies && { localEnergies }),
    ...(names.length > 0 && { properties: Object.fromEntries(names.map((name) => [name, average(members.map(({ properties }) => properties![name]))])) }),
  };
}

/** Variances of the members about their mean, with K − 1 degrees of freedom. */
function spreadOf(members: readonly Prediction[]): Pick<Prediction, "energyVariance" | "forceVariances"> {
  const { forces } = members[0];
  return {
    energyVariance: variance(members.map(({ energy }) => energy)),
    ...(forces && { forceVariances: forces.map((_, i) => variance(members.map((one) => one.forces![i]))) }),
  };
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function variance(values: readonly number[]): number {
  const mean = average(values);
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
}
