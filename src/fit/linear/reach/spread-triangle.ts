import { packedElements, packedIndex } from "../../../linalg/packed-triangle.js";
import { defineTask } from "../../../parallel/task.js";
import type { Pointer } from "../../../wasm/memory.js";
import type { Wasm } from "../../../wasm/wasm.js";
import type { RowsInput, RowSource } from "../../least-squares/chains.js";
import { strideOf, type Triangle } from "../../least-squares/triangle.js";
import { type LinearRowsInput, writeLinearRows } from "../design-rows.js";
import type { LinearRowSource } from "../rows.js";
import type { PlacedColumns } from "./compact-rows.js";

/** Rows of a small triangle that are spread together: the fewer, the more of them begin far on. */
export const SPREAD_ROWS = 256;

/** A triangle of some of the columns. */
export interface SmallTriangle {
  readonly triangle: Triangle;
  /** Where its columns stand among those of the large one. */
  readonly columns: PlacedColumns;
}

interface TriangleRowsInput extends SmallTriangle {
  readonly firstRow: number;
  readonly nRows: number;
  /** Columns of the large triangle. */
  readonly nColumns: number;
}

/** Rows of structures, or of a small triangle with zeros between its columns. */
export const writeRowsOrTriangle = defineTask("fit/linear/rows-or-triangle", (context, { rows, design }: RowsInput<LinearRowsInput | TriangleRowsInput>): null => {
  if (!("triangle" in rows)) return writeLinearRows.run(context, { rows, design });
  spread(context.wasm, rows, design);
  return null;
});

function spread(wasm: Wasm, { triangle, columns, firstRow, nRows, nColumns }: TriangleRowsInput, design: Pointer): void {
  const stride = strideOf(nColumns);
  const values = wasm.f64(design, nRows * stride).fill(0);
  const elements = packedElements(wasm, triangle);
  const places = wasm.i32(columns.pointer, columns.count);
  for (let i = firstRow; i < firstRow + nRows; i++) {
    const first = packedIndex(triangle.stride, i, i);
    const row = (i - firstRow) * stride;
    for (let j = i; j < columns.count; j++) values[row + places[j]] = elements[first + j - i];
    values[row + nColumns] = elements[first + columns.count - i];
  }
}

/** Blocks of rows that a triangle of some columns is spread in. */
export function spreadCount(nColumns: number): number {
  return Math.ceil((nColumns + 1) / SPREAD_ROWS);
}

/** Rows of structures behind those of small triangles, which stand for structures that are not among them. */
export function withTriangles(
  wasm: Wasm,
  source: LinearRowSource,
  small: readonly SmallTriangle[],
  nColumns: number,
): RowSource<LinearRowsInput | TriangleRowsInput> {
  const parts = small.flatMap((own) => {
    return Array.from({ length: spreadCount(own.columns.count) }, (_, part): TriangleRowsInput => {
      const firstRow = part * SPREAD_ROWS;
      return { ...own, firstRow, nRows: Math.min(SPREAD_ROWS, own.triangle.size - firstRow), nColumns };
    });
  });
  const before = parts.length;
  return {
    count: before + source.count,
    maximumRows: Math.max(source.maximumRows, ...parts.map(({ nRows }) => nRows)),
    writtenStride: source.count > 0 ? source.writtenStride : strideOf(nColumns),
    rowsOf: (block) => (block < before ? parts[block].nRows : source.rowsOf(block - before)),
    firstColumnOf: (block) => (block < before ? firstColumn(wasm, parts[block]) : 0),
    write: writeRowsOrTriangle,
    input: (block) => (block < before ? parts[block] : source.input(block - before)),
  };
}

/** The last row of a small triangle, what is left of the right-hand side, has none of the columns. */
function firstColumn(wasm: Wasm, { columns, firstRow, nColumns }: TriangleRowsInput): number {
  return firstRow < columns.count ? wasm.i32(columns.pointer, columns.count)[firstRow] : nColumns;
}
