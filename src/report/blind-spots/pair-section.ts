import type { DrawnEnvironment, LaidPair } from "../../analysis/blind-spots/laid-pairs.js";
import { displayName, formatSignificant } from "../formatting.js";
import { html, jsonForScript, type Markup, scriptSource, unbrokenNumbers } from "../markup.js";
import { createStructureStage, type StageStructure } from "../page/structure-stage.js";
import { viewerLibrary } from "../page/viewer-library.js";
import { type PairViewData, startPairViewer } from "./pair-client.js";
import { meaningOf } from "./pair-sentences.js";

/** Rules that a page with the section adds to its style sheet. */
export const pairStyle = `
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: 12px 24px; }
.pair > * { min-width: 0; }
.pair .stage { height: 320px; }
.pair h3 { margin: 8px 0 4px; overflow-wrap: anywhere; }
@media (max-width: 680px) { .pair { grid-template-columns: minmax(0, 1fr); } }
`;

/**
 * Blind pairs side by side in 3D, b turned onto a, with their numbers and what they mean; undefined where there are none.
 * @param hasLibrary whether the page has the 3D library already: it is large
 */
export async function pairSection(pairs: readonly LaidPair[], hasLibrary = false): Promise<Markup | undefined> {
  if (pairs.length === 0) return undefined;
  const data: PairViewData = { pairs: pairs.map(({ a, b }) => [stageOf(a), stageOf(b)]) };
  const stage = (id: string): Markup => html`<div class="stage" id="${id}"><p>The 3D view needs WebGL, which this browser does not offer here. The numbers are below.</p></div>`;
  return html`<section>
<h2>Pairs that it hardly tells apart</h2>
<p class="note">Environments up to the cutoff, the center in another color; the right one is turned so that it lies on the left one as well as it can.</p>
<div class="controls"><label for="pair-choice">Pair</label>
<select id="pair-choice" autocomplete="off">${pairs.map(optionOf)}</select></div>
<div class="pair">${stage("pair-a")}${stage("pair-b")}</div>
${pairs.map(numbersOf)}
<script type="application/json" id="pair-data">${jsonForScript(data)}</script>
${!hasLibrary && html`<script>${scriptSource(await viewerLibrary())}</script>`}
<script>${scriptSource(`(${startPairViewer.toString()})(${createStructureStage.toString()});`)}</script>
</section>`;
}

function stageOf({ symbols, positions }: DrawnEnvironment): StageStructure {
  return { symbols, positions: Array.from(positions, (value) => Number(value.toFixed(4))), cell: null };
}

function nameOf({ pair, labels }: LaidPair, side: "a" | "b"): string {
  return `${displayName(labels[side === "a" ? 0 : 1], 48)}, atom ${pair[side].atom + 1}`;
}

function optionOf(laid: LaidPair): Markup {
  return html`<option>${nameOf(laid, "a")} · ${nameOf(laid, "b")}</option>`;
}

function numbersOf(laid: LaidPair, index: number): Markup {
  const { pair } = laid;
  const rows: [string, string][] = [
    ["distance of fingerprints, columns over their deviations", formatSignificant(pair.distance)],
    ["as the descriptor gives them", pair.isIdentical ? `${formatSignificant(pair.plainDistance)} (equal but for rounding)` : formatSignificant(pair.plainDistance)],
    [`distance of structures${pair.isExact ? "" : ", at most"}`, `${formatSignificant(pair.structuralDistance)} Å`],
  ];
  if (!pair.isIdentical) rows.push(["score, 1 for usual pairs", formatSignificant(pair.score)]);
  if (pair.energy) rows.push(["difference of the energies of both structures", `${formatSignificant(Math.abs(pair.energy.difference))} eV`]);
  if (pair.energy?.isBound) rows.push(["error of every model, at least", `${formatSignificant(pair.energy.leastError)} eV`]);
  if (pair.forces) rows.push(["difference of the forces on the centers, after turning", `${formatSignificant(pair.forces.difference)} eV/Å`]);
  return html`<div data-pair="${index}"${index > 0 && html` hidden`}>
<h3>${nameOf(laid, "a")} and ${nameOf(laid, "b")}</h3>
<p>${unbrokenNumbers(meaningOf(pair))}</p>
<table><tbody>${rows.map(([what, value]) => html`<tr><th class="name">${what}</th><td>${value}</td></tr>
`)}</tbody></table></div>
`;
}
