import type { KeptParts, PartName, StoredPart } from "../checkpoint/checkpoint.js";
import type { KeptTiles } from "./kernel-matrix.js";
import type { LengthChoice } from "./length-scales.js";
import type { ShiftStatistics } from "./scan.js";

/** What is kept of the length scales of a scan, each as soon as it is done. */
export class KeptLengths {
  /** Of the length scales so many are done, and so many are safe. */
  done = 0;
  safe = 0;

  constructor(
    readonly parts: KeptParts | undefined,
    readonly choices: readonly LengthChoice[],
    private readonly validation: string | undefined,
  ) {}

  /** Those that an earlier process has kept. */
  async find(): Promise<(ShiftStatistics[] | undefined)[]> {
    const found: (ShiftStatistics[] | undefined)[] = [];
    for (const length of this.choices.keys()) {
      const part = await this.parts?.find(this.nameOf(length));
      found.push(part && statisticsCodec.decode(part));
      if (!part) continue;
      this.done++;
      this.countSafe();
    }
    return found;
  }

  /** A length scale is done. */
  keep(length: number, statistics: ShiftStatistics[], onSafe?: () => void): void {
    this.done++;
    this.parts?.later(this.nameOf(length), () => statisticsCodec.encode(statistics), () => {
      this.countSafe();
      onSafe?.();
    });
  }

  /** Where kernels are kept that are computed together. */
  tilesOf(what: string, lengths: readonly number[]): KeptTiles | undefined {
    const of = [lengths.map((length) => this.choices[length].kernels), this.validation];
    return this.parts && { kept: this.parts, name: `${what}, length scales ${lengths[0] + 1} to ${lengths[lengths.length - 1] + 1}`, of, share: 0 };
  }

  private nameOf(length: number): PartName {
    return { name: `scan, length scale ${length + 1}`, of: [this.choices[length].kernels, this.validation] };
  }

  /** The fit itself counts as one more. */
  private countSafe(): void {
    this.safe++;
    this.parts?.tellSafe("scan", this.safe / (this.choices.length + 1));
  }
}

/** Numbers as texts, which JSON keeps where they are not finite. */
const statisticsCodec = {
  encode: (found: readonly ShiftStatistics[]): StoredPart => ({ meta: withNumbers(found, String), arrays: [] }),
  decode: ({ meta }: StoredPart): ShiftStatistics[] => withNumbers(meta, Number) as ShiftStatistics[],
};

function withNumbers(value: unknown, change: (leaf: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => withNumbers(item, change));
  if (typeof value !== "object" || value === null) return change(value);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withNumbers(item, change)]));
}
