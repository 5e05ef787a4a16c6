import type { GroupStyles } from "../plots/group-styles.js";
import type { Figure } from "../plots/figure.js";
import type { ReportData } from "../report-data.js";
import { documentText } from "./document.js";
import { errorBarSection } from "./error-bar-section.js";
import { errorSection } from "./error-section.js";
import { figureSection, headerSection, provenanceSection, runSection, settingsSection, warningSection } from "./sections.js";
import { viewerSection } from "./viewer-section.js";

/** Drawn plots by the section that shows them. */
interface PageFigures {
  readonly predictions: readonly Figure[];
  readonly errorBars: readonly Figure[];
  readonly learning: readonly Figure[];
  readonly fit: readonly Figure[];
}

/** The whole report as one HTML document that needs nothing else. */
export async function reportPage(data: ReportData, figures: PageFigures, styles: GroupStyles): Promise<string> {
  const sections = [
    headerSection(data),
    warningSection(data.warnings),
    errorSection(data, styles),
    figureSection("Predictions and their errors", figures.predictions),
    errorBarSection(data.errorBars, figures.errorBars),
    figureSection("Errors against the number of structures", figures.learning),
    figureSection("How the model was made", figures.fit),
    await viewerSection(data.worstStructures ?? []),
    runSection(data),
    settingsSection("Resolved fit file (YAML)", data.settings),
    provenanceSection(data.provenance),
  ];
  return documentText(data.title, sections, "Made by pestle. Energies in eV, lengths in Å, forces in eV/Å; virial = −volume · stress.");
}
