import { displayName } from "../formatting.js";
import { html, Markup } from "../markup.js";
import type { GroupStyles } from "../plots/group-styles.js";
import type { Figure } from "../plots/render-svg.js";
import type { ReportData } from "../report-data.js";
import { errorSection } from "./error-section.js";
import { figureSection, headerSection, provenanceSection, runSection, settingsSection } from "./sections.js";
import { style } from "./style.js";
import { viewerSection } from "./viewer-section.js";

/** The browser itself refuses every connection: nothing a data set says can make the page load anything. */
const POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:";

/** The whole report as one HTML document that needs nothing else. */
export async function reportPage(data: ReportData, figures: readonly Figure[], styles: GroupStyles): Promise<string> {
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="generator" content="pestle">
<title>${displayName(data.title, 200)}</title>
<style>${new Markup(style)}</style>
</head>
<body>
<main>
${headerSection(data)}
${errorSection(data.datasets, styles)}
${figureSection(figures)}
${await viewerSection(data.worstStructures ?? [])}
${runSection(data)}
${settingsSection(data)}
${provenanceSection(data)}
<footer>Made by pestle. Energies in eV, lengths in Å, forces in eV/Å; virial = −volume · stress.</footer>
</main>
<script>addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((details) => { details.open = true; }));</script>
</body>
</html>
`;
  return page.text;
}
