import type { Pointer } from "../wasm/memory.js";
import { recordBytes, writeRecords } from "../wasm/records.js";
import type { Wasm } from "../wasm/wasm.js";
import type { HermiteSegment, HermiteTable } from "./hermite-table.js";

/** How the functions of a table stand in memory: groups of `size` functions, each followed by zeros up to `stride`. */
export interface TableGroups {
  /** Functions of one group */
  readonly size: number;
  /** Functions and zeros of one group. An even number, since routines take two functions at a time. */
  readonly stride: number;
}

/** Allocates for the owner of a table; `what` names the part in messages. */
export type Place = (bytes: number, what: string) => Pointer;

/**
 * Puts a table where routines find it (`assembly/math/hermite.ts`): its segments, and a start at infinity behind the last.
 * @param groups by default one group, padded to an even number
 */
export function placeHermiteTable(
  wasm: Wasm, { segments, size }: HermiteTable, place: Place, groups: TableGroups = { size, stride: size + (size % 2) },
): Pointer {
  const list = segments.map((segment) => ({
    start: segment.start, inverseStep: 1 / segment.step, lastInterval: segment.nNodes - 2, nodes: placeNodes(wasm, segment, groups, place),
  }));
  const end = { start: Number.POSITIVE_INFINITY, inverseStep: 0, lastInterval: 0, nodes: 0 };
  const pointer = place((list.length + 1) * recordBytes("TableSegment"), "radial table");
  writeRecords(wasm, pointer, "TableSegment", [...list, end]);
  return pointer;
}

function placeNodes(wasm: Wasm, { data }: HermiteSegment, { size, stride }: TableGroups, place: Place): Pointer {
  const rows = data.length / size;
  const pointer = place(rows * stride * 8, "radial table");
  const view = wasm.f64(pointer, rows * stride);
  if (stride === size) {
    view.set(data);
    return pointer;
  }
  view.fill(0);
  for (let row = 0; row < rows; row++) for (let n = 0; n < size; n++) view[row * stride + n] = data[row * size + n];
  return pointer;
}
