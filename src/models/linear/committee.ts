import type { Descriptor, PreparedDescriptor, SpeciesList } from "../../descriptors/descriptor.js";
import { InvalidParameterError } from "../../errors.js";
import { seededRandom, standardNormal } from "../../math/random.js";
import type { MemoryPool } from "../../wasm/memory.js";
import type { Wasm } from "../../wasm/wasm.js";
import type { LinearModel } from "./model.js";

/** How the members of a committee are drawn. */
export interface CommitteeModelOptions {
  /** K, members; their spread tells a standard deviation with a relative error of 1/√(2 (K − 1)). */
  readonly count: number;
  /** Of the normal deviates, which are drawn member by member, direction by direction. Default 1. */
  readonly seed?: number;
}

/**
 * Potentials drawn from the posterior of the coefficients, c + B z with z of independent normal deviates and B the root of the covariance that the
 * model holds. Members that are open at the same time have the tables of their descriptors in common.
 * @throws {InvalidParameterError} for a model without a covariance, and for a count below 1
 */
export function committeeOfModel(model: LinearModel, { count, seed = 1 }: CommitteeModelOptions): LinearModel[] {
  const { covariance } = model;
  if (!covariance) throw new InvalidParameterError("the model has no covariance of its coefficients that members could be drawn from: fit it with error bars");
  if (!(Number.isInteger(count) && count >= 1)) throw new InvalidParameterError(`a committee of ${count} members; it must be a whole number of at least 1`);
  const random = seededRandom(seed);
  const shared = model.terms.map((term) => ({ ...term, descriptor: withSharedTables(term.descriptor) }));
  return Array.from({ length: count }, () => {
    const deviates = Float64Array.from({ length: covariance.nDirections }, () => standardNormal(random));
    let column = 0;
    const draw = (value: number): number => {
      let drawn = value;
      for (let k = 0; k < deviates.length; k++) drawn += covariance.root[column * deviates.length + k] * deviates[k];
      column++;
      return drawn;
    };
    const terms = shared.map((term) => ({ ...term, coefficients: term.coefficients.map(draw) }));
    return model.with({ terms, intercepts: model.intercepts?.map(draw), covariance: undefined });
  });
}

interface Held {
  readonly species: string;
  readonly prepared: PreparedDescriptor;
  users: number;
}

/** The same descriptor, which has its tables in a memory once for all that use them at the same time. */
function withSharedTables(descriptor: Descriptor): Descriptor {
  const held = new WeakMap<MemoryPool, Held>();
  const prepare = (wasm: Wasm, pool: MemoryPool, species: SpeciesList): PreparedDescriptor => {
    const key = JSON.stringify(species);
    const known = held.get(pool);
    if (known && known.species !== key) return descriptor.prepare(wasm, pool, species);
    const own: Held = known ?? { species: key, prepared: descriptor.prepare(wasm, pool, species), users: 0 };
    held.set(pool, own);
    own.users++;
    const release = (): void => {
      if (--own.users > 0) return;
      held.delete(pool);
      own.prepared.release();
    };
    return { ...own.prepared, release };
  };
  return Object.create(descriptor, { prepare: { value: prepare, enumerable: true } }) as Descriptor;
}
