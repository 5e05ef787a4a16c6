import { matrix } from "../../linalg/matrix.js";
import { gemmPackedB, gemmScratchBytes, packB, packedBytes, type PackedMatrix } from "../../linalg/product.js";
import { alignUp, type Arena, type MemoryPool, type Pointer, type Region } from "../../wasm/memory.js";
import type { Wasm } from "../../wasm/wasm.js";

/** Fewer columns that are some of those before, as they are. */
export interface ColumnList {
  /** Columns before. */
  readonly nBefore: number;
  /** Positions, from 0, in the order of the new columns. */
  readonly columns: readonly number[];
}

/** Fewer columns that are sums of those before: y = Mᵀx − offset. */
export interface ColumnMatrix {
  /** Columns before. */
  readonly nBefore: number;
  /** Columns after. */
  readonly nAfter: number;
  /** M, [nBefore × nAfter] row by row */
  readonly matrix: Float64Array;
  /** [nAfter]; absent: none */
  readonly offset?: Float64Array;
}

/** What makes fewer columns of many, a linear map apart from an offset. */
export type ColumnMap = ColumnList | ColumnMatrix;

/** Columns after. */
export function columnsAfter(map: ColumnMap): number {
  return "columns" in map ? map.columns.length : map.nAfter;
}

/** The columns that each of the new ones is made of, with their weights. */
export function partsOf(map: ColumnMap): readonly (readonly { readonly column: number; readonly weight: number }[])[] {
  if ("columns" in map) return map.columns.map((column) => [{ column, weight: 1 }]);
  const { nBefore, nAfter, matrix: weights } = map;
  return Array.from({ length: nAfter }, (_, to) =>
    Array.from({ length: nBefore }, (_, column) => ({ column, weight: weights[column * nAfter + to] })).filter(({ weight }) => weight !== 0),
  );
}

/** What is in the memory of a map, for messages. */
const LABEL = "reduction of a descriptor";

/** How large a map is, where it need not be known. */
export interface MapShape {
  /** Columns before. */
  readonly nBefore: number;
  /** Columns after. */
  readonly nAfter: number;
  /** Whether columns are taken as they are. */
  readonly isList: boolean;
}

/** How large a map is. */
export function shapeOf(map: ColumnMap): MapShape {
  return { nBefore: map.nBefore, nAfter: columnsAfter(map), isList: "columns" in map };
}

/** Bytes of a map in shared memory. */
export function placedBytes({ nBefore, nAfter, isList }: MapShape): number {
  if (isList) return alignUp(4 * nAfter);
  return alignUp(packedBytes(nAfter, nBefore)) + alignUp(packedBytes(nBefore, nAfter)) + 2 * alignUp(8 * nAfter);
}

/** Bytes that one call works in, at most. */
export function mapScratchBytes({ nBefore, nAfter, isList }: MapShape): number {
  return isList ? 0 : gemmScratchBytes(Number.POSITIVE_INFINITY, 0, Math.max(nBefore, nAfter)) + 4 * alignUp(1);
}

/** A map in shared memory, as tables of descriptors hold it. */
export interface PlacedMap {
  readonly data: Readonly<Record<string, number>>;
  release(): void;
}

/**
 * Puts a map into shared memory.
 * @param releaseInner gives the tables of the descriptor inside back: called with the map, and where there is no room
 */
export function placeMap(wasm: Wasm, pool: MemoryPool, map: ColumnMap, releaseInner: () => void): PlacedMap {
  const regions: Region[] = [];
  const release = (): void => {
    regions.splice(0).forEach((region) => pool.release(region));
    releaseInner();
  };
  try {
    regions.push(pool.allocate(placedBytes(shapeOf(map)), LABEL));
    const [{ pointer }] = regions;
    const placed = "columns" in map ? placeList(wasm, pointer, map) : placeColumnMatrix(wasm, pool, pointer, map);
    return { data: { nBefore: map.nBefore, ...placed }, release };
  } catch (error) {
    release();
    throw error;
  }
}

function placeList(wasm: Wasm, columns: Pointer, map: ColumnList): Record<string, number> {
  wasm.i32(columns, map.columns.length).set(map.columns);
  return { columns };
}

function placeColumnMatrix(wasm: Wasm, pool: MemoryPool, forward: Pointer, { nBefore, nAfter, matrix: weights, offset }: ColumnMatrix): Record<string, number> {
  const backward = forward + alignUp(packedBytes(nAfter, nBefore));
  const offsets = backward + alignUp(packedBytes(nBefore, nAfter));
  const ones = offsets + alignUp(8 * nAfter);
  const plain = pool.allocate(8 * weights.length, LABEL);
  wasm.f64(plain.pointer, weights.length).set(weights);
  const stored = matrix(plain.pointer, nBefore, nAfter);
  packB(wasm, stored, forward);
  packB(wasm, { ...stored, rows: nAfter, columns: nBefore, transposed: true }, backward);
  pool.release(plain);
  wasm.f64(offsets, nAfter).set(offset ?? new Float64Array(nAfter));
  wasm.f64(ones, nAfter).fill(1);
  return { forward, backward, offsets: offset ? offsets : 0, ones };
}

/** Applies a placed map to rows. */
export class MapRoutines {
  /** @param data of `PlacedMap` */
  constructor(
    private readonly wasm: Wasm,
    private readonly data: Readonly<Record<string, number>>,
    private readonly nAfter: number,
  ) {}

  /** f64 [count × nBefore] to f64 [count × nAfter] */
  values(count: number, before: Pointer, after: Pointer, scratch: Arena): void {
    const { offsets, ones } = this.data;
    this.derivatives(count, before, after, scratch);
    if (offsets) this.wasm.routines.scaleColumns(count, this.nAfter, after, offsets, ones, after);
  }

  /** The same for derivatives, which have no offset. */
  derivatives(count: number, before: Pointer, after: Pointer, scratch: Arena): void {
    const { nBefore, columns, forward } = this.data;
    if (columns) this.wasm.routines.gatherColumns(count, nBefore, before, this.nAfter, columns, after);
    else this.multiply(count, before, { pointer: forward, rows: nBefore, columns: this.nAfter }, after, scratch);
  }

  /** Gradients by the new columns, f64 [count × nAfter], to those by the columns before. */
  gradients(count: number, after: Pointer, before: Pointer, scratch: Arena): void {
    const { nBefore, columns, backward } = this.data;
    if (columns) this.wasm.routines.scatterColumns(count, this.nAfter, after, columns, nBefore, before);
    else this.multiply(count, after, { pointer: backward, rows: this.nAfter, columns: nBefore }, before, scratch);
  }

  private multiply(count: number, rows: Pointer, by: PackedMatrix, out: Pointer, scratch: Arena): void {
    if (count > 0) gemmPackedB(this.wasm, scratch, 1, matrix(rows, count, by.rows), by, 0, matrix(out, count, by.columns));
  }
}
