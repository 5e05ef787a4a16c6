// A folder of a checkpoint in memory, for tests of what is written into one.
import type { ChainFolder } from "../../../src/fit/checkpoint/chain-files.js";
import { NO_COST, Pace } from "../../../src/fit/checkpoint/pace.js";
import type { StoredPart } from "../../../src/fit/index.js";

/** A folder that writes when it is told to. */
export class FakeFolder implements ChainFolder {
  readonly pace = new Pace(1e-9);
  readonly parts = new Map<string, StoredPart>();
  readonly later = (): void => undefined;
  readonly drop = (): void => undefined;
  readonly hasTimeFor = (): boolean => true;
  readonly reports: number[] = [];
  private readonly waiting: (() => void)[] = [];

  get isIdle(): boolean {
    return this.waiting.length === 0;
  }

  async settled(): Promise<void> {
    this.finish();
    await Promise.resolve();
  }

  find({ name }: { name: string }): Promise<StoredPart | undefined> {
    return Promise.resolve(this.parts.get(name));
  }

  /** Reads what is to be written as late as a slow disk would. */
  write({ name }: { name: string }, encode: () => StoredPart, onStored: (cost: typeof NO_COST) => void): Promise<void> {
    return new Promise((resolve) => {
      this.waiting.push(() => {
        const { meta, arrays } = encode();
        this.parts.set(name, { meta, arrays: arrays.map((array) => array.slice()) });
        onStored(NO_COST);
        resolve();
      });
      if (this.isHasty) this.finish();
    });
  }

  /** Whether everything is written at once. */
  isHasty = false;

  finish(): void {
    for (const write of this.waiting.splice(0)) write();
  }

  remove({ name }: { name: string }): void {
    this.parts.delete(name);
  }

  report(_: string, __: string, safe: number): void {
    this.reports.push(safe);
  }
}
