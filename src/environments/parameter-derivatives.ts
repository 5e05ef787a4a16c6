import type { Descriptor, SpeciesList } from "../descriptors/descriptor.js";
import { attachDescriptor } from "../descriptors/registry.js";
import { requireCenterRows } from "../descriptors/requirements.js";
import { prepareShared } from "../descriptors/shared-tables.js";
import { InvalidParameterError } from "../errors.js";
import type { Workspace } from "../linalg/dense.js";
import { withScratch } from "../wasm/scratch.js";
import { buildEnvironments, namingStructure } from "./environments.js";
import type { Geometry } from "./geometry.js";

/** Which rows. */
export interface ParameterDerivativesOptions {
  /** Atomic numbers, ascending: what columns are for; default: those of the structure. */
  readonly species?: SpeciesList | undefined;
  /** Atoms from 0; default: all. */
  readonly centers?: Int32Array | undefined;
}

/** Derivatives of rows by parameters of the descriptor. */
export interface ParameterDerivatives {
  /** Paths into the parameters of the descriptor: `bases[0].alpha`. */
  readonly names: readonly string[];
  /** Columns of a row. */
  readonly nFeatures: number;
  /** nCenters × nParameters × nFeatures */
  readonly values: Float64Array;
}

/**
 * Derivatives of the rows of one structure by the non-linear parameters of a descriptor, on the calling thread: for fits that move these, and to see
 * which of them matter.
 * @param space an executor
 * @throws {InvalidParameterError} for a descriptor that does not tell them
 * @throws {InvalidStructureError} naming the structure, for a species that is not in the list or atoms that coincide
 */
export function parameterDerivatives({ wasm, pool }: Workspace, descriptor: Descriptor, geometry: Geometry, options: ParameterDerivativesOptions = {}): ParameterDerivatives {
  requireCenterRows(descriptor, "derivatives by parameters");
  const species = options.species ?? [...new Set(geometry.atomicNumbers)].sort((a, b) => a - b);
  const names = descriptor.parameterNames?.(species);
  if (!names) throw new InvalidParameterError(`${descriptor.name} does not tell derivatives by its parameters; cluster does, as it stands: without mean, standardization or reduction`);
  const { tables, release } = prepareShared(descriptor, wasm, pool, species);
  const evaluator = attachDescriptor(wasm, tables);
  const { nFeatures } = tables;
  try {
    const values = withScratch(pool, (arena) => {
      const { batch } = namingStructure(geometry.label, () => buildEnvironments(wasm, arena, geometry, tables, options.centers ?? null));
      const out = arena.f64(batch.nCenters * names.length * nFeatures);
      evaluator.parameterDerivatives!({ ...batch, rows: evaluator.rows(batch, arena) }, out, arena);
      return wasm.f64(out, batch.nCenters * names.length * nFeatures).slice();
    });
    return { names, nFeatures, values };
  } finally {
    release();
  }
}
