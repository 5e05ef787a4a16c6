import { modeDisplacements } from "../../analysis/sensitivity/sensitivity.js";
import { symbolOf } from "../../structures/periodic-table.js";
import { displayName, formatFixed, formatSignificant } from "../formatting.js";
import { html, jsonForScript, type Markup, scriptSource, unbrokenNumbers } from "../markup.js";
import { createStructureStage } from "../page/structure-stage.js";
import { viewerLibrary } from "../page/viewer-library.js";
import type { ManifoldView } from "./manifold-view.js";
import { type MotionData, startMotionViewers } from "./motion-client.js";

/** Frames of a moving picture, at most. */
const MOST_FRAMES = 100;
/** Å: length of the arrow of the atom that moves most. */
const ARROW = 1.3;

/**
 * The softest direction of an environment as arrows on its atoms, and the path along it as a picture that moves; in numbers beside it. The page needs
 * `motionScripts` once behind all of these.
 */
export function motionSection(view: ManifoldView): Markup {
  const { name, environment, zeros = [] } = view;
  return html`<section>
<h2>${displayName(name, 60)}</h2>
${sentences(view).map((text) => html`<p>${unbrokenNumbers(text)}</p>
`)}${zeros.map((text) => html`<p class="note">${unbrokenNumbers(text)}</p>
`)}
${motionPlace(environment.label, motionData(view))}
<p class="note">Arrows: the softest direction at the first point, the longest of them for the atom that moves most. Drag to turn; point at an atom for its number.</p>
</section>`;
}

/** A picture with its slider; the page needs `motionScripts` once behind all of these. */
export function motionPlace(label: string, data: MotionData): Markup {
  return html`<div data-motion="${displayName(label, 60)}">
<div class="stage" data-part="stage"><p>The 3D view needs WebGL, which this browser does not offer here.</p></div>
<div class="controls" data-part="controls" hidden>
<button type="button" data-part="play">Play</button>
<input type="range" data-part="slider" aria-label="Point of the path" min="0" max="${Math.max(0, data.frames.length - 1)}" value="0" autocomplete="off">
</div>
<p class="status" data-part="text" role="status"></p>
<script type="application/json" data-part="data">${jsonForScript(data)}</script>
</div>`;
}

/** The library and the code of all moving pictures of a page; once, behind them. `library: false` where the page has 3Dmol already. */
export async function motionScripts({ library = true }: { readonly library?: boolean } = {}): Promise<Markup> {
  return html`${library && html`<script>${scriptSource(await viewerLibrary())}</script>
`}<script>${scriptSource(`(${startMotionViewers.toString()})(${createStructureStage.toString()});`)}</script>`;
}

function sentences({ environment, sensitivity: { singularValues }, manifold, blindness }: ManifoldView): string[] {
  const softest = singularValues.at(-1);
  if (softest === undefined) return [`${environment.label}: there is no neighbor, so there is nothing to see.`];
  const first = `${environment.label}: the softest of ${singularValues.length} directions changes the fingerprint by ${formatSignificant(softest)} per Å, ${formatSignificant(softest / singularValues[0])} of the stiffest.`;
  if (!manifold || manifold.points.length < 2) return [first];
  const along = `Along it the atoms go ${formatSignificant(manifold.displacement)} Å (${manifold.points.length} points; ${manifold.endMessage}), and the fingerprint changes by ${formatSignificant(manifold.variation)}.`;
  const crossed = manifold.crossings.length > 0 ? [`Other directions become softer, or stiffer again, at ${manifold.crossings.map((at) => formatFixed(at, 2)).join(", ")} Å; the path goes straight on.`] : [];
  const compared = blindness?.ratio === undefined ? [] : [`That is ${formatSignificant(blindness.ratio)} of what random displacements as long change (1: like any other).`];
  const energy = manifold.energyRange ? [`Meanwhile the four-body energy goes from ${formatFixed(manifold.energyRange[0], 3)} to ${formatFixed(manifold.energyRange[1], 3)}.`] : [];
  return [first, along, ...crossed, ...compared, ...energy];
}

function motionData({ environment, sensitivity, manifold }: ManifoldView): MotionData {
  const points = manifold?.points ?? [];
  const stride = Math.max(1, Math.ceil(points.length / MOST_FRAMES));
  const kept = points.filter((_, k) => k % stride === 0 || k === points.length - 1);
  const rounded = (values: ArrayLike<number>): number[] => Array.from(values, (value) => Number(value.toFixed(4)));
  const frames = kept.length > 0 ? kept.map(({ displacements }) => [0, 0, 0, ...rounded(displacements)]) : [[0, 0, 0, ...rounded(environment.displacements)]];
  const texts = kept.map(({ pathLength, variation, energy }) => `${formatFixed(pathLength, 2)} Å: fingerprint changed by ${formatSignificant(variation)}${energy === undefined ? "" : `, energy ${formatFixed(energy, 3)}`}`);
  return { symbols: [environment.center, ...Array.from(environment.neighbors)].map(symbolOf), frames, texts: texts.length > 0 ? texts : [""], arrows: arrowsOf({ sensitivity, environment }) };
}

/** The softest direction, so long that it can be seen. */
function arrowsOf({ sensitivity, environment }: Pick<ManifoldView, "sensitivity" | "environment">): number[] {
  const nAtoms = environment.neighbors.length + 1;
  if (sensitivity.singularValues.length === 0) return new Array<number>(3 * nAtoms).fill(0);
  const mode = [...modeDisplacements(sensitivity, -1)];
  const all = sensitivity.moving === "all" ? mode : [0, 0, 0, ...mode];
  const largest = Math.max(...Array.from({ length: nAtoms }, (_, atom) => Math.hypot(...all.slice(3 * atom, 3 * atom + 3))));
  return all.map((value) => Number(((ARROW * value) / largest).toFixed(4)));
}
