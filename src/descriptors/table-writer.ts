import type { Pointer } from "../wasm/memory.js";
import { recordBytes, type RecordName, type RecordValues, writeRecords } from "../wasm/records.js";
import type { Wasm } from "../wasm/wasm.js";

/** Puts arrays of tables into shared memory, each into a region of its own. */
export class TableWriter {
  constructor(
    private readonly wasm: Wasm,
    private readonly place: (bytes: number, what: string) => Pointer,
  ) {}

  reals(values: ArrayLike<number>, what: string): Pointer {
    const pointer = this.place(8 * values.length, what);
    this.wasm.f64(pointer, values.length).set(values);
    return pointer;
  }

  integers(values: readonly number[], what: string): Pointer {
    const pointer = this.place(4 * values.length, what);
    this.wasm.i32(pointer, values.length).set(values);
    return pointer;
  }

  records<Name extends RecordName>(name: Name, list: readonly RecordValues<Name>[], what: string): Pointer {
    const pointer = this.place(list.length * recordBytes(name), what);
    writeRecords(this.wasm, pointer, name, list);
    return pointer;
  }
}
