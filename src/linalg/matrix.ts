import { InternalError } from "../errors.js";
import type { Arena, Pointer } from "../wasm/memory.js";
import { placeRecord } from "../wasm/records.js";
import type { Wasm } from "../wasm/wasm.js";

/** A row-major f64 matrix in WebAssembly memory, or a view of one: rows, columns and `transposed` say how it is meant. */
export interface Matrix {
  /** Of element (0, 0). */
  readonly pointer: Pointer;
  /** As it is meant: of the transpose where `transposed` is set. */
  readonly rows: number;
  /** As it is meant. */
  readonly columns: number;
  /** Elements from one stored row to the next. */
  readonly stride: number;
  /** True for a view of the transpose: element (i, j) is stored at j·stride + i. */
  readonly transposed: boolean;
}

/** A matrix stored row by row at `pointer`; `stride` may exceed `columns` for a block of a larger matrix. */
export function matrix(pointer: Pointer, rows: number, columns: number, stride: number = columns): Matrix {
  return { pointer, rows, columns, stride, transposed: false };
}

/** The transpose of a matrix, without moving anything. */
export function transpose(a: Matrix): Matrix {
  return { ...a, rows: a.columns, columns: a.rows, transposed: !a.transposed };
}

/** Rows `start … start + rows` of a stored matrix, as a view. */
export function rowBlock(a: Matrix, start: number, rows: number): Matrix {
  expectStored(a, "rowBlock");
  return { ...a, pointer: a.pointer + start * a.stride * 8, rows };
}

/** Writes a matrix as routines take it into an arena: the record, not the elements. */
export function placeMatrix(wasm: Wasm, arena: Arena, { pointer, rows, columns, stride, transposed }: Matrix): Pointer {
  return placeRecord(wasm, arena, "Matrix", { pointer, rows, columns, stride, transposed: Number(transposed) });
}

/** @throws {InternalError} when a routine that writes in place is given a transposed view */
export function expectStored(a: Matrix, where: string): void {
  if (a.transposed) throw new InternalError(`${where} needs a stored matrix, not a transposed view`);
}

/** @throws {InternalError} when shapes do not fit */
export function expectShape(a: Matrix, rows: number, columns: number, where: string): void {
  if (a.rows !== rows || a.columns !== columns) {
    throw new InternalError(`${where}: a matrix is ${a.rows}×${a.columns} where ${rows}×${columns} is needed`);
  }
}

/** Copies a matrix out of WebAssembly memory, row by row. */
export function readMatrix(wasm: Wasm, a: Matrix): Float64Array {
  const out = new Float64Array(a.rows * a.columns);
  const lines = a.transposed ? a.columns : a.rows;
  const width = a.transposed ? a.rows : a.columns;
  for (let i = 0; i < lines; i++) {
    const line = wasm.f64(a.pointer + i * a.stride * 8, width);
    if (!a.transposed) out.set(line, i * width);
    else for (let j = 0; j < width; j++) out[j * lines + i] = line[j]!;
  }
  return out;
}

/** Copies row-major values into a stored matrix. */
export function writeMatrix(wasm: Wasm, a: Matrix, values: ArrayLike<number>): void {
  expectStored(a, "writeMatrix");
  if (values.length !== a.rows * a.columns) throw new InternalError(`writeMatrix: ${values.length} values for ${a.rows}×${a.columns}`);
  for (let i = 0; i < a.rows; i++) {
    const line = wasm.f64(a.pointer + i * a.stride * 8, a.columns);
    for (let j = 0; j < a.columns; j++) line[j] = values[i * a.columns + j]!;
  }
}
