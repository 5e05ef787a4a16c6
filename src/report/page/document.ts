import { displayName } from "../formatting.js";
import { html, Markup, scriptSource } from "../markup.js";
import { style } from "./style.js";

/** The browser itself refuses every connection: nothing a data set says can make the page load anything. */
const POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:";

/** A page that needs nothing else: head, style sheet with what a kind of report adds to it, the sections and a last line. */
export function documentText(title: string, sections: readonly (Markup | undefined)[], footer: string, ownStyle = ""): string {
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="generator" content="pestle">
<title>${displayName(title, 200)}</title>
<style>${new Markup(style + ownStyle)}</style>
</head>
<body>
<main>
${sections.map((section) => section && html`${section}
`)}
<footer>${footer}</footer>
</main>
<script>(${scriptSource(startPage.toString())})();</script>
</body>
</html>
`;
  return page.text;
}

/** Runs in the browser: paper shows what is folded; a table that is wider than its place says so, and scrolls by keys. */
function startPage(): void {
  addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((details) => (details.open = true)));
  const places = Array.from(document.querySelectorAll(".scroll"));
  const look = (): void => {
    for (const place of places) {
      const isWide = place.scrollWidth > place.clientWidth + 1;
      place.toggleAttribute("data-wide", isWide);
      if (isWide) place.setAttribute("tabindex", "0");
      else place.removeAttribute("tabindex");
    }
  };
  // in the next frame, as the hint changes a size that is observed
  const observer = new ResizeObserver(() => requestAnimationFrame(look));
  for (const place of places) {
    observer.observe(place);
    if (place.firstElementChild) observer.observe(place.firstElementChild);
  }
}
