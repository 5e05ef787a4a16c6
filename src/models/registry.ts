import { FormatError, InternalError } from "../errors.js";
import type { Wasm } from "../wasm/wasm.js";
import { provenanceOfPart } from "./calibration.js";
import { committeeType } from "./committee/type.js";
import { composedType } from "./composed/model.js";
import { kernelRidgeType } from "./kernel-ridge/model.js";
import type { ModelType, PartTypes } from "./model-type.js";
import { buckinghamType } from "./pair/buckingham.js";
import { lennardJonesType } from "./pair/lennard-jones.js";
import { morseType } from "./pair/morse.js";
import { pairTableType } from "./pair/table.js";
import { zblType } from "./pair/zbl.js";
import type { Potential, PotentialEvaluator, PotentialTables } from "./potential.js";
import { linearType } from "./linear/model.js";
import { sparseGpType } from "./sparse-gp/model.js";
import { sumType } from "./sum/model.js";

/** The potentials, one line each. */
const types: ModelType[] = [sparseGpType, linearType, kernelRidgeType, composedType, committeeType, sumType, zblType, pairTableType, lennardJonesType, morseType, buckinghamType];

/**
 * Adds a type of models that a program brings along: model files and potentials of this type are known from then on, to this thread.
 * Worker threads need it too, see `addTaskModule`.
 * @throws {InternalError} when there is one of this name already
 */
export function registerModelType(type: ModelType): void {
  if (findModelType(type.type)) throw new InternalError(`there is a model type "${type.type}" already`);
  types.push(type);
}

/** Names of the types of models, as in model files. */
export function modelNames(): string[] {
  return types.map(({ type }) => type);
}

/** @returns undefined for a type that this version does not know */
export function findModelType(type: string): ModelType | undefined {
  return types.find((candidate) => candidate.type === type);
}

/**
 * The type of a potential.
 * @throws {InternalError} when it is not registered
 */
export function modelTypeOf(potential: Pick<Potential, "type">): ModelType {
  const type = findModelType(potential.type);
  if (!type) throw new InternalError(`the potential type "${potential.type}" is not registered; known are ${modelNames().join(", ")}`);
  return type;
}

/** Any registered type may be a part of another. */
export const partTypes: PartTypes = {
  encode: (part) => ({ type: part.type, calibration: part.provenance.calibration, ...modelTypeOf(part).encode(part, partTypes) }),
  decode(part, file) {
    const type = findModelType(part.type);
    if (!type) throw new FormatError({ file }, `model of type "${part.type}"; this program knows ${modelNames().join(", ")}`);
    return type.decode(part, provenanceOfPart(part.calibration), file, partTypes);
  },
  attach: attachPotential,
};

/** Binds a potential to one thread. */
export function attachPotential(wasm: Wasm, tables: PotentialTables): PotentialEvaluator {
  return modelTypeOf(tables).attach(wasm, tables, partTypes);
}
