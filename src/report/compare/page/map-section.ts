import type { ClosePair, SampledRow } from "../../../analysis/information/information.js";
import { displayName, formatCount } from "../../formatting.js";
import { html, jsonForScript, type Markup, scriptSource } from "../../markup.js";
import { createStructureStage } from "../../page/structure-stage.js";
import { viewerLibrary } from "../../page/viewer-library.js";
import type { DescriptorView } from "../compared-view.js";
import { formatNumber } from "../number-display.js";
import { descriptorName } from "./descriptor-name.js";
import { startEnvironmentMap } from "./map-client.js";
import type { EnvironmentMap } from "./map-data.js";

/** Close pairs of each descriptor that the page lists. */
const MOST_PAIRS = 3;

/** A map of the environments of a chosen descriptor, whose points open their structures in 3D. */
export async function mapSection(map: EnvironmentMap): Promise<Markup> {
  const { data, members, hasEnergies, nHeld } = map;
  if (members.length === 0) return html`<section><h2>Map of environments</h2><p>There is nothing to draw: no descriptor has rows of a sample.</p></section>`;
  const options = [html`<option value="species">element</option>`, ...(hasEnergies ? [html`<option value="energy">energy per atom of the structure</option>`] : [])];
  // one element tells points apart by nothing
  const colors = data.species.length > 2 ? options : options.reverse();
  return html`<section><h2>Map of environments</h2>
<p class="note">First two principal components of the rows of one descriptor: environments that look alike to it lie close. ${heldText(map)}</p>
<div class="controls"><label for="map-descriptor">Descriptor</label>
<select id="map-descriptor" autocomplete="off">${members.map(({ name }) => html`<option>${name}</option>`)}</select>
<label for="map-color">color by</label>
<select id="map-color" autocomplete="off">${colors}</select>
<button type="button" id="map-back">← point</button><button type="button" id="map-on">point →</button></div>
<div class="map${nHeld > 0 ? "" : " alone"}">
<div><p id="map-title" class="map-title"></p><div id="map-plot" class="map-plot"><noscript><p>The map is drawn by a script.</p></noscript></div><p id="map-legend" class="map-legend"></p></div>
<div>${nHeld > 0 && html`<div class="stage" id="map-stage"><p>The 3D view needs WebGL, which this browser does not offer here. The line below names the environment.</p></div>`}
<p class="status" id="map-status" role="status"></p></div>
</div>
<script type="application/json" id="map-data">${jsonForScript(data)}</script>
${nHeld > 0 && html`<script>${scriptSource(await viewerLibrary())}</script>`}
<script>${scriptSource(`(${startEnvironmentMap.toString()})(${createStructureStage.toString()});`)}</script></section>`;
}

function heldText({ nHeld, nStructures, isThinned }: EnvironmentMap): string {
  const thinned = isThinned ? " Of many points every few are drawn." : "";
  if (nHeld === 0) return `The page holds no structures to open.${thinned}`;
  const all = nHeld === nStructures ? `the ${formatCount(nStructures)} structures of all points` : `${formatCount(nHeld)} of the ${formatCount(nStructures)} structures of the points; open circles belong to the others`;
  return `A click opens the structure in 3D with the atom large and orange; the page holds ${all}.${thinned}`;
}

/** Pairs that differ and that a descriptor hardly tells apart. */
export function closestSection(views: readonly DescriptorView[], { data }: EnvironmentMap): Markup | undefined {
  const members = views.flatMap((view) => {
    const pairs = view.descriptor.information?.closest ?? [];
    return pairs.length > 0 ? [{ view, pairs: pairs.slice(0, MOST_PAIRS) }] : [];
  });
  if (views.length === 0) return undefined;
  if (members.length === 0) return html`<section><h2>Closest environments</h2><p>No two environments were compared: this takes descriptors of environments and a sample of them.</p></section>`;
  const rows = members.flatMap(({ view, pairs }) => pairs.map((pair, i) => pairRow(pair, i === 0 && html`<th scope="rowgroup" rowspan="${pairs.length}" class="name">${descriptorName(view)}</th>`, data)));
  return html`<section><h2>Closest environments</h2>
<p class="note">Environments that no turn, reflection or renumbering maps onto each other and that a descriptor hardly tells apart: up to ${MOST_PAIRS} pairs of each. Distance between rows in units of the
median distance of the sample; displacement of the neighbors (root mean square) after the best alignment that was found. A small distance at a large displacement is a blind spot.</p>
<div class="scroll"><table class="wide pairs"><thead><tr><th scope="col" class="name">descriptor</th><th scope="col">distance</th><th scope="col">displacement (Å)</th>
<th scope="col" class="name">one environment</th><th scope="col" class="name">the other</th></tr></thead><tbody>${rows}</tbody></table></div></section>`;
}

function pairRow({ a, b, distance, displacement }: ClosePair, name: Markup | false, data: EnvironmentMap["data"]): Markup {
  return html`<tr>${name}<td>${formatNumber(distance)}</td><td>${formatNumber(displacement)}</td>
<td class="name">${environment(a, data)}</td><td class="name">${environment(b, data)}</td></tr>
`;
}

function environment({ structure, atom }: SampledRow, { structures, labels }: EnvironmentMap["data"]): Markup {
  const label = labels[structure] ?? `structure ${structure + 1}`;
  const text = atom < 0 ? displayName(label, 50) : `${displayName(label, 50)}, atom ${atom + 1}`;
  return structures[structure] ? html`<button type="button" class="link" data-open="${structure}:${atom}">${text}</button>` : html`${text}`;
}
