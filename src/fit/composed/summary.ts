import { basisName, countParameters } from "../../models/composed/parameters.js";
import { printNotation } from "../../models/composed/notation.js";
import { type FittedRows, summarizeRows } from "../design/summary.js";
import type { FitSummary, FitTable } from "../fit-summary.js";
import type { ResolvedComposedFit } from "./schema.js";
import type { Trained, TrainedForm, TrainingRecord } from "./training.js";

/** What a fit of a composed potential did. */
export interface ComposedFitSummary extends FitSummary {
  /** In the notation. */
  readonly potential: string;
  /** Σ (residual/σ)² on all data, at the end. */
  readonly loss: number;
  /** What was trained on the way, in order. */
  readonly steps: readonly TrainingRecord[];
}

interface FinishedFit extends FittedRows {
  readonly options: ResolvedComposedFit;
  readonly whole: TrainedForm;
  readonly trained: Trained;
  readonly records: readonly TrainingRecord[];
  /** Directions of the eliminated parameters that the data determine. */
  readonly rank: number;
  readonly nEliminated: number;
  readonly milliseconds: { readonly pairs: number; readonly training: number };
}

export function summarize({ options, whole, trained, records, rank, nEliminated, milliseconds, ...fitted }: FinishedFit): ComposedFitSummary {
  const { linear, nonLinear } = countParameters(whole.layout);
  const potential = printNotation(whole.form);
  return {
    ...summarizeRows(fitted),
    extent: `${potential}, ${linear} linear and ${nonLinear} non-linear parameters`,
    sizes: [
      { name: "nLinear", count: linear },
      { name: "nNonLinear", count: nonLinear },
    ],
    stages: [
      { name: "pairs", seconds: milliseconds.pairs / 1e3 },
      { name: "training", short: "training", seconds: milliseconds.training / 1e3 },
    ],
    tables: [basesTable(whole, trained), trainingTable(options, records, rank, nEliminated)],
    minimum: trained.loss,
    potential,
    loss: trained.loss,
    steps: records,
  };
}

function basesTable({ form, layout }: TrainedForm, { values }: Trained): FitTable {
  return {
    title: "Bases",
    columns: ["basis", "functions", "alpha, 1/Å²", "beta"],
    rows: form.bases.map(({ body, radial, size, degrees }, b) => {
      const { alpha, beta } = layout.bases[b];
      const shape = `${size} ${radial === "gaussian" ? "Gaussians" : "Chebyshev polynomials"}${body === 3 ? `, three-body, degrees ${degrees!.join(" ")}` : ""}`;
      return [basisName(b), shape, ...(alpha < 0 ? ["", ""] : [values[alpha].toPrecision(6), values[beta].toPrecision(6)])];
    }),
  };
}

function trainingTable({ fit }: ResolvedComposedFit, records: readonly TrainingRecord[], rank: number, nEliminated: number): FitTable {
  return {
    title: "Training",
    columns: ["potential", "step", "loss", "steps or candidates"],
    rows: [
      ...records.map(({ potential, step, loss, count }) => [potential, step, loss.toPrecision(6), count]),
      ["method", fit.method, "", ""],
      ["rank of the linear solution", `${rank} of ${nEliminated}`, "", ""],
    ],
  };
}
