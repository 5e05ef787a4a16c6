import { readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { InvalidParameterError } from "./errors.js";

interface Owner {
  readonly pid: number;
  readonly host: string;
  /** Tells a process from a later one with the same number; absent where the system does not say. */
  readonly started?: string;
}

const BEAT = 20_000; // ms
/** A lock of another machine counts as left behind when it was not touched for so long. */
const FOREIGN_LIMIT = 5 * 60_000;
/** A lock without content belongs to a process that is just writing it, or died doing so. */
const EMPTY_LIMIT = 10_000;

const held = new Set<string>();

/** Keeps other processes from writing the same file: `FILE.lock` names the process that does. */
export class FileLock {
  private readonly beat: NodeJS.Timeout;

  private constructor(private readonly path: string) {
    held.add(path);
    this.beat = setInterval(() => this.touch(), BEAT).unref();
  }

  /**
   * Takes the lock of a file; one that a process left behind when it was killed is taken over.
   * @param what the file is, for the message
   * @throws {InvalidParameterError} when another process works on the file
   */
  static acquire(file: string, what: string): FileLock {
    const path = `${file}.lock`;
    for (let attempt = 0; attempt < 5; attempt++) {
      if (tryCreate(path)) return new FileLock(path);
      const content = readContent(path);
      if (content === undefined) continue; // gone meanwhile
      const owner = parseOwner(content);
      if (!isLeftBehind(path, owner)) throw inUse(file, path, what, owner);
      removeIfStill(path, content);
    }
    throw inUse(file, path, what);
  }

  release(): void {
    clearInterval(this.beat);
    if (held.delete(this.path)) rmSync(this.path, { force: true });
  }

  private touch(): void {
    const now = new Date();
    try {
      utimesSync(this.path, now, now);
    } catch {
      // somebody removed it by hand; the file itself is not in danger from that
    }
  }
}

function tryCreate(path: string): boolean {
  const owner: Owner = { pid: process.pid, host: hostname(), started: startOf(process.pid) };
  try {
    writeFileSync(path, `${JSON.stringify(owner)}\n`, { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    // on a full disk it is there, and empty
    rmSync(path, { force: true });
    throw error instanceof Error ? Object.assign(error, { path }) : error;
  }
}

function readContent(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function parseOwner(content: string): Owner | undefined {
  try {
    const owner = JSON.parse(content) as Partial<Owner> | null;
    return typeof owner?.pid === "number" && typeof owner.host === "string" ? (owner as Owner) : undefined;
  } catch {
    return undefined;
  }
}

function isLeftBehind(path: string, owner: Owner | undefined): boolean {
  if (held.has(path)) return false;
  const age = Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0);
  if (!owner) return age > EMPTY_LIMIT;
  if (owner.host !== hostname()) return age > FOREIGN_LIMIT;
  // this process holds no such lock, so an earlier one had its number
  if (owner.pid === process.pid || !isRunning(owner.pid)) return true;
  return owner.started !== undefined && owner.started !== startOf(owner.pid);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** When a process started, in clock ticks since the machine did (Linux). */
function startOf(pid: number): string | undefined {
  try {
    // the name of the program, in parentheses, may hold anything
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").replace(/^.*\)/s, "").trim().split(" ");
    return fields[19];
  } catch {
    return undefined;
  }
}

/** Moved away first, because another process may have replaced the lock since it was read. */
function removeIfStill(path: string, content: string): void {
  const aside = `${path}.${process.pid}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    throw error;
  }
  if (readContent(aside) === content) rmSync(aside, { force: true });
  else renameSync(aside, path);
}

function inUse(file: string, path: string, what: string, owner?: Owner): InvalidParameterError {
  const who = owner ? `process ${owner.pid} on ${owner.host}` : "another process";
  return new InvalidParameterError(`${file} is in use by ${who}; wait for it, or name another ${what} (if it is not running any more, delete ${path})`);
}
