import { existsSync } from "node:fs";
import { mkdir, rm, rmdir } from "node:fs/promises";
import { dirname, extname, join, resolve } from "node:path";
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
  const made = new MadePaths();
  try {
    await made.folder(dirname(html));
    await made.folder(figureFolder);
    const svgs: string[] = [];
    for (const { name, svg } of figures) {
      const path = join(figureFolder, `${name}.svg`);
      await made.file(path, svg);
      svgs.push(path);
    }
    await made.file(html, page);
    return { html, svgs };
  } catch (error) {
    await made.remove();
    throw error;
  }
}

/** What is new on the disk, so that a report that is not finished leaves nothing behind. */
class MadePaths {
  private readonly files: string[] = [];
  /** A folder before those in it. */
  private readonly folders: string[] = [];

  async folder(path: string): Promise<void> {
    try {
      const first = await mkdir(path, { recursive: true });
      if (first === undefined) return;
      const outermost = resolve(first);
      const chain: string[] = [];
      for (let folder = resolve(path); folder.length >= outermost.length; folder = dirname(folder)) chain.unshift(folder);
      this.folders.push(...chain);
    } catch (cause) {
      throw new InvalidParameterError(`cannot make the folder ${path} for the report: ${reasonOf(cause)}`, { cause });
    }
  }

  async file(path: string, content: string): Promise<void> {
    const isNew = !existsSync(path);
    await writeWholeFile(path, content);
    if (isNew) this.files.push(path);
  }

  async remove(): Promise<void> {
    for (const path of this.files) await rm(path, { force: true });
    // one that somebody else has put something into stays
    for (const path of this.folders.reverse()) await rmdir(path).catch(() => undefined);
  }
}
