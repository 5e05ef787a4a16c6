import type { Model } from "../model-type.js";
import { buckinghamForm } from "./buckingham.js";
import { type ClosedForm, closedFormFunctions, ClosedFormModel } from "./closed-form.js";
import { lennardJonesForm } from "./lennard-jones.js";
import { morseForm } from "./morse.js";
import type { PairFunctions } from "./pair-function.js";
import { PairTableModel, tableFunctions } from "./table.js";

const forms: readonly ClosedForm[] = [lennardJonesForm, morseForm, buckinghamForm];

/** Functions of the distance that a model is the sum of, on the host; undefined where it is no table or closed form. */
export function pairFunctionsOf(model: Model): PairFunctions | undefined {
  if (model instanceof PairTableModel) return tableFunctions(model);
  const form = forms.find(({ type }) => type === model.type);
  return form && model instanceof ClosedFormModel ? closedFormFunctions(form, model) : undefined;
}
