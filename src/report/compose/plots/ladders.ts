import { formatCount, formatSignificant } from "../../formatting.js";
import { eigenvalueLadders } from "../../plots/eigenvalue-ladders.js";
import { shortenedText } from "../../plots/legend.js";
import type { Plot } from "../../plots/render-svg.js";
import { trainedRecords } from "../candidate-view.js";
import type { ComposeReportData } from "../compose-report-data.js";

/** Ladders that fit side by side. */
const MOST = 8;

/** Eigenvalues of the Fisher information of what the search went on from; undefined where none are known. */
export function ladderPlot({ result }: ComposeReportData): Plot | undefined {
  const byId = new Map(trainedRecords(result).map((record) => [record.id, record]));
  const shown = result.incumbents.map((id) => byId.get(id)!).filter(({ spectrum }) => spectrum.eigenvalues.length > 0).slice(-MOST);
  if (shown.length === 0) return undefined;
  return eigenvalueLadders({
    name: "eigenvalue-ladders",
    description: `Eigenvalues of the Fisher information of ${formatCount(shown.length)} potentials, relative to the largest; ${shown.map(({ notation, spectrum }) => `${notation} log κ ${formatSignificant(spectrum.log10Kappa ?? NaN)}`).join(", ")}`,
    caption: `Each rung is an eigenvalue of JᵀJ of the linear parameters, on a logarithmic axis, gauge directions of products left out. Directions with rungs below the dashed line are those that the data hardly determine. ${shown.map(({ notation }, k) => `${k + 1}. ${shortenedText(notation, 300)}`).join("; ")}.`,
    title: "Eigenvalue ladders",
    subtitle: "Fisher information of what the search went on from",
    x: "accepted potential",
    ladders: shown.map(({ spectrum: { eigenvalues } }, k) => ({
      name: String(k + 1),
      rungs: eigenvalues.filter((value) => value > 0).map((value) => Math.log10(value / eigenvalues[0])),
      isResult: k === shown.length - 1,
    })),
  });
}
