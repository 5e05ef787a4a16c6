// Parameter blocks of the routines, by the names of their fields. Where the fields are is what the compiler says: `build/layouts.js` is
// generated beside the WebAssembly.
import { layouts, writers } from "../../build/layouts.js";
import { InternalError } from "../errors.js";
import type { Arena, Pointer } from "./memory.js";
import type { Wasm } from "./wasm.js";

export { enumerations } from "../../build/layouts.js";

/** Records that routines read: the `@unmanaged` classes of `assembly/`, where the comments on their fields stand. */
export type RecordName = keyof typeof layouts;
type FieldOf<Name extends RecordName> = keyof (typeof layouts)[Name]["fields"];

/** One number for every field. */
export type RecordValues<Name extends RecordName> = { readonly [Field in FieldOf<Name>]: number };

/** Refuses fields that the record does not have, also where the values are not written down on the spot. */
type Exactly<Name extends RecordName, Values> = Values & { readonly [Unknown in Exclude<keyof Values, FieldOf<Name>>]: never };

/** Bytes of a record, and from one record of an array to the next. */
export function recordBytes(name: RecordName): number {
  return layouts[name].bytes;
}

/**
 * Writes a record.
 * @throws {InternalError} a field is missing or unknown, or its number does not fit
 */
export function writeRecord<Name extends RecordName, Values extends RecordValues<Name>>(
  wasm: Wasm, pointer: Pointer, name: Name, values: Exactly<Name, Values>,
): void {
  writers[name](wasm.fields.upTo(pointer + layouts[name].bytes), pointer, values);
}

/** Writes an array of records. */
export function writeRecords<Name extends RecordName>(wasm: Wasm, pointer: Pointer, name: Name, list: readonly RecordValues<Name>[]): void {
  const { bytes } = layouts[name];
  const fields = wasm.fields.upTo(pointer + list.length * bytes);
  for (let i = 0; i < list.length; i++) writers[name](fields, pointer + i * bytes, list[i]);
}

/** Writes a record into an arena. */
export function placeRecord<Name extends RecordName, Values extends RecordValues<Name>>(
  wasm: Wasm, arena: Arena, name: Name, values: Exactly<Name, Values>,
): Pointer {
  const pointer = arena.allocate(layouts[name].bytes);
  writeRecord(wasm, pointer, name, values);
  return pointer;
}

/** One field of a record. */
export function readField<Name extends RecordName>(wasm: Wasm, pointer: Pointer, name: Name, field: FieldOf<Name>): number {
  const { type, offset } = layoutOf(name)[field as string];
  return wasm.fields.upTo(pointer + layouts[name].bytes).read(pointer + offset, type);
}

/** All fields of a record. */
export function readRecord<Name extends RecordName>(wasm: Wasm, pointer: Pointer, name: Name): RecordValues<Name> {
  const fields = Object.entries(layoutOf(name));
  const access = wasm.fields.upTo(pointer + layouts[name].bytes);
  return Object.fromEntries(fields.map(([field, { type, offset }]) => [field, access.read(pointer + offset, type)])) as RecordValues<Name>;
}

/**
 * For long lists of records that are whole numbers alone: what writes them as flat numbers, in the given order of the fields.
 * @throws {InternalError} the record has other fields, or others between them
 */
export function integerRecords<Name extends RecordName>(
  name: Name, order: readonly FieldOf<Name>[],
): (wasm: Wasm, pointer: Pointer, flat: ArrayLike<number>) => void {
  const fields = layoutOf(name);
  const isPacked = order.every((field, i) => fields[field as string].type !== "f64" && fields[field as string].offset === 4 * i);
  if (!isPacked || order.length * 4 !== recordBytes(name) || order.length !== Object.keys(fields).length) {
    throw new InternalError(`record ${name} is not ${order.join(", ")} in this order; it has ${Object.keys(fields).join(", ")}`);
  }
  return (wasm, pointer, flat) => wasm.i32(pointer, flat.length).set(flat);
}

function layoutOf(name: RecordName): Record<string, { readonly type: "f64" | "i32" | "u32"; readonly offset: number }> {
  return layouts[name].fields;
}
