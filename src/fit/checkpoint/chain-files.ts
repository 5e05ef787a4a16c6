import type { ChainState, KeptChains, PartName, ReductionName, StoredPart } from "./checkpoint.js";
import { NO_COST, type Pace, seconds, type WritingCost } from "./pace.js";

/** What the files of chains need of the folder that they are in. */
export interface ChainFolder {
  readonly pace: Pace;
  /** Whether nothing is being written, and something may. */
  readonly isIdle: boolean;
  /** When all that is in line is written. */
  settled(): Promise<void>;
  /** Whether a fit that was told to stop can still write so much. */
  hasTimeFor(bytes: number): boolean;
  find(part: PartName): Promise<StoredPart | undefined>;
  /** Writes a part when its turn has come. */
  write(part: PartName, encode: () => StoredPart, onStored: (cost: WritingCost) => void): Promise<void>;
  later(part: PartName, encode: () => StoredPart, onStored?: () => void): void;
  /** Does not keep what was to be kept later. */
  drop(part: PartName): void;
  remove(part: PartName): void;
  /** Hears how many blocks of a reduction are safe, of so many in all reductions of its fit. */
  report(scope: string, reduction: string, safe: number, all: number): void;
}

/** What is known of a chain. */
interface Chain {
  /** Blocks in its triangle, while that is at rest. */
  blocks: number;
  /** Of the triangle; undefined while it changes. */
  read?: (() => Float64Array) | undefined;
  /** Blocks that are safe. */
  saved: number;
  /** When it was written; undefined: never */
  savedAt?: number;
}

/** The chains of a reduction in files, one each; a file of the merged triangle takes their place. */
export class ChainFiles implements KeptChains {
  private readonly states: Chain[];
  private readonly of: unknown;
  /** Of all chains. */
  private cost = NO_COST;
  /** Triangles are copied into it while they rest; one at a time. */
  private copy: Float64Array | undefined;
  private isMerged = false;

  constructor(
    private readonly folder: ChainFolder,
    private readonly reduction: ReductionName,
    private readonly scope = "",
  ) {
    const { of, chains, blocks, elements } = reduction;
    this.of = { of, chains, blocks, elements };
    this.states = Array.from({ length: chains }, () => ({ blocks: 0, saved: 0 }));
  }

  get safeBlocks(): number {
    return this.isMerged ? this.reduction.blocks : this.states.reduce((sum, { saved }) => sum + saved, 0);
  }

  async finished(): Promise<Float64Array | undefined> {
    const [elements] = (await this.folder.find(this.merge))?.arrays ?? [];
    if (elements) this.setMerged();
    return elements;
  }

  async restore(chain: number): Promise<ChainState | undefined> {
    const part = await this.folder.find(this.chain(chain));
    if (!part) return undefined;
    const blocks = part.meta as number;
    Object.assign(this.states[chain], { blocks, saved: blocks });
    this.report();
    return { blocks, elements: part.arrays[0] };
  }

  working(chain: number): void {
    this.states[chain].read = undefined;
  }

  resting(chain: number, blocks: number, read: () => Float64Array): void {
    const state = this.states[chain];
    Object.assign(state, { blocks, read });
    if (this.folder.isIdle && this.folder.pace.remaining(this.cost, state.savedAt) <= 0) void this.save(chain);
  }

  async interrupted(): Promise<void> {
    // the copy may be in use
    await this.folder.settled();
    for (const [chain, { read, blocks, saved }] of this.states.entries()) {
      if (read && blocks > saved && this.folder.hasTimeFor(8 * this.reduction.elements)) await this.save(chain);
    }
    this.forgetTriangles();
  }

  merged(read: () => Float64Array): void {
    this.forgetTriangles();
    const elements = (): StoredPart => ({ arrays: [read().slice()] });
    const onStored = (): void => {
      this.setMerged();
      this.states.forEach((_, chain) => this.folder.remove(this.chain(chain)));
    };
    if (!this.folder.pace.mayWrite(this.cost)) return this.folder.later(this.merge, elements, onStored);
    const copy = elements();
    void this.folder.write(this.merge, () => copy, onStored);
  }

  release(): void {
    this.folder.drop(this.merge);
  }

  private get merge(): PartName {
    return { name: `${this.reduction.name}, merged`, of: this.of };
  }

  private chain(index: number): PartName {
    return { name: `${this.reduction.name}, chain ${index + 1}`, of: this.of };
  }

  private async save(chain: number): Promise<void> {
    const state = this.states[chain];
    const { blocks } = state;
    const started = seconds();
    this.copy ??= new Float64Array(this.reduction.elements);
    this.copy.set(state.read!());
    const part = { meta: blocks, arrays: [this.copy] };
    const copied = seconds() - started;
    await this.folder.write(this.chain(chain), () => part, ({ work, wall }) => {
      Object.assign(state, { saved: blocks, savedAt: seconds() });
      this.cost = { work: this.states.length * (copied + work), wall: this.states.length * wall };
      this.report();
    });
  }

  private forgetTriangles(): void {
    for (const state of this.states) state.read = undefined;
  }

  private setMerged(): void {
    this.isMerged = true;
    this.report();
  }

  private report(): void {
    const { name, blocks, allBlocks = blocks } = this.reduction;
    this.folder.report(this.scope, name, this.safeBlocks, allBlocks);
  }
}
