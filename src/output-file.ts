import { mkdirSync, rmSync, statSync } from "node:fs";
import { access, constants, type FileHandle, open, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { InvalidParameterError } from "./errors.js";
import { reasonOf, systemReason } from "./system-error.js";

const unfinished = new Set<string>();

/** Removes the temporary files of all outputs that are not finished. Synchronous, for the moment before a process is ended. */
export function removeUnfinishedOutputs(): void {
  for (const path of unfinished) rmSync(path, { force: true });
  unfinished.clear();
}

/**
 * Says before a long computation that its result will have a place.
 * @throws {InvalidParameterError} when the target is a folder, or its folder does not exist or cannot be written
 */
export async function checkOutput(path: string): Promise<void> {
  if (path === "-") throw new InvalidParameterError("cannot write to the standard output here; name a file (./- is a file of that name)");
  const target = await stat(path).catch(() => undefined);
  if (target?.isDirectory()) throw new InvalidParameterError(`cannot write ${path}: it is a folder; name a file in it`);
  // the rename would put a file in the place of the device
  if (target && !target.isFile()) throw new InvalidParameterError(`cannot write ${path}: it is a device or a pipe; name a file`);
  const folder = await stat(dirname(path)).catch(() => undefined);
  if (!folder?.isDirectory()) throw new InvalidParameterError(`cannot write ${path}: there is no folder ${dirname(path)}`);
  // what is written is a file beside the target
  await access(dirname(path), constants.W_OK).catch((cause: unknown) => {
    throw new InvalidParameterError(`cannot write ${path}: ${reasonOf(cause)}`, { cause });
  });
}

/**
 * Makes a folder and those above it that are missing. `mkdir` of Node.js does not end with `recursive` where the system says that a name
 * in a folder that is there does not exist, as in /proc.
 * @returns absolute paths of the folders made, a folder before those in it
 * @throws the error of the system, for the first folder that cannot be made
 */
export function makeFolders(path: string): string[] {
  const missing: string[] = [];
  for (let folder = resolve(path); !isFolder(folder) && dirname(folder) !== folder; folder = dirname(folder)) missing.unshift(folder);
  return missing.filter(makeFolder);
}

/** @returns false where another process was faster */
function makeFolder(path: string): boolean {
  try {
    mkdirSync(path);
    return true;
  } catch (error) {
    if (isFolder(path)) return false;
    throw error;
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

let count = 0;

/**
 * A file that appears under its name only when it is whole: written to a temporary file beside the target, which `commit` renames
 * and `discard` removes. A reader never sees half a result, and an earlier result survives a failed run.
 */
export class OutputFile {
  readonly path: string;
  readonly temporaryPath: string;

  private constructor(path: string, temporaryPath: string) {
    this.path = path;
    this.temporaryPath = temporaryPath;
  }

  /**
   * Reserves the temporary name, for writers that open it on their own.
   * @throws {InvalidParameterError} when the target is a folder or its folder does not exist
   */
  static async reserve(path: string): Promise<OutputFile> {
    await checkOutput(path);
    const temporaryPath = join(dirname(path), `.${basename(path)}.${process.pid}-${count++}.tmp`);
    unfinished.add(temporaryPath);
    return new OutputFile(path, temporaryPath);
  }

  async commit(): Promise<void> {
    await this.writing(rename(this.temporaryPath, this.path));
    unfinished.delete(this.temporaryPath);
  }

  /**
   * Work on the temporary file, whose failures name the file that was asked for.
   * @throws {InvalidParameterError} where the system refuses: a full disk, missing rights; anything else as it is
   */
  async writing<Result>(work: Promise<Result>): Promise<Result> {
    try {
      return await work;
    } catch (error) {
      throw this.failure(error);
    }
  }

  /** The error to throw for one that came up in writing. */
  failure(error: unknown): unknown {
    const reason = systemReason(error);
    const { path = this.temporaryPath } = error as NodeJS.ErrnoException;
    // an error about another file, such as one that is read meanwhile, says so itself
    if (reason === undefined || path !== this.temporaryPath) return error;
    return new InvalidParameterError(`cannot write ${this.path}: ${reason}`, { cause: error });
  }

  async discard(): Promise<void> {
    await rm(this.temporaryPath, { force: true });
    unfinished.delete(this.temporaryPath);
  }
}

/** Writes a whole file at once through a temporary name. */
export async function writeWholeFile(path: string, content: string | Uint8Array): Promise<void> {
  const file = await OutputFile.reserve(path);
  let handle: FileHandle | undefined;
  try {
    handle = await file.writing(open(file.temporaryPath, "w"));
    await file.writing(handle.writeFile(content));
    await file.writing(handle.close());
    await file.commit();
  } catch (error) {
    await handle?.close().catch(() => undefined);
    await file.discard();
    throw error;
  }
}
