import type { BlocksName, KeptBlocks, PartName, StoredPart } from "./checkpoint.js";
import type { ChainFolder } from "./chain-files.js";
import { NO_COST, seconds, type WritingCost } from "./pace.js";

/** That are copied and written at once. */
const FILE_BYTES = 64e6;
/** Time between two files in multiples of that of the fit so far: there are never very many of them. */
const SPACING = 0.01;

/** Blocks in files, each with those that were done since the one before it. */
export class BlockFiles implements KeptBlocks {
  /** Done, and in no file. */
  private unsaved: number[] = [];
  private readonly safe = new Set<number>();
  private files = 0;
  private cost = NO_COST;
  /** When the last file was written; undefined: never */
  private savedAt: number | undefined;

  constructor(
    private readonly folder: ChainFolder,
    private readonly blocks: BlocksName,
    private readonly scope = "",
  ) {}

  get safeBlocks(): number {
    return this.safe.size;
  }

  async restore(place: (block: number, values: Float64Array) => void): Promise<ReadonlySet<number>> {
    for (let part = await this.folder.find(this.file); part; part = await this.folder.find(this.file)) {
      let first = 0;
      for (const block of part.meta as number[]) {
        const last = first + this.blocks.elementsOf(block);
        place(block, part.arrays[0].subarray(first, last));
        this.safe.add(block);
        first = last;
      }
      this.files++;
    }
    this.report();
    return new Set(this.safe);
  }

  done(block: number): void {
    this.unsaved.push(block);
    if (this.folder.isIdle && this.folder.pace.remaining(this.cost, this.savedAt) <= 0) void this.save();
  }

  async interrupted(): Promise<void> {
    await this.folder.settled();
    while (this.unsaved.length > 0 && this.folder.hasTimeFor(8 * this.elementsOf(this.nextFile()))) await this.save();
    this.unsaved = [];
  }

  finished(): void {
    // what is left goes into one file, if that costs little
    if (this.unsaved.length > 0 && this.folder.pace.mayWrite(this.cost)) void this.save();
    this.unsaved = [];
  }

  settle(): void {
    this.unsaved = [];
    for (; this.files > 0; this.files--) this.folder.remove(this.fileBefore(this.files));
  }

  private get file(): PartName {
    return this.fileBefore(this.files + 1);
  }

  private fileBefore(number: number): PartName {
    const { name, of, count } = this.blocks;
    return { name: `${name}, part ${number}`, of: { of, count } };
  }

  /** Of the blocks that are not safe as many as a file may hold. */
  private nextFile(): number[] {
    let bytes = 0;
    const end = this.unsaved.findIndex((block) => (bytes += 8 * this.blocks.elementsOf(block)) > FILE_BYTES);
    return this.unsaved.slice(0, end < 0 ? undefined : Math.max(1, end));
  }

  private elementsOf(blocks: readonly number[]): number {
    return blocks.reduce((sum, block) => sum + this.blocks.elementsOf(block), 0);
  }

  /** Copies at once, and writes when its turn has come. */
  private async save(): Promise<void> {
    const started = seconds();
    const written = this.nextFile();
    this.unsaved = this.unsaved.slice(written.length);
    const values = new Float64Array(this.elementsOf(written));
    let first = 0;
    for (const block of written) {
      values.set(this.blocks.read(block), first);
      first += this.blocks.elementsOf(block);
    }
    const part: StoredPart = { meta: written, arrays: [values] };
    const copied = seconds() - started;
    const name = this.file;
    this.files++;
    await this.folder.write(name, () => part, ({ work, wall }: WritingCost) => {
      this.savedAt = seconds();
      this.cost = { work: copied + work, wall: Math.max(wall, SPACING * this.folder.pace.elapsed) };
      for (const block of written) this.safe.add(block);
      this.report();
    });
  }

  private report(): void {
    const { name, count, share = 1 } = this.blocks;
    if (share > 0) this.folder.report(this.scope, name, (share * this.safeBlocks) / count, 1);
  }
}
