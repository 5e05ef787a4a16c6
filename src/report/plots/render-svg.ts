import type { TopLevelSpec } from "vega-lite";
import { ink, pageColor, pageColors, plotConfig, PLOT_WIDTH, RIGHT_MARGIN } from "../theme.js";
import type { Figure } from "./figure.js";

/** A plot before it is drawn. */
export interface Plot extends Omit<Figure, "svg"> {
  /** Of the drawing area; default PLOT_WIDTH. */
  readonly width?: number;
  readonly spec: TopLevelSpec;
}

/** Draws a Vega-Lite specification without a browser. Text widths are estimated, as there is no canvas. */
export async function renderFigure({ spec, width = PLOT_WIDTH, ...figure }: Plot): Promise<Figure> {
  // Loaded on use: the plotting libraries take longer to load than the rest of the package.
  const [{ parse, View, Warn }, { compile }] = await Promise.all([import("vega"), import("vega-lite")]);
  const view = new View(parse(compile(spec, { config: plotConfig }).spec), { renderer: "none", logLevel: Warn });
  try {
    return { ...figure, svg: tidySvg(await view.toSVG(), width) };
  } finally {
    view.finalize();
  }
}

const GROUND = `<rect width="100%" height="100%" fill="${ink.ground}"/>`;

/** Rounds coordinates to 0.01 px, drops what Vega writes only for its own use, and puts the picture on white. */
function tidySvg(svg: string, width: number): string {
  return svg
    .replace(/<path class="(?:foreground|background)"[^>]*(?:display="none"|pointer-events="none")[^>]*\/>/g, "")
    .replace(/<text[^>]* opacity="0"[^>]*>[^<]*<\/text>/g, "")
    .replace(/<[^>]+>/g, (tag) =>
      tag
        .replace(/ (?:pointer-events="none"|opacity="1"|class="[^"]*"|role="[^"]*"|aria-[a-z]+="[^"]*")/g, "")
        .replace(/-?\d+\.\d{3,}/g, (number) => String(Number(Number(number).toFixed(2)))),
    )
    .replace(/^<svg [^>]*><g [^>]*translate\(([\d.]+),/, (opening, left: string) => onWhite(opening, Number(left) + width));
}

/** Every picture gets the same width, whatever Vega believes its texts need, so that pictures beside each other have one scale. */
function onWhite(opening: string, right: number): string {
  const width = Math.ceil(right + RIGHT_MARGIN);
  return opening
    .replace(/ width="[\d.]+"/, ` width="${width}"`)
    .replace(/viewBox="0 0 [\d.]+/, `viewBox="0 0 ${width}`)
    .replace("><g", `>${GROUND}<g`);
}

/** The picture for use inside a page: without ground, without fixed size, text and lines in the colors of the page. */
export function inlineSvg({ svg, description }: Figure, escape: (text: string) => string): string {
  const label = `role="img" aria-label="${escape(description)}"`;
  const bare = svg
    .replace(/<svg [^>]*?(viewBox="[^"]*")[^>]*>/, `<svg xmlns="http://www.w3.org/2000/svg" ${label} $1>`)
    .replace(GROUND, "");
  const colored = pageColors.reduce((text, [color]) => text.replaceAll(`"${color}"`, `"${pageColor(color)}"`), bare);
  // Marks that are faint on white would be lost on a dark ground.
  return colored.replace(/ opacity="(0?\.\d+)"/g, ' opacity="max(var(--least-opacity), $1)"');
}
