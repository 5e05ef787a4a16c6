import { BlockFiles } from "./block-files.js";
import { ChainFiles, type ChainFolder } from "./chain-files.js";
import type { BlocksName, KeptBlocks, KeptChains, KeptParts, KeptScope, PartCodec, PartName, ReductionName, StoredPart } from "./checkpoint.js";
import { scopeWithin } from "./safe-share.js";

/** A folder that is shared by several fits. */
interface SharedFolder extends KeptParts, ChainFolder {
  later: KeptParts["later"];
  find: KeptParts["find"];
  settle(scope: string): void;
  scopeIn(outer: string, name: string, count: number, weight?: number): KeptScope;
}

/** What a folder has of one of several fits: names begin with its own. */
export class PartScope implements KeptScope {
  constructor(
    private readonly folder: SharedFolder,
    private readonly name: string,
  ) {}

  recall<Result>(part: PartName, make: () => Promise<Result>, codec: PartCodec<Result>, onSafe?: () => void): Promise<Result> {
    return this.folder.recall(this.own(part), make, codec, onSafe);
  }

  later(part: PartName, encode: () => StoredPart, onSafe?: () => void): void {
    this.folder.later(this.own(part), encode, onSafe);
  }

  find(part: PartName): Promise<StoredPart | undefined> {
    return this.folder.find(this.own(part));
  }

  chains(reduction: ReductionName): KeptChains {
    return new ChainFiles(this.folder, { ...reduction, ...this.own(reduction) }, this.name);
  }

  blocks(blocks: BlocksName): KeptBlocks {
    return new BlockFiles(this.folder, { ...blocks, ...this.own(blocks) }, this.name);
  }

  tellSafe(part: string, share: number): void {
    this.folder.report(this.name, part, share, 1);
  }

  scope(name: string, count: number, weight?: number): KeptScope {
    return this.folder.scopeIn(this.name, name, count, weight);
  }

  settle(): void {
    this.folder.settle(this.name);
  }

  /** The folder goes on. */
  close(): Promise<void> {
    return Promise.resolve();
  }

  private own({ name, of }: PartName): PartName {
    return { name: scopeWithin(this.name, name), of };
  }
}
