import { reducedPart, type TypedParameters } from "../analysis/redundancy/reduce-descriptor.js";
import { createEnvironmentDescriptor } from "../descriptors/registry.js";
import { learnFromData } from "../environments/learn.js";
import { environmentOf, type SingleEnvironment } from "../environments/single-environment.js";
import { InvalidParameterError } from "../errors.js";
import type { Executor } from "../parallel/executor.js";
import type { Structure } from "../structures/structure.js";
import { scanData, type ScannedData, type ScanOptions } from "./scanned-data.js";
import type { Session } from "./session.js";

/** Data of one or several files that a reduction takes something from. */
export interface ReductionData {
  /** Atomic numbers, ascending. */
  readonly species: readonly number[];
  readonly atoms: number;
  /** Atoms of the largest structure. */
  readonly largestStructure: number;
  readonly structures: AsyncIterable<Structure>;
}

/** @throws {InvalidParameterError} for a file without structures */
export async function scanAll(paths: readonly string[], options: Pick<ScanOptions, "types" | "signal">): Promise<ReductionData> {
  const parts: ScannedData[] = [];
  for (const path of paths) {
    const part = await scanData(path, { ...options, isSample: false });
    part.scan.check(path, undefined);
    parts.push(part);
  }
  return {
    species: [...new Set(parts.flatMap(({ scan }) => scan.species))].sort((a, b) => a - b),
    atoms: parts.reduce((sum, { scan }) => sum + scan.atoms, 0),
    largestStructure: Math.max(...parts.map(({ scan }) => scan.largestStructure)),
    structures: { [Symbol.asyncIterator]: () => structuresOf(parts) },
  };
}

async function* structuresOf(parts: readonly ScannedData[]): AsyncGenerator<Structure> {
  for (const { structures } of parts) yield* structures;
}

/** Whether some parameters are left to the data. */
export function takesFromData(parameters: TypedParameters): boolean {
  return parameters.reduction === undefined && createEnvironmentDescriptor(reducedPart(parameters), "reductions").learn !== undefined;
}

/** Parameters with those that the descriptor takes from data, such as the most neighbors. */
export async function learnedParameters(session: Session, executor: Executor, parameters: TypedParameters, species: readonly number[], { largestStructure, structures }: ReductionData): Promise<TypedParameters> {
  if (!takesFromData(parameters)) return parameters;
  const descriptor = createEnvironmentDescriptor(reducedPart(parameters), "reductions");
  const { signal, onProgress } = session;
  const learned = await learnFromData(executor, descriptor, structures, { species, largestStructure, signal, onProgress });
  return { ...parameters, ...learned.parameters, type: parameters.type };
}

/** Centers spread evenly over the data, each with its neighbors; those without neighbors are left out. */
export async function someEnvironments(executor: Executor, { atoms: all, structures }: ReductionData, cutoff: number, count: number): Promise<SingleEnvironment[]> {
  const found: SingleEnvironment[] = [];
  let first = 0;
  const wanted = Math.min(count, all);
  const atoms = Array.from({ length: wanted }, (_, i) => Math.floor(((i + 0.5) * all) / wanted));
  for await (const structure of structures) {
    const last = first + structure.atomicNumbers.length;
    for (const atom of atoms) {
      if (atom < first || atom >= last) continue;
      const environment = environmentOf(executor, structure, atom - first, cutoff);
      if (environment.neighbors.length > 0) found.push(environment);
    }
    first = last;
  }
  if (found.length === 0) {
    const which = wanted === 1 ? "the atom that was looked at has no neighbor" : `none of the ${wanted} atoms that were looked at has a neighbor`;
    throw new InvalidParameterError(`${which} within ${Number(cutoff.toPrecision(4))} Å: raise ${wanted < all ? "--environments or " : ""}the cutoff, or leave out --flexible and --threshold`);
  }
  return found;
}
