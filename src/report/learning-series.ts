import { quantities } from "../analysis/metrics.js";
import type { LearningCurveResult, LearningPoint } from "../analysis/validation/learning-curve.js";
import type { PowerLaw } from "../analysis/validation/power-law.js";
import type { ErrorSpread } from "../analysis/validation/spread.js";
import { displayName, errorDisplay, type QuantityDisplay } from "./formatting.js";

/** What a learning curve shows of one quantity, or of one property. */
export interface LearningSeries extends QuantityDisplay {
  /** Of files: distinct, letters and digits. */
  readonly key: string;
  /** Of the RMSE, before scaling. */
  readonly law: PowerLaw | undefined;
  errorsOf(point: LearningPoint): ErrorSpread;
}

const none: ErrorSpread = { fits: 0, rmse: { mean: NaN, deviation: NaN }, mae: { mean: NaN, deviation: NaN } };

/** Everything that the fits of a curve were judged by: energies, forces, virials, properties. */
export function learningSeries({ points, powerLaws, propertyLaws }: LearningCurveResult): LearningSeries[] {
  const own = quantities.map((quantity): LearningSeries => ({ key: quantity, ...errorDisplay[quantity], law: powerLaws[quantity], errorsOf: ({ spread }) => spread.total[quantity] }));
  const properties = new Map(points.flatMap(({ spread }) => spread.properties.map(({ name, unit }) => [name, unit] as const)));
  const others = [...properties].map(([name, unit], index): LearningSeries => ({
    key: `property-${index + 1}`,
    ...propertyDisplay({ name, unit }),
    law: propertyLaws[name],
    errorsOf: ({ spread }) => spread.properties.find((property) => property.name === name) ?? none,
  }));
  return [...own, ...others].filter(({ errorsOf }) => points.some((point) => errorsOf(point).fits > 0));
}

/** How errors of a property are shown: as the data have it. */
export function propertyDisplay({ name, unit }: { readonly name: string; readonly unit: string }): QuantityDisplay {
  return { title: displayName(name, 24), unit: unit === "1" ? "" : displayName(unit, 16), scale: 1 };
}
