import { type Audit, isMeasured } from "../../../audit/audit.js";
import type { JudgedEnvironment, ManifoldPart } from "../../../audit/move-results.js";
import { displayName, formatFixed, formatSignificant } from "../../formatting.js";
import { html, type Markup } from "../../markup.js";
import type { MotionData } from "../../manifold/motion-client.js";
import { motionPlace, motionScripts } from "../../manifold/motion-section.js";

/** Å: length of the arrow of the atom that moves most. */
const ARROW = 1.1;
/** Neighbors of a table, those that move most. */
const MOST_ROWS = 6;

/** The softest moves of the worst and the middle environment: pictures to turn, and tables for paper. */
export function softMoves({ sensitivity }: Audit): Markup | undefined {
  if (!isMeasured(sensitivity)) return undefined;
  const { worst, median } = sensitivity;
  return html`<div class="columns moves">${([["Worst environment", worst], ["Middle environment", median]] as const).map(([title, environment]) => html`<div><h3>${title}</h3>
<p class="note">${placeText(environment)}; softest by stiffest move ${formatSignificant(environment.ratio)}. Arrows: the softest move.</p>
${motionPlace(environment.label, stillOf(environment))}${moveTable(environment)}</div>`)}</div>`;
}

/** The path that hardly shows, as a picture that moves. */
export function manifoldPicture({ manifold }: Audit): Markup | undefined {
  if (!isMeasured(manifold) || manifold.points.length < 2) return undefined;
  return html`<div class="path">${motionPlace(manifold.start.label, pathOf(manifold))}</div>`;
}

/** Code of the pictures, once, behind all of them. */
export async function moveScripts({ sensitivity }: Audit): Promise<Markup | undefined> {
  return isMeasured(sensitivity) ? motionScripts() : undefined;
}

function placeText({ atom, species, label, neighbors }: JudgedEnvironment): string {
  return `Atom ${atom + 1} (${species}) of ${displayName(label, 60)} with its ${neighbors.length} nearest neighbors`;
}

function rounded(values: readonly number[]): number[] {
  return values.map((value) => Number(value.toFixed(4)));
}

function stillOf({ species, neighbors, displacements, mode }: JudgedEnvironment): MotionData {
  const longest = Math.max(...neighbors.map((_, j) => Math.hypot(...mode.slice(3 * j, 3 * j + 3))));
  return { symbols: [species, ...neighbors], frames: [[0, 0, 0, ...rounded(displacements)]], texts: [""], arrows: [0, 0, 0, ...rounded(mode.map((value) => (ARROW * value) / longest))] };
}

function pathOf({ start, points, typicalVariation }: ManifoldPart): MotionData {
  return {
    ...stillOf(start),
    frames: points.map(({ displacements }) => [0, 0, 0, ...rounded(displacements)]),
    texts: points.map(({ pathLength, displacement, variation }) =>
      `${formatFixed(pathLength, 2)} Å along the path: atoms moved by ${formatFixed(displacement, 2)} Å, the row by ${formatSignificant(variation / typicalVariation)} of what is usual`),
  };
}

function moveTable({ neighbors, displacements, mode }: JudgedEnvironment): Markup {
  const all = neighbors.map((symbol, j) => ({ symbol, distance: Math.hypot(...displacements.slice(3 * j, 3 * j + 3)), moved: Math.hypot(...mode.slice(3 * j, 3 * j + 3)) }));
  const rows = [...all].sort((a, b) => b.moved - a.moved).slice(0, MOST_ROWS).map(({ symbol, distance, moved }) => html`<tr><td class="name">${displayName(symbol, 8)}</td><td>${formatFixed(distance, 2)}</td><td>${formatFixed(moved, 2)}</td></tr>
`);
  return html`<table><thead><tr><th scope="col" class="name">neighbor</th><th scope="col">distance (Å)</th><th scope="col">part of the move</th></tr></thead><tbody>${rows}</tbody></table>`;
}
