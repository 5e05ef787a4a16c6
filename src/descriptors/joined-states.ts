import type { EnvironmentBatch } from "../neighbors/environment-batch.js";
import { alignUp, type Arena, type Pointer } from "../wasm/memory.js";
import type { Wasm } from "../wasm/wasm.js";
import { type RowKind, stateBytes, type StateSize } from "./rows.js";

/**
 * The states of several descriptors as that of one. Where rows are of structures they stand one after the other. Where rows are of centers, a range of
 * centers must be there for the taking (`sliceBatch`), so the states of one center stand side by side; one that has something for each pair is not
 * kept: it would have to be cut at every center.
 */
export class JoinedStates {
  /** Of all that is kept. */
  readonly size: StateSize;

  constructor(
    private readonly rows: RowKind,
    private readonly sizes: readonly StateSize[],
  ) {
    const kept = sizes.filter((_, part) => this.keeps(part));
    const sum = (key: keyof StateSize): number => kept.reduce((total, size) => total + size[key], 0);
    const gaps = rows === "structure" ? alignUp(1) * kept.length : 0;
    this.size = { perBatch: sum("perBatch") + gaps, perCenter: sum("perCenter"), perPair: sum("perPair") };
  }

  /** Whether derivatives of a part find what its values left. */
  keeps(part: number): boolean {
    const { perBatch, perCenter, perPair } = this.sizes[part];
    return this.rows === "structure" || (perBatch === 0 && perPair === 0 && perCenter % 8 === 0);
  }

  /**
   * Where a part may write its state; `store` then puts it where it belongs.
   * @param state of the whole; 0 where none is wanted
   */
  open(part: number, batch: EnvironmentBatch, state: Pointer, scratch: Arena): Pointer {
    if (!state || !this.keeps(part)) return 0;
    return this.placeOf(part, batch, state) ?? scratch.allocate(stateBytes(this.sizes[part], batch));
  }

  /** @param opened what `open` gave */
  store(wasm: Wasm, part: number, batch: EnvironmentBatch, opened: Pointer, state: Pointer): void {
    if (!opened || this.placeOf(part, batch, state) !== undefined) return;
    const { width, stride, before } = this.columnsOf(part);
    wasm.routines.copyColumns(batch.nCenters, width, width, opened, 0, stride, state + 8 * before);
  }

  /** The state of a part that is kept, as it wrote it. */
  recall(wasm: Wasm, part: number, batch: EnvironmentBatch, state: Pointer, scratch: Arena): Pointer {
    const place = this.placeOf(part, batch, state);
    if (place !== undefined) return place;
    const { width, stride, before } = this.columnsOf(part);
    const pointer = scratch.f64(width * batch.nCenters);
    wasm.routines.copyColumns(batch.nCenters, width, stride, state + 8 * before, 0, width, pointer);
    return pointer;
  }

  /** Where the state of a part stands in one piece; undefined where it does not. */
  private placeOf(part: number, batch: EnvironmentBatch, state: Pointer): Pointer | undefined {
    if (this.rows === "structure") return this.sizes.slice(0, part).reduce((place, size) => place + alignUp(stateBytes(size, batch)), state);
    const { perCenter } = this.sizes[part];
    return perCenter === 0 || perCenter === this.size.perCenter ? state : undefined;
  }

  /** Doubles of a part for each center, of all parts together, and of the parts before it. */
  private columnsOf(part: number): { width: number; stride: number; before: number } {
    const before = this.sizes.slice(0, part).reduce((sum, { perCenter }, index) => sum + (this.keeps(index) ? perCenter : 0), 0);
    return { width: this.sizes[part].perCenter / 8, stride: this.size.perCenter / 8, before: before / 8 };
  }
}
