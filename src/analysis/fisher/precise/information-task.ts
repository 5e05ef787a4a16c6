import { namingStructure } from "../../../environments/environments.js";
import type { StructureTargets } from "../../../fit/structure-targets.js";
import { PreciseArithmetic } from "../../../math/precise/arithmetic.js";
import type { Precise } from "../../../math/precise/binding.js";
import { buildNeighborList } from "../../../neighbors/neighbor-list.js";
import { copyNeighborList } from "../../../neighbors/plain.js";
import { defineTask, type TaskContext } from "../../../parallel/task.js";
import type { WorkContext } from "../../../parallel/work-context.js";
import type { Geometry } from "../../../environments/geometry.js";
import { countParameters, layoutParameters } from "../../../models/composed/parameters.js";
import type { ParameterRowsRequest } from "../../../models/parametric.js";
import { type ComposedPotential, PreciseComposedRows } from "./composed-rows.js";
import { PreciseInformation } from "./information-matrix.js";
import { precisePairs, SEARCH_MARGIN } from "./pairs.js";

/** The part of the information that one structure gives. */
interface InformationInput {
  readonly potential: ComposedPotential;
  readonly targets: StructureTargets;
  readonly bits: number;
  readonly linearOnly: boolean;
}

/** Bits of F of one structure. */
const structureInformation = defineTask("analysis/precise-information", (context, { potential, targets, bits, linearOnly }: InformationInput): Uint8Array => {
  const numbers = PreciseArithmetic.openInTask(bits);
  try {
    const request = { forces: targets.forces !== null, virial: targets.virial !== null, linearOnly };
    const n = columnCount(potential, linearOnly);
    const rows = preciseRows(context, numbers, potential, targets.geometry, request);
    const information = new PreciseInformation(numbers, n);
    information.add(rows, rowFactors(targets));
    return numbers.save(information.matrix, n ** 2);
  } finally {
    numbers.close();
  }
});

/** Columns of rows: all parameters, or the linear ones. */
function columnCount({ form, species, values }: ComposedPotential, linearOnly: boolean): number {
  return linearOnly ? countParameters(layoutParameters(form, species.length)).linear : values.length;
}

/** Rows of J by all parameters or the linear ones, α and β in their logarithms: rows × parameters. */
export function preciseRows({ wasm, scratch }: TaskContext, numbers: PreciseArithmetic, potential: ComposedPotential, geometry: Geometry, request: ParameterRowsRequest): Precise {
  return namingStructure(geometry.label, () => {
    const { positions, cell, pbc, atomicNumbers } = geometry;
    const { form, species } = potential;
    const mark = scratch.mark();
    const list = copyNeighborList(wasm, buildNeighborList(wasm, scratch, { positions, nAtoms: atomicNumbers.length, cell, pbc, cutoff: form.cutoff.radius * SEARCH_MARGIN }));
    scratch.reset(mark);
    return new PreciseComposedRows(numbers, precisePairs(numbers, geometry, list, form.cutoff, species), potential).rows(request);
  });
}

/** 1/σ of every row of `parameterRows`; 0 where it has no target. */
function rowFactors({ geometry, energy, forces, virial }: StructureTargets): Float64Array {
  const nAtoms = geometry.atomicNumbers.length;
  const factors = new Float64Array(1 + (forces ? 3 * nAtoms : 0) + (virial ? 6 : 0));
  if (energy) factors[0] = 1 / energy.sigma;
  forces?.sigma.forEach((sigma, i) => (factors[1 + 3 * forces.atoms[Math.floor(i / 3)] + (i % 3)] = 1 / sigma));
  virial?.sigma.forEach((sigma, i) => (factors[factors.length - 6 + i] = 1 / sigma));
  return factors;
}

/** How F is formed. */
export interface InformationContext extends WorkContext {
  /** Columns of the linear parameters alone, in their order; default: all. */
  readonly linearOnly?: boolean | undefined;
}

/**
 * F of all structures. Structures go to the threads; their parts are added in their order, so that bits do not depend on the threads.
 * @throws {ResourceError} where the library of high precision is not installed; {CancelledError}
 */
export async function preciseInformation(
  numbers: PreciseArithmetic, potential: ComposedPotential, structures: readonly (() => StructureTargets)[],
  { executor, signal, onProgress, linearOnly = false }: InformationContext,
): Promise<PreciseInformation> {
  const n = columnCount(potential, linearOnly);
  const information = new PreciseInformation(numbers, n);
  const parts = new Map<number, Uint8Array>();
  let [next, added] = [0, 0];
  let failed = false;
  executor.announce(structures.length);
  const addReady = (): void => {
    for (let part = parts.get(added); part; part = parts.get(added)) {
      parts.delete(added++);
      const mark = numbers.mark();
      information.addMatrix(numbers.load(part));
      numbers.reset(mark);
      onProgress?.({ stage: `${numbers.bits} bits`, done: added, total: structures.length, unit: "structures" });
    }
  };
  const takeInTurn = async (): Promise<void> => {
    while (next < structures.length && !failed) {
      const index = next++;
      try {
        parts.set(index, await executor.submit(structureInformation, { potential, targets: structures[index](), bits: numbers.bits, linearOnly }, { signal }));
      } catch (error) {
        failed = true;
        throw error;
      }
      addReady();
    }
  };
  const settled = await Promise.allSettled(Array.from({ length: Math.min(structures.length, executor.maximumInFlight) }, takeInTurn));
  for (const loop of settled) if (loop.status === "rejected") throw loop.reason;
  return information;
}
