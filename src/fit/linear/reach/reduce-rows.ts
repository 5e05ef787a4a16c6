import { Holdings } from "../../../parallel/holdings.js";
import type { WorkContext } from "../../../parallel/work-context.js";
import type { KeptChains, KeptParts } from "../../checkpoint/checkpoint.js";
import { chainCount, reduceRows, type RowSource } from "../../least-squares/chains.js";
import { makeTriangles, type Triangle, triangleBytes } from "../../least-squares/triangle.js";
import type { LinearRowsOfData } from "../rows.js";
import type { ColumnClasses } from "./column-classes.js";
import { placeColumns } from "./compact-rows.js";
import { reachedColumns } from "./patterns.js";
import type { RowPlan } from "./row-plan.js";
import { type SmallTriangle, spreadCount, withTriangles } from "./spread-triangle.js";

/** What a reduction works with, and where it is kept. */
export interface KeptContext extends WorkContext {
  readonly kept?: KeptParts | undefined;
}

/** Reduces all rows to one triangle of the columns that some structure reaches: those of groups in columns of their own first. */
export async function reducePlanned(rows: LinearRowsOfData, classes: ColumnClasses, plan: RowPlan, holdings: Holdings, context: KeptContext): Promise<Triangle> {
  const { executor, kept } = context;
  const columns = reachedColumns(classes, plan.reached);
  const groups = plan.groups.map(({ structures, reached }) => {
    const own = reachedColumns(classes, reached);
    return { columns: own, source: rows.source(own, structures) };
  });
  const others = rows.source(columns, plan.others);
  const spreads = groups.reduce((sum, { columns: { length } }) => sum + spreadCount(length), 0);
  const allBlocks = groups.reduce((sum, { source }) => sum + source.count, others.count + spreads);
  const progress = new BlockProgress(allBlocks, context);
  const of = rows.terms.map(({ descriptor }) => descriptor.parameters);
  const chainsOf = (name: string, nColumns: number, blocks: number): KeptChains | undefined =>
    kept?.chains({ name, of, elements: triangleBytes(nColumns) / 8, chains: chainCount(nColumns + 1, blocks), blocks, allBlocks });
  const chains = chainsOf("rows", columns.length, others.count + spreads);
  // triangles of groups have gone into it
  if (await chains?.finished()) return reduceIn(columns.length, others, holdings, context, chains);
  const places = new Int32Array(rows.layout.nColumns);
  columns.forEach((column, place) => (places[column] = place));
  const small: SmallTriangle[] = [];
  for (const [g, { columns: own, source }] of groups.entries()) {
    const ownChains = chainsOf(`rows of group ${g + 1}`, own.length, source.count);
    const triangle = await reduceIn(own.length, source, holdings, progress.next(source.count), ownChains);
    small.push({ triangle, columns: placeColumns(own.map((column) => places[column]), holdings) });
  }
  const last = small.length === 0 ? others : withTriangles(executor.wasm, others, small, columns.length);
  return reduceIn<unknown>(columns.length, last as RowSource<unknown>, holdings, progress.next(last.count), chains);
}

/** The triangle of some rows lives as long as the holdings; what else it takes is given back. */
async function reduceIn<Rows>(nColumns: number, source: RowSource<Rows>, holdings: Holdings, context: WorkContext, kept: KeptChains | undefined): Promise<Triangle> {
  const own = new Holdings(context.executor);
  if (kept) holdings.keep(kept);
  try {
    const chains = chainCount(nColumns + 1, source.count);
    const triangles = [...(await makeTriangles(nColumns, 1, holdings, context.signal)), ...(await makeTriangles(nColumns, chains - 1, own, context.signal))];
    await reduceRows(source, triangles, context, kept);
    return triangles[0];
  } finally {
    own.release();
  }
}

/** Counts the blocks of several reductions as those of one. */
class BlockProgress {
  private before = 0;
  /** Of the reductions so far. */
  private readonly safe: number[] = [];

  constructor(
    private readonly total: number,
    private readonly context: WorkContext,
  ) {}

  next(count: number): WorkContext {
    const { onProgress } = this.context;
    const first = this.before;
    const own = this.safe.push(0) - 1;
    this.before += count;
    if (!onProgress) return this.context;
    return {
      ...this.context,
      onProgress: (progress) => {
        this.safe[own] = progress.safe ?? 0;
        const safe = progress.safe === undefined ? undefined : this.safe.reduce((sum, blocks) => sum + blocks, 0);
        onProgress({ ...progress, done: first + progress.done, total: this.total, ...(safe !== undefined && { safe }) });
      },
    };
  }
}
