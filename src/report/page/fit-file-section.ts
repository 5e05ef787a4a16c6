import { html, type Markup, scriptSource } from "../markup.js";

/** A fit file that came out of a search, and what to do with it. */
export interface FoundFitFile {
  /** YAML */
  readonly fitFile?: string | undefined;
  /** As typed: "pestle fit best.yaml -o best.pestle". */
  readonly nextCommand?: string | undefined;
}

/** The fit file that came out, to copy, and what to do with it. */
export function fitFileSection({ fitFile, nextCommand }: FoundFitFile, summary: string): Markup | undefined {
  if (!fitFile && !nextCommand) return undefined;
  return html`<section><h2>Fit file</h2>
${nextCommand && html`<p>Fit and judge the potential with</p>
<div class="copy"><pre>${nextCommand}</pre></div>`}
${fitFile && html`<details open><summary>${summary}</summary><div class="copy"><pre>${fitFile}</pre></div></details>`}
<script>(${scriptSource(startCopyButtons.toString())})();</script></section>`;
}

/** Runs in the browser: puts a button beside every text that is meant to be copied. */
function startCopyButtons(): void {
  for (const place of Array.from(document.querySelectorAll(".copy"))) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "Copy";
    button.addEventListener("click", () => {
      const text = place.querySelector("pre") as HTMLElement;
      // Pages opened from a file may not write to the clipboard: then the text is selected for the reader to copy.
      const select = (): void => {
        getSelection()?.selectAllChildren(text);
        button.textContent = "Selected: press Ctrl+C";
      };
      if (!("clipboard" in navigator)) return select();
      navigator.clipboard.writeText(text.textContent ?? "").then(() => (button.textContent = "Copied"), select);
    });
    place.append(button);
  }
}
