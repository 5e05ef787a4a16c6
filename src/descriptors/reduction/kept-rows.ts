import type { EnvironmentBatch } from "../../neighbors/environment-batch.js";
import type { Arena, Pointer } from "../../wasm/memory.js";
import type { Wasm } from "../../wasm/wasm.js";
import { JoinedStates } from "../joined-states.js";
import type { RowKind, StateSize } from "../rows.js";

const NOTHING: StateSize = { perBatch: 0, perCenter: 0, perPair: 0 };

/** Positions of the state inside and of the rows inside among what is kept. */
const STATE = 0;
const ROWS = 1;

/**
 * What a descriptor with fewer columns keeps for derivatives: the state of the one inside beside its rows, which cannot be restored from fewer. Nothing
 * is kept where rows are of tuples, or where the state inside cannot stand beside others (`JoinedStates`): they are made again.
 */
export class KeptRows {
  /** Of all that is kept. */
  readonly size: StateSize;
  private readonly states: JoinedStates;
  private readonly isKept: boolean;

  constructor(rows: RowKind, inner: StateSize, nColumns: number) {
    const bytes = 8 * nColumns;
    this.states = new JoinedStates(rows, [inner, rows === "structure" ? { ...NOTHING, perBatch: bytes } : { ...NOTHING, perCenter: bytes }]);
    this.isKept = rows !== "tuple" && this.states.keeps(STATE);
    this.size = this.isKept ? this.states.size : NOTHING;
  }

  /** Where state and rows inside may be written; undefined where they are not kept. `store` then puts them where they belong. */
  open(batch: EnvironmentBatch, state: Pointer, scratch: Arena): { state: Pointer; values: Pointer } | undefined {
    if (!this.isKept || !state) return undefined;
    return { state: this.states.open(STATE, batch, state, scratch), values: this.states.open(ROWS, batch, state, scratch) };
  }

  /** @param opened what `open` gave */
  store(wasm: Wasm, batch: EnvironmentBatch, opened: { state: Pointer; values: Pointer }, state: Pointer): void {
    this.states.store(wasm, STATE, batch, opened.state, state);
    this.states.store(wasm, ROWS, batch, opened.values, state);
  }

  /** State and rows inside as they were written; undefined where they are not kept. */
  recall(wasm: Wasm, batch: EnvironmentBatch, state: Pointer, scratch: Arena): { state: Pointer; values: Pointer } | undefined {
    if (!this.isKept) return undefined;
    return { state: this.states.recall(wasm, STATE, batch, state, scratch), values: this.states.recall(wasm, ROWS, batch, state, scratch) };
  }
}
