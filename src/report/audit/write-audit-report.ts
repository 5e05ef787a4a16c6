import { isMeasured } from "../../audit/audit.js";
import { throwIfAborted } from "../../parallel/executor.js";
import { pairSection, pairStyle } from "../blind-spots/pair-section.js";
import { documentText } from "../page/document.js";
import { provenanceSection, settingsSection, warningSection } from "../page/sections.js";
import type { Figure } from "../plots/figure.js";
import { type Plot, renderFigure } from "../plots/render-svg.js";
import { writeFiles, type WriteReportOptions, type WrittenReport } from "../write-files.js";
import type { AuditReportData } from "./audit-report-data.js";
import { auditHeader, leftOutSection, runSection } from "./page/header-section.js";
import { manifoldPicture, moveScripts, softMoves } from "./page/move-section.js";
import { pairTable } from "./page/pair-table.js";
import { partSection } from "./page/part-section.js";
import { auditStyle } from "./page/style.js";
import { verdictSection } from "./page/verdict-section.js";
import { costPlot } from "./plots/costs.js";
import { manifoldPlot, sensitivityPlot, singularValuePlot } from "./plots/moves.js";
import { kernelErrorPlot, kernelPlot, variancePlot } from "./plots/rows.js";

/**
 * Writes the page of an audit as one self-contained HTML file and its figures as SVG files. The target is a file or a folder, see `writeFiles`.
 * @throws InvalidParameterError if the target cannot be written, CancelledError if the signal fires.
 */
export async function writeAuditReport(target: string, data: AuditReportData, { signal }: WriteReportOptions = {}): Promise<WrittenReport> {
  const { audit } = data;
  const draw = (plots: readonly (Plot | undefined)[]): Promise<Figure[]> => drawn(plots, signal);
  const figures = {
    cost: await draw([costPlot(audit)]),
    directions: await draw([variancePlot(audit), kernelErrorPlot(audit)]),
    kernels: await draw([kernelPlot(audit)]),
    moves: await draw([sensitivityPlot(audit), singularValuePlot(audit)]),
    manifold: await draw([manifoldPlot(audit)]),
  };
  const sections = [
    auditHeader(data),
    warningSection(audit.warnings),
    verdictSection(audit.verdicts),
    partSection(audit, "What it costs", ["cost"], figures.cost),
    partSection(audit, "What it repeats", ["variance", "linear", "functional"], figures.directions),
    partSection(audit, "How alike environments look", ["kernels"], figures.kernels),
    partSection(audit, "How much it sees of moving atoms", ["sensitivity"], figures.moves, softMoves(audit)),
    partSection(audit, "Paths that it does not see", ["manifold"], figures.manifold, manifoldPicture(audit)),
    await moveScripts(audit),
    partSection(audit, "What it cannot tell apart", ["blind"], [], pairTable(audit)),
    await pairSection(data.pairs ?? [], isMeasured(audit.sensitivity)),
    leftOutSection(audit),
    runSection(audit),
    settingsSection("Descriptor and options (YAML)", data.settings),
    provenanceSection(data.provenance),
  ];
  const page = documentText(data.title, sections, "Made by pestle. Lengths in Å, times of one core.", auditStyle + pairStyle);
  throwIfAborted(signal);
  return writeFiles(target, page, Object.values(figures).flat());
}

async function drawn(plots: readonly (Plot | undefined)[], signal: AbortSignal | undefined): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const plot of plots) {
    throwIfAborted(signal);
    if (plot) figures.push(await renderFigure(plot));
  }
  return figures;
}
