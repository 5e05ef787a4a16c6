import { pathToFileURL } from "node:url";
import { DevtoolsPage } from "../browser/devtools.js";

export interface DumpedPage {
  /** The document after its scripts have run. */
  readonly dom: string;
  /** What the page wrote to the console, errors and refused loads among it. */
  readonly console: readonly string[];
}

/** Loads a file in a headless Chromium and returns what has become of it. */
export async function dumpPage(chromium: string, path: string, flags: readonly string[]): Promise<DumpedPage> {
  const page = await DevtoolsPage.open(chromium, flags);
  try {
    await page.look({ width: 800, height: 600 });
    await page.goTo(pathToFileURL(path).href);
    // what the page draws may complain, too
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve))));
    const dom = await page.evaluate(() => document.documentElement.outerHTML);
    // The software renderer remarks on its own speed.
    return { dom, console: page.console.filter((line) => !/GL Driver Message \(OpenGL, Performance/.test(line)) };
  } finally {
    await page.close();
  }
}
