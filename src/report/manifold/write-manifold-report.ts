import { throwIfAborted } from "../../parallel/executor.js";
import { displayName } from "../formatting.js";
import { breakableName, html } from "../markup.js";
import { documentText } from "../page/document.js";
import { figureGrid, provenanceSection } from "../page/sections.js";
import type { Figure } from "../plots/figure.js";
import { renderFigure } from "../plots/render-svg.js";
import { writeFiles, type WriteReportOptions, type WrittenReport } from "../write-files.js";
import type { ManifoldReportData } from "./manifold-view.js";
import { motionScripts, motionSection } from "./motion-section.js";
import { pathPlots, singularValuePlots } from "./plots.js";

/**
 * Writes what descriptors see of environments as one self-contained HTML file: singular values, the softest direction in 3D, and what changes along the path
 * that follows it. The target is a file or a folder, see `writeFiles`.
 * @throws InvalidParameterError if the target cannot be written, CancelledError if the signal fires.
 */
export async function writeManifoldReport(target: string, data: ManifoldReportData, { signal }: WriteReportOptions = {}): Promise<WrittenReport> {
  const figures: Figure[] = [];
  for (const plot of [...singularValuePlots(data.views), ...pathPlots(data.views)]) {
    throwIfAborted(signal);
    figures.push(await renderFigure(plot));
  }
  const sections = [
    html`<header>
<div class="kind">pestle: what a fingerprint does not see</div>
<h1>${breakableName(displayName(data.title, 200))}</h1>
<p class="description">${data.description ?? ""}</p>
</header>`,
    figures.length > 0 ? html`<section><h2>Directions and paths</h2>
${figureGrid(figures)}</section>` : undefined,
    ...data.views.map(motionSection),
    await motionScripts(),
    provenanceSection(data.provenance),
  ];
  const page = documentText(data.title, sections, "Made by pestle. Lengths in Å.", MOTION_STYLE);
  throwIfAborted(signal);
  return writeFiles(target, page, figures);
}

const MOTION_STYLE = `
[data-motion] .stage { position: relative; height: 320px; }
[data-motion] .controls { display: flex; gap: 12px; align-items: center; }
[data-motion] .controls[hidden] { display: none; }
[data-motion] input[type="range"] { flex: 1; max-width: 480px; }
`;
