import { throwIfAborted } from "../../parallel/executor.js";
import { documentText } from "../page/document.js";
import { provenanceSection, settingsSection, warningSection } from "../page/sections.js";
import type { Figure } from "../plots/figure.js";
import { renderFigure } from "../plots/render-svg.js";
import { writeFiles, type WriteReportOptions, type WrittenReport } from "../write-files.js";
import { evaluationSection } from "./page/evaluation-section.js";
import { resultSection } from "./page/result-section.js";
import { stageSection } from "./page/stage-section.js";
import { headerSection } from "./page/summary-section.js";
import { convergencePlot } from "./plots/convergence.js";
import { kernelHistogramsPlot } from "./plots/kernel-histograms.js";
import { parallelCoordinatesPlot } from "./plots/parallel-coordinates.js";
import { paretoPlot } from "./plots/pareto-front.js";
import { pairsPlot, slicesPlot } from "./plots/slices.js";
import { stageView, type StageView } from "./stage-view.js";
import type { TuneReportData } from "./tune-report-data.js";

export type { TuneReportData } from "./tune-report-data.js";

const plots = [convergencePlot, parallelCoordinatesPlot, slicesPlot, pairsPlot, kernelHistogramsPlot, paretoPlot];

/**
 * Writes the report of a search as one self-contained HTML file and its figures as SVG files.
 * The target is a file or a folder, see `writeFiles`.
 * @throws InvalidParameterError if the target cannot be written, CancelledError if the signal fires.
 */
export async function writeTuneReport(target: string, data: TuneReportData, { signal }: WriteReportOptions = {}): Promise<WrittenReport> {
  const { stages } = data.result;
  const views: StageView[] = [];
  const figures: Figure[][] = [];
  for (const [i, stage] of stages.entries()) {
    throwIfAborted(signal);
    const view = stageView(stage, i, stages.length);
    views.push(view);
    figures.push(await stageFigures(view, signal));
  }
  const sections = [
    headerSection(data, views),
    warningSection(data.warnings),
    ...views.map((view, i) => stageSection(view, figures[i], views.length === 1)),
    resultSection(data),
    evaluationSection(views),
    settingsSection("Resolved tune file (YAML)", data.settings),
    provenanceSection(data.provenance),
  ];
  throwIfAborted(signal);
  const page = documentText(data.title, sections, "Made by pestle. Energies in eV, lengths in Å, forces in eV/Å unless a unit says otherwise.");
  return writeFiles(target, page, figures.flat());
}

async function stageFigures(view: StageView, signal: AbortSignal | undefined): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const plotOf of plots) {
    throwIfAborted(signal);
    const plot = plotOf(view);
    if (plot) figures.push(await renderFigure(plot));
  }
  return figures;
}
