import { existsSync } from "node:fs";
import { access, constants, rm, rmdir } from "node:fs/promises";
import { dirname, extname, join, resolve } from "node:path";
import { InvalidParameterError } from "../errors.js";
import { checkOutput, makeFolders, writeWholeFile } from "../output-file.js";
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
  const { html, figureFolder } = placesOf(target);
  const made = new MadePaths();
  try {
    made.folder(dirname(html));
    made.folder(figureFolder);
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

/**
 * Says before a long computation that a report will have a place: folders are made as for the report, and removed again.
 * @throws {InvalidParameterError} if the target cannot be written
 */
export async function checkReport(target: string): Promise<void> {
  const { html, figureFolder } = placesOf(target);
  const made = new MadePaths();
  try {
    for (const folder of [dirname(html), figureFolder]) {
      made.folder(folder);
      await access(folder, constants.W_OK).catch((cause: unknown) => {
        throw new InvalidParameterError(`cannot write the report into the folder ${folder}: ${reasonOf(cause)}`, { cause });
      });
    }
    await checkOutput(html);
  } finally {
    await made.remove();
  }
}

function placesOf(target: string): { readonly html: string; readonly figureFolder: string } {
  const isFile = extname(target).toLowerCase() === ".html";
  return isFile
    ? { html: target, figureFolder: `${target.slice(0, -".html".length)}-figures` }
    : { html: join(target, "report.html"), figureFolder: join(target, "figures") };
}

/** With the folder above that stands in the way. */
function folderReason(cause: unknown, path: string): string {
  const { code, path: at = path } = cause as NodeJS.ErrnoException;
  const reason = code === "ENOENT" ? "the system lets nothing be made there" : reasonOf(cause);
  return resolve(at) === resolve(path) ? reason : `${at}: ${reason}`;
}

/** What is new on the disk, so that a report that is not finished leaves nothing behind. */
class MadePaths {
  private readonly files: string[] = [];
  /** A folder before those in it. */
  private readonly folders: string[] = [];

  folder(path: string): void {
    try {
      this.folders.push(...makeFolders(path));
    } catch (cause) {
      throw new InvalidParameterError(`cannot make the folder ${path} for the report: ${folderReason(cause, path)}`, { cause });
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
