import { displayName, formatCounted, formatFixed, groupName } from "../formatting.js";
import { breakableName, html, jsonForScript, type Markup, scriptSource } from "../markup.js";
import type { WorstStructure } from "../report-data.js";
import { errorColors } from "../theme.js";
import { createStructureStage } from "./structure-stage.js";
import { startStructureViewer, type ViewerData } from "./viewer-client.js";
import { isCellShown, viewerLibrary } from "./viewer-library.js";

/** Rows of the table beside the picture. */
const TABLE_ROWS = 10;

/** The 3D view of the worst structures with its scripts; the library is part of the page. */
export async function viewerSection(structures: readonly WorstStructure[]): Promise<Markup | undefined> {
  if (structures.length === 0) return undefined;
  const data = viewerData(structures);
  return html`<section>
<h2>Worst structures</h2>
<p class="note">Atoms are colored by the norm of their force error, on one scale for all structures.</p>
<div class="controls">
<label for="viewer-structure">Structure</label>
<select id="viewer-structure" autocomplete="off">${structures.map(option)}</select>
<button type="button" id="viewer-reset" hidden>Reset view</button>
</div>
<div class="viewer">
<div>
<div class="stage" id="viewer-stage"><p>The 3D view needs WebGL, which this browser does not offer here.
The table lists the atoms with the largest force errors.</p></div>
${colorScale(data.maximum)}
<p class="status" id="viewer-status" role="status"></p>
<p class="note" id="viewer-hint" hidden>Drag to turn; click, then scroll or pinch to zoom; point at an atom for its force error.
Lines mark the cell, where it repeats and is not much larger than what it holds.</p>
</div>
<div class="atoms">${structures.map(atomTable)}</div>
</div>
<script type="application/json" id="viewer-data">${jsonForScript(data)}</script>
<script>${scriptSource(await viewerLibrary())}</script>
<script>${scriptSource(`(${startStructureViewer.toString()})(${createStructureStage.toString()});`)}</script>
</section>`;
}

function viewerData(structures: readonly WorstStructure[]): ViewerData {
  const largest = structures.reduce((worst, { forceErrors }) => Array.from(forceErrors).reduce((a, b) => (b > a ? b : a), worst), 0);
  const rounded = (values: ArrayLike<number>): number[] => Array.from(values, (value) => Number(value.toFixed(4)));
  return {
    maximum: largest > 0 ? largest : 1,
    colors: errorColors,
    structures: structures.map(({ symbols, positions, cell, pbc, forceErrors }) => ({
      symbols,
      positions: rounded(positions),
      cell: cell && isCellShown(cell, pbc, positions) ? rounded(cell) : null,
      errors: Array.from(forceErrors, (error) => (Number.isNaN(error) ? null : Number(error.toPrecision(5)))),
    })),
  };
}

function option({ label, group, dataset, symbols }: WorstStructure): Markup {
  const names = [displayName(label, 60), groupName(group, 30), ...(dataset ? [displayName(dataset, 20)] : [])];
  const parts = [...names, formatCounted(symbols.length, "atom")];
  return html`<option>${parts.join(" · ")}</option>`;
}

function colorScale(maximum: number): Markup {
  const stops = errorColors.join(", ");
  const ticks = [0, 0.25, 0.5, 0.75, 1].map((share) => html`<span>${formatFixed(share * maximum, maximum < 0.2 ? 3 : 2)}</span>`);
  return html`<div class="scale" aria-label="Color scale of the force error">
<i style="background: linear-gradient(to right, ${stops})"></i>
<div>${ticks}</div><p>|ΔF| (eV/Å)</p>
</div>`;
}

function atomTable({ label, symbols, forceErrors }: WorstStructure, index: number): Markup {
  const atoms = Array.from(forceErrors, (error, atom) => ({ error, atom }))
    .filter(({ error }) => !Number.isNaN(error))
    .sort((a, b) => b.error - a.error || a.atom - b.atom)
    .slice(0, TABLE_ROWS);
  const rows = atoms.map(
    ({ error, atom }) => html`<tr data-atom="${atom}" tabindex="0"><td>${atom + 1}</td>
<td class="name">${displayName(symbols[atom], 8)}</td><td>${formatFixed(error, 3)}</td></tr>
`,
  );
  return html`<div data-structure="${index}"><h3>Worst atoms of ${breakableName(displayName(label, 60))}</h3><table>
<thead><tr><th>atom</th><th class="name">species</th><th>|ΔF| (eV/Å)</th></tr></thead>
<tbody>${rows}</tbody></table></div>
`;
}
