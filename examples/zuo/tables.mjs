// Tables of the results, as Markdown.
import { significant, table } from "../recipes/tables.mjs";
import { bestKnown } from "./best-known.mjs";

/** The benchmark's. */
export const elements = Object.keys(bestKnown);

/** @param results one for each element and family */
export function tablesOf(results) {
  return ["### The family found best", summary(results), "### All families", everything(results)].join("\n\n").concat("\n");
}

function summary(results) {
  const rows = elements.flatMap((element) => {
    const best = bestOf(results, element);
    if (!best) return [];
    const { energy, forces } = bestKnown[element];
    return [[element, best.title, compared(1000 * best.energy.mae, energy), compared(best.forces.mae, forces), significant(best.fitSeconds, 2), significant(best.fitWallSeconds, 2)]];
  });
  return table(["element", "found best", "energy MAE (best known), meV/atom", "force MAE (best known), eV/Å", "fit, processor time (s)", "fit, wall time (s)"], rows);
}

function everything(results) {
  const rows = results.map((result) => {
    const { element, title, energy, forces, coefficients } = result;
    const isBest = result === bestOf(results, element);
    return [
      element, isBest ? `**${title}**` : title, coefficients, significant(foundOf(result, "radius", "rcutfac"), 3), significant(1000 * foundOf(result, "energy"), 3),
      significant(1000 * result.searchLoss, 3), pair(1000 * energy.mae, 1000 * energy.rmse), pair(forces.mae, forces.rmse),
      significant(result.fitSeconds, 2), megabytes(result.peakWasmBytes), megabytes(result.peakResidentBytes), significant(result.atomsPerSecond, 2), significant(result.searchSeconds, 2),
    ];
  });
  return table(
    [
      "element", "family", "coefficients", "cutoff found (Å)", "σ of energies found (meV/atom)", "loss of the search (10⁻³)", "energy MAE / RMSE (meV/atom)", "force MAE / RMSE (eV/Å)",
      "fit, processor time (s)", "numerical memory (MB)", "resident (MB)", "prediction with forces (atoms/s)", "search, processor time (s)",
    ],
    rows,
  );
}

/** What the search found for the parameter with one of these names. */
function foundOf({ found }, ...names) {
  return Object.entries(found).find(([path]) => names.includes(path.split(".").at(-1)))[1];
}

/** By the loss of the search: the test structures have no part in the choice. */
function bestOf(results, element) {
  return results.filter((result) => result.element === element).sort((a, b) => a.searchLoss - b.searchLoss)[0];
}

function compared(value, best) {
  return `${value <= best ? "" : "✗ "}${significant(value, 3)} (${best})`;
}

const pair = (a, b) => `${significant(a, 3)} / ${significant(b, 3)}`;
const megabytes = (bytes) => significant(bytes / 1e6, 2);
