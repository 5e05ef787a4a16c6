import { throwIfAborted } from "../../parallel/executor.js";
import { html, scriptSource } from "../markup.js";
import { documentText } from "../page/document.js";
import { fitFileSection } from "../page/fit-file-section.js";
import { figureSection, provenanceSection, settingsSection, warningSection } from "../page/sections.js";
import { startSortableTables } from "../page/sortable-client.js";
import type { Figure } from "../plots/figure.js";
import { type Plot, renderFigure } from "../plots/render-svg.js";
import { writeFiles, type WriteReportOptions, type WrittenReport } from "../write-files.js";
import type { ComposeReportData } from "./compose-report-data.js";
import { candidateSection, familySection } from "./page/family-section.js";
import { composeHeader, errorTableSection } from "./page/header-section.js";
import { parameterSection } from "./page/parameter-section.js";
import { composeStyle } from "./page/style.js";
import { errorPlots } from "./plots/errors.js";
import { familyTreePlot } from "./plots/family-tree.js";
import { ladderPlot } from "./plots/ladders.js";

/**
 * Writes the page of a grown potential as one self-contained HTML file and its figures as SVG files. The target is a file or a folder, see `writeFiles`.
 * @throws InvalidParameterError if the target cannot be written, CancelledError if the signal fires.
 */
export async function writeComposeReport(target: string, data: ComposeReportData, { signal }: WriteReportOptions = {}): Promise<WrittenReport> {
  const family = await drawn([familyTreePlot(data)], signal);
  const numbers = await drawn([...errorPlots(data), ladderPlot(data)], signal);
  const sections = [
    composeHeader(data),
    warningSection(data.warnings),
    errorTableSection(data),
    familySection(data, family),
    figureSection("What accuracy takes", numbers),
    parameterSection(data),
    candidateSection(data),
    html`<script>(${scriptSource(startSortableTables.toString())})();</script>`,
    fitFileSection(data, "The fit file that makes this potential again (YAML)"),
    settingsSection("Resolved configuration (YAML)", data.settings),
    provenanceSection(data.provenance),
  ];
  const page = documentText(data.title, sections, "Made by pestle. Energies in eV, lengths in Å, forces in eV/Å unless a unit says otherwise.", composeStyle);
  throwIfAborted(signal);
  return writeFiles(target, page, [...family, ...numbers]);
}

async function drawn(plots: readonly (Plot | undefined)[], signal: AbortSignal | undefined): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const plot of plots) {
    throwIfAborted(signal);
    if (plot) figures.push(await renderFigure(plot));
  }
  return figures;
}
