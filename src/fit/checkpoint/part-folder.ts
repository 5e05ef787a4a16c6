import { existsSync, readdirSync, rmdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { CancelledError } from "../../errors.js";
import { FileLock } from "../../file-lock.js";
import { makeFolders, writeWholeFile } from "../../output-file.js";
import { reasonOf } from "../../system-error.js";
import { BlockFiles } from "./block-files.js";
import { ChainFiles, type ChainFolder } from "./chain-files.js";
import type { BlocksName, FitIdentity, KeptBlocks, KeptChains, KeptParts, KeptScope, PartCodec, PartName, ReductionName, StoredPart } from "./checkpoint.js";
import { shortDigest } from "./identity.js";
import { checkManifest, manifestText } from "./manifest.js";
import { NO_COST, Pace, seconds, type WritingCost } from "./pace.js";
import { readPart, writePart } from "./part-file.js";
import { PartScope } from "./part-scope.js";
import { SafeShare, scopeWithin } from "./safe-share.js";

const MANIFEST = "fit.json";
const PART = ".part";
const TEMPORARY = ".tmp";
/** s that a fit which is told to stop takes for what is not kept yet */
const LAST_SECONDS = 2;
/** bytes/s, of a disk that is not fast */
const DISK_RATE = 100e6;

/** What is to be kept when it is time. */
interface Pending {
  readonly part: PartName;
  readonly encode: () => StoredPart | Promise<StoredPart>;
  readonly onStored: (() => void) | undefined;
}

/** How a folder is written. */
export interface WritingOptions {
  /** s between two times of writing the same thing, whatever it costs; default: seldom enough that writing costs about a hundredth of the time, first after 15 s */
  readonly every?: number;
  /** Hears what the fit goes on with, and that something cannot be written. */
  readonly onNote?: (text: string) => void;
}

/** Parts of one fit in a folder that appears with the first of them. One thing is written at a time. */
export class PartFolder implements KeptParts, ChainFolder {
  readonly pace: Pace;
  private readonly pending = new Map<string, Pending>();
  private readonly safe = new SafeShare();
  private timer: NodeJS.Timeout | undefined;
  private lock: FileLock | undefined;
  private tail: Promise<void> = Promise.resolve();
  private inLine = 0;
  /** When nothing is written any more. */
  private deadline = Infinity;
  private flushed: { readonly at: number | undefined; readonly cost: WritingCost } = { at: undefined, cost: NO_COST };

  constructor(
    private readonly path: string,
    private readonly identity: FitIdentity,
    private readonly options: WritingOptions,
  ) {
    this.pace = new Pace(options.every);
  }

  /** Of the fit, 0 to 1. */
  get safeShare(): number {
    return this.safe.of();
  }

  /**
   * Goes on with what an earlier process has left, after a look at all of it.
   * @throws {InvalidParameterError} for the checkpoint of another fit; {FormatError} for a damaged one
   */
  async resume(): Promise<void> {
    const manifest = join(this.path, MANIFEST);
    checkManifest(manifest, this.path, this.identity);
    this.lock = FileLock.acquire(manifest, "checkpoint");
    try {
      for (const name of namesIn(this.path)) {
        if (name.endsWith(TEMPORARY)) rmSync(join(this.path, name), { force: true });
        if (name.endsWith(PART)) await readPart(join(this.path, name), false);
      }
    } catch (error) {
      this.lock.release();
      throw error;
    }
  }

  async find(part: PartName): Promise<StoredPart | undefined> {
    const path = this.pathOf(part);
    if (!existsSync(path)) return undefined;
    const found = await readPart(path);
    return found.header.name === part.name && found.header.key === this.keyOf(part) ? found : undefined;
  }

  async recall<Result>(part: PartName, make: () => Promise<Result>, codec: PartCodec<Result>, onSafe?: () => void): Promise<Result> {
    const found = await this.find(part);
    if (found) {
      onSafe?.();
      return codec.decode(found);
    }
    const result = await make();
    this.later(part, () => codec.encode(result), onSafe);
    return result;
  }

  chains(reduction: ReductionName): KeptChains {
    return new ChainFiles(this, reduction);
  }

  blocks(blocks: BlocksName): KeptBlocks {
    return new BlockFiles(this, blocks);
  }

  tellSafe(part: string, share: number): void {
    this.safe.set("", part, share, 1);
  }

  scope(name: string, count: number, weight?: number): KeptScope {
    return this.scopeIn("", name, count, weight);
  }

  /** Of a fit that is within another itself. */
  scopeIn(outer: string, name: string, count: number, weight = 1): KeptScope {
    const scope = scopeWithin(outer, name);
    this.safe.divide(outer, count);
    this.safe.weigh(scope, weight);
    return new PartScope(this, scope);
  }

  report(scope: string, reduction: string, safe: number, all: number): void {
    this.safe.set(scope, reduction, safe, all);
  }

  /** The result of a scope is kept. */
  settle(scope: string): void {
    this.safe.set(scope, "result", 1, 1);
    for (const [key, { part }] of this.pending) if (slug(part.name).startsWith(`${slug(scope)}-`)) this.pending.delete(key);
    for (const name of namesIn(this.path)) if (name.startsWith(`${slug(scope)}-`)) rmSync(join(this.path, name), { force: true });
  }

  later(part: PartName, encode: Pending["encode"], onStored?: () => void): void {
    this.pending.set(part.name, { part, encode, onStored });
    if (this.deadline === Infinity) this.timer ??= setTimeout(() => void this.flush(), 1000 * Math.max(0, this.pace.remaining(this.flushed.cost, this.flushed.at))).unref();
  }

  drop({ name }: PartName): void {
    this.pending.delete(name);
  }

  get isIdle(): boolean {
    return this.inLine === 0 && this.deadline === Infinity;
  }

  async settled(): Promise<void> {
    await this.tail;
  }

  hasTimeFor(bytes: number): boolean {
    if (!this.pace.isLong) return false;
    this.hurry();
    return seconds() + bytes / DISK_RATE < this.deadline;
  }

  write(part: PartName, encode: Pending["encode"], onStored?: (cost: WritingCost) => void): Promise<void> {
    this.inLine++;
    const isGivenUp = (): boolean => seconds() > this.deadline;
    this.tail = this.tail.then(async () => {
      try {
        if (isGivenUp()) return;
        await this.begin();
        const cost = await writePart(this.pathOf(part), { name: part.name, key: this.keyOf(part) }, await encode(), isGivenUp);
        this.pace.add(cost);
        onStored?.(cost);
      } catch (error) {
        this.giveUp(error);
      } finally {
        this.inLine--;
      }
    });
    return this.tail;
  }

  remove(part: PartName): void {
    rmSync(this.pathOf(part), { force: true });
  }

  async close(how: "finished" | "stopped" | "refused"): Promise<void> {
    clearTimeout(this.timer);
    if (how === "stopped") {
      this.hurry();
      if (this.pace.isLong) await this.writePending();
    }
    this.pending.clear();
    await this.tail;
    this.lock?.release();
    if (how === "refused" && this.lock) clearFolder(this.path);
  }

  /** Little time is left from now on. */
  private hurry(): void {
    if (this.deadline === Infinity) this.deadline = seconds() + LAST_SECONDS;
  }

  private async flush(): Promise<void> {
    const started = seconds();
    const work = await this.writePending();
    this.flushed = { at: seconds(), cost: { work, wall: seconds() - started } };
    this.timer = undefined;
  }

  /** @returns s of work */
  private async writePending(): Promise<number> {
    let work = 0;
    for (;;) {
      const [next] = this.pending.values();
      if (!next) return work;
      this.pending.delete(next.part.name);
      await this.write(next.part, next.encode, (cost) => {
        work += cost.work;
        next.onStored?.();
      });
    }
  }

  /** Makes the folder, and says what it is of. */
  private async begin(): Promise<void> {
    if (this.lock) return;
    makeFolders(this.path);
    const manifest = join(this.path, MANIFEST);
    this.lock = FileLock.acquire(manifest, "checkpoint");
    await writeWholeFile(manifest, manifestText(this.identity));
  }

  /** What cannot be written is said once, and nothing is written from then on. */
  private giveUp(error: unknown): void {
    if (error instanceof CancelledError || this.deadline === -Infinity) return;
    this.deadline = -Infinity;
    this.options.onNote?.(`the checkpoint ${this.path} cannot be written: ${reasonOf(error)}; the fit goes on without`);
  }

  private pathOf({ name }: PartName): string {
    return join(this.path, `${slug(name)}${PART}`);
  }

  /** A part of another fit is never taken for one of this. */
  private keyOf({ of = null }: PartName): string {
    return shortDigest([this.identity, of]);
  }
}

function slug(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
}

/** Whether there is something in a folder to go on with. */
export function hasParts(path: string): boolean {
  return namesIn(path).some((name) => name.endsWith(PART));
}

/** Whether there are other files in a folder, or it is none. */
export function isForeign(path: string): boolean {
  return !namesIn(path).every(isOurs);
}

/** Removes what is ours, and the folder if that was all. */
export function clearFolder(path: string): void {
  if (!existsSync(path)) return;
  // the manifest last: without it nobody knows what the others are
  const ours = namesIn(path).filter(isOurs).sort((a, b) => Number(a === MANIFEST) - Number(b === MANIFEST));
  for (const name of ours) rmSync(join(path, name), { force: true });
  if (namesIn(path).length === 0) rmdirSync(path);
}

/** @throws the system's error for what is not a folder */
function namesIn(path: string): string[] {
  return existsSync(path) ? readdirSync(path) : [];
}

function isOurs(name: string): boolean {
  return name.startsWith(MANIFEST) || name.endsWith(PART) || (name.startsWith(".") && name.endsWith(TEMPORARY));
}
