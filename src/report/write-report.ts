import { quantities } from "../analysis/metrics.js";
import { throwIfAborted } from "../parallel/executor.js";
import { reportPage } from "./page/page.js";
import { curvesPlot } from "./plots/curves.js";
import { distributionPlot } from "./plots/distribution.js";
import { errorBarPlot } from "./plots/error-bars.js";
import { learningCurvePlots } from "./plots/learning-curves.js";
import { groupStyles } from "./plots/group-styles.js";
import { parityPlot } from "./plots/parity.js";
import type { Figure } from "./plots/figure.js";
import { renderFigure } from "./plots/render-svg.js";
import type { ReportData } from "./report-data.js";
import { writeFiles, type WriteReportOptions, type WrittenReport } from "./write-files.js";

/**
 * Writes a report as one self-contained HTML file and its figures as SVG files.
 * The target is a file or a folder, see `writeFiles`.
 * @throws NumericalError if a prediction is not finite, InvalidParameterError if the target cannot be written,
 * CancelledError if the signal fires.
 */
export async function writeReport(target: string, data: ReportData, { signal }: WriteReportOptions = {}): Promise<WrittenReport> {
  const styles = groupStyles(data.datasets);
  const figures: Figure[] = [];
  for (const quantity of quantities) {
    for (const plot of [parityPlot(quantity, data.datasets, styles, data.isolatedAtomSource), distributionPlot(quantity, data.datasets, styles)]) {
      throwIfAborted(signal);
      if (plot) figures.push(await renderFigure(plot));
    }
  }
  const ofBars: Figure[] = [];
  for (const kind of ["energy", "forces"] as const) {
    const plot = data.errorBars && errorBarPlot(kind, data.errorBars[kind]);
    if (plot) ofBars.push(await renderFigure(plot));
  }
  const ofFit: Figure[] = [];
  for (const plot of data.plots ?? []) ofFit.push(await renderFigure(curvesPlot(plot)));
  const learning: Figure[] = [];
  for (const plot of data.learningCurve ? learningCurvePlots(data.learningCurve) : []) learning.push(await renderFigure(plot));
  throwIfAborted(signal);
  const page = await reportPage(data, { predictions: figures, errorBars: ofBars, learning, fit: ofFit }, styles);
  throwIfAborted(signal);
  return writeFiles(target, page, [...figures, ...ofBars, ...learning, ...ofFit]);
}
