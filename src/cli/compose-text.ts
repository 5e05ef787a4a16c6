import { type FourErrors, sizeOf, type TrainedEntry } from "../compose/candidate.js";
import type { ComposeResult } from "../compose/compose-result.js";
import type { ResultDescription } from "../compose/description.js";
import { formatNumber, formatTable } from "./table.js";

/** Parameters that are listed; all are in the report and the JSON. */
const LISTED = 8;

/** "force 0.2087 eV/Å, energy 8.70 meV/atom": of the validation structures. */
export function errorsInWords({ force, energy }: FourErrors): string {
  return [...(force === null ? [] : [`force ${force.toFixed(4)} eV/Å`]), ...(energy === null ? [] : [`energy ${(1000 * energy).toFixed(2)} meV/atom`])].join(", ");
}

/** "29 + 4 parameters, log κ 27.7" */
export function sizeInWords({ counts: { linear, nonLinear }, spectrum }: Pick<TrainedEntry, "counts" | "spectrum">): string {
  return `${linear} + ${nonLinear} parameters, log κ ${formatNumber(spectrum.log10Kappa ?? NaN, 1)}`;
}

/** What the command prints at the end, before the files. */
export function resultText(result: ComposeResult, { errors, parameters }: ResultDescription): string {
  return [
    stepsTable(result),
    "",
    ...Object.entries(result.ends).map(([phase, reason]) => `${phase === "growth" ? "growth" : "pruning"} ended: ${reason}`),
    "",
    errorTable(errors),
    "",
    `parameters with standard errors, the sloppiest ${Math.min(LISTED, parameters.length)} of ${parameters.length}`,
    formatTable([
      ["parameter", "value", "error", "in sloppy directions"],
      ...[...parameters].sort((a, b) => (b.sloppiness ?? 0) - (a.sloppiness ?? 0)).slice(0, LISTED)
        .map(({ name, value, error, sloppiness }) => [name, value.toPrecision(5), error === null ? "–" : error.toPrecision(2), formatNumber(sloppiness ?? NaN, 3)]),
    ]),
  ].join("\n");
}

/** What the search went on from. */
function stepsTable({ candidates, incumbents }: ComposeResult): string {
  return formatTable([
    ["step", "potential", "parameters", "force, eV/Å", "energy, meV/atom", "log10 kappa", "µs/atom"],
    ...incumbents.map((id) => {
      const entry = candidates[id] as TrainedEntry & (typeof candidates)[number];
      const { energy, force } = entry.errors.validation;
      return [
        entry.phase === "pool" ? "start" : `${entry.phase} ${entry.round}`, entry.notation, String(sizeOf(entry)),
        formatNumber(force ?? NaN, 4), formatNumber(1000 * (energy ?? NaN), 2), formatNumber(entry.spectrum.log10Kappa ?? NaN, 1), formatNumber(entry.cost, 2),
      ];
    }),
  ]);
}

function errorTable(errors: ResultDescription["errors"]): string {
  const parts = [["train", errors.train], ["validation", errors.validation], ...(errors.test ? [["test", errors.test] as const] : [])] as const;
  return formatTable([
    ["RMSE", "energy, meV/atom", "force, eV/Å", "amplitude, eV/Å", "angle, rad"],
    ...parts.map(([name, { energy, force, amplitude, angle }]) => [name, formatNumber(1000 * (energy ?? NaN), 2), ...[force, amplitude, angle].map((value) => formatNumber(value ?? NaN, 4))]),
  ]);
}
