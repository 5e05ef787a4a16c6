import { PestleError } from "../../errors.js";
import { fitSurrogate, type Surrogate } from "../../optimizers/surrogate/fit-surrogate.js";
import type { Point } from "../../optimizers/optimizer.js";
import type { EvaluationRecord, StageResult } from "../../tune/search-result.js";
import type { LossAxis } from "./loss-axis.js";
import type { ParameterAxis } from "./parameter-axis.js";

/** What a surrogate makes of the evaluations of a stage, on the scale of the axis of the loss. */
export interface LossModel {
  readonly surrogate: Pick<Surrogate, "model" | "rSquared">;
  /** Total Sobol index of every parameter, 0 to 1: share of the variance over the ranges that vanishes when it is known. */
  readonly totals: readonly number[];
  /** Predicted losses along one parameter, the others at their best; empty where the best has no point. */
  slice(index: number): { readonly position: number; readonly loss: number }[];
}

/** Fewer evaluations say too little. */
const FEWEST = 20;
const FEWEST_PER_PARAMETER = 3;

/** More of them make the fit slow and hardly better. */
const MOST = 500;

/** Predictions of left-out evaluations that explain less than this share of the variance are not worth showing. */
const LOWEST_R_SQUARED = 0.5;

const SLICE_VALUES = 33;

/** @param completed by ascending loss */
export function lossModel(stage: StageResult, completed: readonly EvaluationRecord[], axes: readonly ParameterAxis[], axis: LossAxis): LossModel | undefined {
  const points = completed.flatMap(({ point, loss }) => (point?.length === axes.length ? [{ point, loss: axis.scaled(loss) }] : []));
  if (points.length < Math.max(FEWEST, FEWEST_PER_PARAMETER * axes.length)) return undefined;
  const step = Math.ceil(points.length / MOST);
  const chosen = points.filter((_, i) => i % step === 0);
  const dimensions = stage.parameters.map(({ dimension }) => dimension);
  const surrogate = fitted(() => fitSurrogate(chosen.map(({ point }) => point), chosen.map(({ loss }) => loss), dimensions));
  if (!surrogate || !(surrogate.rSquared.leaveOneOut >= LOWEST_R_SQUARED)) return undefined;
  const best: Point | undefined = points[0].point;
  return {
    surrogate,
    totals: surrogate.influences().map(({ total }) => Math.min(1, Math.max(0, total))),
    slice: (index) => coordinates(axes[index]).flatMap((coordinate) => {
      const position = axes[index].positionAt(coordinate);
      return position === undefined ? [] : [{ position, loss: axis.unscaled(surrogate.predict(best.with(index, coordinate))) }];
    }),
  };
}

/** Points that all lie on each other have no surrogate, and a report needs none. */
function fitted(fit: () => Surrogate): Surrogate | undefined {
  try {
    return fit();
  } catch (error) {
    if (error instanceof PestleError) return undefined;
    throw error;
  }
}

function coordinates({ parameter: { dimension } }: ParameterAxis): number[] {
  if (dimension.kind === "continuous") return Array.from({ length: SLICE_VALUES }, (_, i) => i / (SLICE_VALUES - 1));
  return Array.from({ length: dimension.levels }, (_, level) => level);
}
