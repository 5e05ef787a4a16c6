import { displayName } from "../formatting.js";
import { html, Markup } from "../markup.js";
import { style } from "./style.js";

/** The browser itself refuses every connection: nothing a data set says can make the page load anything. */
const POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:";

/** A page that needs nothing else: head, style sheet, the sections and a last line. */
export function documentText(title: string, sections: readonly (Markup | undefined)[], footer: string): string {
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="generator" content="pestle">
<title>${displayName(title, 200)}</title>
<style>${new Markup(style)}</style>
</head>
<body>
<main>
${sections.map((section) => section && html`${section}
`)}
<footer>${footer}</footer>
</main>
<script>addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((details) => { details.open = true; }));</script>
</body>
</html>
`;
  return page.text;
}
