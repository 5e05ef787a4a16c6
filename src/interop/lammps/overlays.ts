import type { Model } from "../../models/model-type.js";
import type { PairFunction } from "../../models/pair/pair-function.js";
import { pairFunctionsOf } from "../../models/pair/functions.js";
import { ZblModel } from "../../models/pair/zbl.js";

/** Whether a model stands beside others as lines of input or tables. */
export function isOverlay(model: Model): boolean {
  return model instanceof ZblModel || pairFunctionsOf(model) !== undefined;
}

/** What a model adds to the table of two elements, by their atomic numbers; nothing of ZBL, which has lines of input. */
export function overlayFunctions(overlay: Model, a: number, b: number): PairFunction[] {
  const found = pairFunctionsOf(overlay);
  if (!found) return [];
  const own = found.functions[found.species.indexOf(a) * found.species.length + found.species.indexOf(b)];
  return own ? [own] : [];
}
