import { Holdings } from "../../../parallel/holdings.js";
import type { WorkContext } from "../../../parallel/work-context.js";
import { chainCount, reduceRows, type RowSource } from "../../least-squares/chains.js";
import { makeTriangles, type Triangle } from "../../least-squares/triangle.js";
import type { LinearRowsOfData } from "../rows.js";
import type { ColumnClasses } from "./column-classes.js";
import { placeColumns } from "./compact-rows.js";
import { reachedColumns } from "./patterns.js";
import type { RowPlan } from "./row-plan.js";
import { type SmallTriangle, spreadCount, withTriangles } from "./spread-triangle.js";

/** Reduces all rows to one triangle of the columns that some structure reaches: those of groups in columns of their own first. */
export async function reducePlanned(rows: LinearRowsOfData, classes: ColumnClasses, plan: RowPlan, holdings: Holdings, context: WorkContext): Promise<Triangle> {
  const { executor } = context;
  const columns = reachedColumns(classes, plan.reached);
  const groups = plan.groups.map(({ structures, reached }) => {
    const own = reachedColumns(classes, reached);
    return { columns: own, source: rows.source(own, structures) };
  });
  const others = rows.source(columns, plan.others);
  const spreads = groups.reduce((sum, { columns: { length } }) => sum + spreadCount(length), 0);
  const progress = new BlockProgress(groups.reduce((sum, { source }) => sum + source.count, others.count + spreads), context);
  const places = new Int32Array(rows.layout.nColumns);
  columns.forEach((column, place) => (places[column] = place));
  const small: SmallTriangle[] = [];
  for (const { columns: own, source } of groups) {
    const triangle = await reduceIn(own.length, source, holdings, progress.next(source.count));
    small.push({ triangle, columns: placeColumns(own.map((column) => places[column]), holdings) });
  }
  const last = small.length === 0 ? others : withTriangles(executor.wasm, others, small, columns.length);
  return reduceIn<unknown>(columns.length, last as RowSource<unknown>, holdings, progress.next(last.count));
}

/** The triangle of some rows lives as long as the holdings; what else it takes is given back. */
async function reduceIn<Rows>(nColumns: number, source: RowSource<Rows>, holdings: Holdings, context: WorkContext): Promise<Triangle> {
  const own = new Holdings(context.executor);
  try {
    const chains = chainCount(nColumns + 1, source.count);
    const triangles = [...(await makeTriangles(nColumns, 1, holdings, context.signal)), ...(await makeTriangles(nColumns, chains - 1, own, context.signal))];
    await reduceRows(source, triangles, context);
    return triangles[0];
  } finally {
    own.release();
  }
}

/** Counts the blocks of several reductions as those of one. */
class BlockProgress {
  private before = 0;

  constructor(
    private readonly total: number,
    private readonly context: WorkContext,
  ) {}

  next(count: number): WorkContext {
    const { onProgress } = this.context;
    const first = this.before;
    this.before += count;
    return { ...this.context, ...(onProgress && { onProgress: (progress) => onProgress({ ...progress, done: first + progress.done, total: this.total }) }) };
  }
}
