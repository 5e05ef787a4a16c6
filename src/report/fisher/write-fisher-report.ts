import { throwIfAborted } from "../../parallel/executor.js";
import { html, scriptSource } from "../markup.js";
import { documentText } from "../page/document.js";
import { provenanceSection, warningSection } from "../page/sections.js";
import { startSortableTables } from "../page/sortable-client.js";
import type { Figure } from "../plots/figure.js";
import { type Plot, renderFigure } from "../plots/render-svg.js";
import { writeFiles, type WriteReportOptions, type WrittenReport } from "../write-files.js";
import type { FisherReportData } from "./fisher-report-data.js";
import { fisherHeader } from "./page/header-section.js";
import { parameterSection } from "./page/parameter-section.js";
import { precisionSection } from "./page/precision-section.js";
import { predictionSection } from "./page/prediction-section.js";
import { directionSection, spectrumSection } from "./page/spectrum-section.js";
import { fisherStyle } from "./page/style.js";
import { ladderPlots } from "./plots/ladders.js";
import { participationPlot } from "./plots/participation.js";

/**
 * Writes the page of a Fisher information as one self-contained HTML file and its figures as SVG files. The target is a file or a folder, see `writeFiles`.
 * @throws InvalidParameterError if the target cannot be written, CancelledError if the signal fires.
 */
export async function writeFisherReport(target: string, data: FisherReportData, { signal }: WriteReportOptions = {}): Promise<WrittenReport> {
  const { information } = data;
  const ladders = await drawn(ladderPlots(information), signal);
  const participation = await drawn([participationPlot(information)], signal);
  const sections = [
    fisherHeader(data),
    warningSection(information.warnings),
    spectrumSection(information, ladders),
    precisionSection(information),
    directionSection(information, participation),
    parameterSection(information),
    predictionSection(information),
    html`<script>(${scriptSource(startSortableTables.toString())})();</script>`,
    provenanceSection(data.provenance),
  ];
  const page = documentText(data.title, sections, "Made by pestle. Energies in eV, lengths in Å, forces in eV/Å unless a unit says otherwise.", fisherStyle);
  throwIfAborted(signal);
  return writeFiles(target, page, [...ladders, ...participation]);
}

async function drawn(plots: readonly (Plot | undefined)[], signal: AbortSignal | undefined): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const plot of plots) {
    throwIfAborted(signal);
    if (plot) figures.push(await renderFigure(plot));
  }
  return figures;
}
