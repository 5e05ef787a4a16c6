import { mkdir } from "node:fs/promises";
import { dirname, extname, join } from "node:path";
import { InvalidParameterError } from "../errors.js";
import { writeWholeFile } from "../output-file.js";
import { reasonOf } from "../system-error.js";
import type { Figure } from "./plots/figure.js";

/** Files of a report. */
export interface WrittenReport {
  /** Path of the HTML file. */
  readonly html: string;
  /** Paths of the figures. */
  readonly svgs: readonly string[];
}

/** How a report is written. */
export interface WriteReportOptions {
  /** Stops before the files are written with a CancelledError. */
  readonly signal?: AbortSignal;
}

/**
 * Writes a page and its figures.
 * `target` ending in ".html" names the file, and figures go to the folder of the same name with "-figures" in place of ".html";
 * any other target is a folder, made if missing, that gets `report.html` and `figures/`. Existing files are replaced whole.
 * @throws InvalidParameterError if the target cannot be written
 */
export async function writeFiles(target: string, page: string, figures: readonly Figure[]): Promise<WrittenReport> {
  const isFile = extname(target).toLowerCase() === ".html";
  const html = isFile ? target : join(target, "report.html");
  const figureFolder = isFile ? `${target.slice(0, -".html".length)}-figures` : join(target, "figures");
  await makeFolder(dirname(html));
  await makeFolder(figureFolder);
  const svgs: string[] = [];
  for (const { name, svg } of figures) {
    const path = join(figureFolder, `${name}.svg`);
    await writeWholeFile(path, svg);
    svgs.push(path);
  }
  await writeWholeFile(html, page);
  return { html, svgs };
}

async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
  } catch (cause) {
    throw new InvalidParameterError(`cannot make the folder ${path} for the report: ${reasonOf(cause)}`, { cause });
  }
}
