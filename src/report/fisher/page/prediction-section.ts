import type { FisherInformation } from "../../../analysis/fisher/result.js";
import { displayName, formatCount, formatSignificant } from "../../formatting.js";
import { html, type Markup } from "../../markup.js";
import { type SortableCell, type SortableColumn, sortableTable } from "../../page/sortable-table.js";

const columns: readonly SortableColumn[] = [
  { key: "structure", heading: "structure" },
  { key: "atoms", heading: "atoms" },
  { key: "energy", heading: "energy, meV/atom" },
  { key: "forceRms", heading: "force components, rms, eV/Å" },
  { key: "forceLargest", heading: "largest, eV/Å" },
  { key: "atom", heading: "at atom" },
];

/** Rows that a page takes; the JSON file has all. */
const MOST_ROWS = 1000;

/** Error bars of predictions; undefined where none were asked for. */
export function predictionSection({ predictions }: FisherInformation): Markup | undefined {
  if (predictions.length === 0) return undefined;
  const rows = predictions.slice(0, MOST_ROWS).map(({ label, energy, forces }): SortableCell[] => {
    const nAtoms = forces.length / 3;
    const largest = forces.reduce((best, value, k) => (value > forces[best] ? k : best), 0);
    const rms = Math.sqrt(forces.reduce((sum, value) => sum + value ** 2, 0) / forces.length);
    return [
      { text: displayName(label, 80), value: label },
      { text: formatCount(nAtoms), value: nAtoms },
      numberCell((1000 * energy) / nAtoms), numberCell(rms), numberCell(forces[largest]),
      { text: String(Math.floor(largest / 3) + 1), value: Math.floor(largest / 3) + 1 },
    ];
  });
  const more = predictions.length > MOST_ROWS && html`<p class="note">The first ${formatCount(MOST_ROWS)} of ${formatCount(predictions.length)}; the JSON file has all.</p>`;
  return html`<section><h2>Predictions</h2>
<p class="note">Standard errors of predictions by the covariance of all parameters: what the data leave open, not what the form of the potential cannot describe.</p>
${sortableTable("predictions", columns, rows)}${more}</section>`;
}

function numberCell(value: number): SortableCell {
  return { text: formatSignificant(value), value };
}
