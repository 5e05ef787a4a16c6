import { mkdir } from "node:fs/promises";
import { dirname, extname, join } from "node:path";
import { quantities } from "../analysis/metrics.js";
import { InvalidParameterError } from "../errors.js";
import { writeWholeFile } from "../output-file.js";
import { throwIfAborted } from "../parallel/index.js";
import { reportPage } from "./page/page.js";
import { distributionPlot } from "./plots/distribution.js";
import { groupStyles } from "./plots/group-styles.js";
import { parityPlot } from "./plots/parity.js";
import { renderFigure, type Figure } from "./plots/render-svg.js";
import type { ReportData } from "./report-data.js";

export interface WrittenReport {
  /** Path of the HTML file. */
  readonly html: string;
  /** Paths of the figures. */
  readonly svgs: readonly string[];
}

export interface WriteReportOptions {
  readonly signal?: AbortSignal;
}

/**
 * Writes a report as one self-contained HTML file and its figures as SVG files.
 * `target` ending in ".html" names the file, and figures go to the folder of the same name with "-figures" in place of ".html";
 * any other target is a folder, made if missing, that gets `report.html` and `figures/`. Existing files are replaced whole.
 * @throws NumericalError if a prediction is not finite, InvalidParameterError if the target cannot be written,
 * CancelledError if the signal fires.
 */
export async function writeReport(target: string, data: ReportData, { signal }: WriteReportOptions = {}): Promise<WrittenReport> {
  const isFile = extname(target).toLowerCase() === ".html";
  const htmlPath = isFile ? target : join(target, "report.html");
  const figureFolder = isFile ? `${target.slice(0, -".html".length)}-figures` : join(target, "figures");
  const styles = groupStyles(data.datasets);
  const figures: Figure[] = [];
  for (const quantity of quantities) {
    for (const plot of [parityPlot(quantity, data.datasets, styles), distributionPlot(quantity, data.datasets, styles)]) {
      throwIfAborted(signal);
      if (plot) figures.push(await renderFigure(plot));
    }
  }
  const page = await reportPage(data, figures, styles);
  throwIfAborted(signal);
  await makeFolder(dirname(htmlPath));
  await makeFolder(figureFolder);
  const svgs: string[] = [];
  for (const { name, svg } of figures) {
    const path = join(figureFolder, `${name}.svg`);
    await writeWholeFile(path, svg);
    svgs.push(path);
  }
  await writeWholeFile(htmlPath, page);
  return { html: htmlPath, svgs };
}

async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
  } catch (cause) {
    throw new InvalidParameterError(`cannot make the folder ${path} for the report: ${(cause as Error).message}`, { cause });
  }
}
