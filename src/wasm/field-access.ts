import { layouts, type Put } from "../../build/layouts.js";
import { InternalError } from "../errors.js";
import type { Pointer } from "./memory.js";

/** Single numbers of the WebAssembly memory, little-endian. What is no number of the type is an error that names the field. */
export class FieldAccess implements Put {
  private view: DataView;

  constructor(private readonly memory: WebAssembly.Memory) {
    this.view = new DataView(memory.buffer);
  }

  /** This, after a look at how far the memory reaches now if `end` is beyond it; a buffer that was replaced is empty. */
  upTo(end: Pointer): this {
    if (this.view.buffer.byteLength < end) {
      this.memory.grow(0);
      this.view = new DataView(this.memory.buffer);
    }
    return this;
  }

  f64(at: Pointer, value: number, field: string): void {
    if (typeof value !== "number") throw badField(field, value, "a number");
    this.view.setFloat64(at, value, true);
  }

  i32(at: Pointer, value: number, field: string): void {
    if (value !== (value | 0)) throw badField(field, value, "a whole number of 32 bits");
    this.view.setInt32(at, value, true);
  }

  u32(at: Pointer, value: number, field: string): void {
    if (value !== value >>> 0) throw badField(field, value, "a pointer");
    this.view.setUint32(at, value, true);
  }

  read(at: Pointer, type: "f64" | "i32" | "u32"): number {
    if (type === "f64") return this.view.getFloat64(at, true);
    return type === "i32" ? this.view.getInt32(at, true) : this.view.getUint32(at, true);
  }

  refuse(record: string, values: object): never {
    const { fields } = layouts[record as keyof typeof layouts];
    const unknown = Object.keys(values).filter((field) => !(field in fields));
    throw new InternalError(`record ${record} has no field ${unknown.join(", ")}; it has ${Object.keys(fields).join(", ")}`);
  }
}

function badField(field: string, value: unknown, expected: string): InternalError {
  return new InternalError(`field ${field} of a record is ${String(value)}; it must be ${expected}`);
}
