import { throwIfAborted } from "../../parallel/executor.js";
import { html, scriptSource } from "../markup.js";
import { documentText } from "../page/document.js";
import { provenanceSection, settingsSection, warningSection } from "../page/sections.js";
import { startSortableTables } from "../page/sortable-client.js";
import type { Figure } from "../plots/figure.js";
import { renderFigure, type Plot } from "../plots/render-svg.js";
import { writeFiles, type WriteReportOptions, type WrittenReport } from "../write-files.js";
import type { CompareReportData } from "./compare-report-data.js";
import { comparisonView, type ComparisonView } from "./compared-view.js";
import { informationMeasures } from "./measures.js";
import { agreementSection } from "./page/agreement-section.js";
import { costSection } from "./page/cost-section.js";
import { learningSection, variationSection } from "./page/information-section.js";
import { environmentMap } from "./page/map-data.js";
import { closestSection, mapSection } from "./page/map-section.js";
import { meaningSection } from "./page/meaning-section.js";
import { predictionSection } from "./page/prediction-section.js";
import { machineSection, refusedSection } from "./page/run-section.js";
import { compareStyle } from "./page/style.js";
import { headerSection } from "./page/summary-section.js";
import { tableSection } from "./page/table-section.js";
import { scalingSection, timeSection } from "./page/time-section.js";
import { costInformationPlot } from "./plots/cost-information.js";
import { equalCostPlot } from "./plots/equal-cost.js";
import { kernelHistogramsPlot } from "./plots/kernel-histograms.js";
import { learningPlots } from "./plots/learning-curves.js";
import { scalingPlot, scalingVariables } from "./plots/scaling.js";
import { spectraPlot } from "./plots/spectra.js";
import { stagesPlot } from "./plots/stages.js";
import { timesPlot } from "./plots/times.js";

/**
 * Writes the report of a comparison of descriptors as one self-contained HTML file and its figures as SVG files.
 * The target is a file or a folder, see `writeFiles`.
 * @throws InvalidParameterError if the target cannot be written, CancelledError if the signal fires.
 */
export async function writeCompareReport(target: string, data: CompareReportData, { signal }: WriteReportOptions = {}): Promise<WrittenReport> {
  const view = comparisonView(data.comparison);
  const draw = (plots: readonly (Plot | undefined)[]): Promise<Figure[]> => drawn(plots, signal);
  const figures = {
    cost: await draw(informationMeasures(data.comparison.descriptors).map((measure) => costInformationPlot(view, measure))),
    times: await draw([timesPlot(view), stagesPlot(view)]),
    scaling: await draw(scalingVariables(view).map((variable) => scalingPlot(view, variable))),
    variation: await draw([spectraPlot(view), kernelHistogramsPlot(view)]),
    learning: await draw([...learningPlots(view, ["energy", "energy-at-length"]), equalCostPlot(view), ...learningPlots(view, ["forces-at-length"])]),
  };
  const page = await comparePage(data, view, figures);
  throwIfAborted(signal);
  return writeFiles(target, page, Object.values(figures).flat());
}

interface CompareFigures {
  readonly cost: readonly Figure[];
  readonly times: readonly Figure[];
  readonly scaling: readonly Figure[];
  readonly variation: readonly Figure[];
  readonly learning: readonly Figure[];
}

async function comparePage(data: CompareReportData, view: ComparisonView, figures: CompareFigures): Promise<string> {
  const map = environmentMap(view.descriptors, data.structures ?? []);
  const sections = [
    headerSection(data, view),
    warningSection([...new Set([...(data.warnings ?? []), ...data.comparison.warnings])]),
    costSection(view, figures.cost),
    tableSection(view),
    meaningSection(view),
    refusedSection(view),
    timeSection(view, figures.times),
    scalingSection(view, figures.scaling),
    predictionSection(view),
    variationSection(view, figures.variation),
    learningSection(view, figures.learning),
    agreementSection(view),
    view.descriptors.length > 0 ? await mapSection(map) : undefined,
    closestSection(view.descriptors, map),
    machineSection(view),
    settingsSection("Descriptors and options (YAML)", data.settings),
    provenanceSection(data.provenance),
    html`<script>(${scriptSource(startSortableTables.toString())})();</script>`,
  ];
  return documentText(data.title, sections, "Made by pestle. Energies in eV, lengths in Å, forces in eV/Å unless a unit says otherwise.", compareStyle);
}

async function drawn(plots: readonly (Plot | undefined)[], signal: AbortSignal | undefined): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const plot of plots) {
    throwIfAborted(signal);
    if (plot) figures.push(await renderFigure(plot));
  }
  return figures;
}
