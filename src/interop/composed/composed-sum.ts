import { InvalidParameterError } from "../../errors.js";
import { ComposedModel } from "../../models/composed/model.js";
import type { Model } from "../../models/model-type.js";
import { SumModel } from "../../models/sum/model.js";
import { symbolOf } from "../../structures/periodic-table.js";
import { isOverlay } from "../lammps/overlays.js";
import type { ComposedContent } from "./embedded-atom.js";

/** A composed potential, and pair potentials that stand beside it. */
export interface ComposedSum {
  readonly potential: ComposedContent;
  readonly overlays: readonly Model[];
}

/**
 * Takes a model apart: a composed potential alone, or in a sum with pair potentials.
 * @throws {InvalidParameterError} for other models
 */
export function composedSumOf(model: Model): ComposedSum {
  const parts = partsOf(model);
  const composed = parts.filter((part) => part instanceof ComposedModel);
  const overlays = parts.filter((part) => !(part instanceof ComposedModel));
  const other = overlays.find((part) => !isOverlay(part));
  if (composed.length === 0 || other) {
    throw new InvalidParameterError(`export-composed takes models of type composed, with pair potentials beside them, not ${(other ?? model).type}${hintFor((other ?? model).type)}`);
  }
  if (composed.length > 1) throw new InvalidParameterError(`the sum has ${composed.length} composed potentials; export them one by one, or fit one with their terms (A + B)`);
  const [potential] = composed;
  const unknown = potential.species.filter((atomicNumber) => !model.species.includes(atomicNumber));
  if (unknown.length > 0) throw new InvalidParameterError(`the potentials beside the composed one do not know ${unknown.map(symbolOf).join(", ")}`);
  return { potential, overlays };
}

function partsOf(model: Model): Model[] {
  return model instanceof SumModel ? model.parts.flatMap(({ model: part }) => partsOf(part)) : [model];
}

/** Of other commands. */
function hintFor(type: string): string {
  if (type === "sparse-gp") return "; export-gap writes these";
  return type === "linear" ? "; export-yace writes those of the descriptor ace" : "";
}
