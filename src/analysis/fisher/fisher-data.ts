import { InvalidParameterError } from "../../errors.js";
import { splitBlocks } from "../../fit/least-squares/blocks.js";
import { chainCount, reduceRows, type RowSource } from "../../fit/least-squares/chains.js";
import { makeTriangles } from "../../fit/least-squares/triangle.js";
import type { SigmaOptions } from "../../fit/sigma.js";
import { type StructureTargets, targetsOf } from "../../fit/structure-targets.js";
import { rowCounts } from "../../fit/targets.js";
import { packedElements, packedIndex } from "../../linalg/packed-triangle.js";
import { detachEvaluator, type NumberedTables } from "../../models/attached.js";
import { nextSerial } from "../../models/open-potential.js";
import type { Potential } from "../../models/potential.js";
import type { Parametric } from "../../models/parametric.js";
import type { Progress } from "../../parallel/progress.js";
import { Holdings } from "../../parallel/holdings.js";
import type { WorkContext } from "../../parallel/work-context.js";
import type { Dataset } from "../../structures/dataset.js";
import { DoubleInformation } from "./double-information.js";
import { type FisherRows, writeFisherRows } from "./row-task.js";

/** Structures with reference values, as rows of the loss. */
export interface FisherData {
  readonly nRows: number;
  /** Structures that have rows, made when they are needed. */
  readonly structures: readonly (() => StructureTargets)[];
  readonly rowCounts: readonly number[];
}

/**
 * The rows that a loss with these expected errors has.
 * @throws {InvalidParameterError} where there are none
 */
export function fisherData(dataset: Dataset, sigma: SigmaOptions, species: readonly number[]): FisherData {
  const counts = rowCounts(dataset, sigma);
  const used = counts.flatMap((count, i) => (count > 0 ? [i] : []));
  if (used.length === 0) throw new InvalidParameterError("the data has no energies, forces or virials with a weight: Fisher information needs the rows of a loss");
  const zeros = species.map(() => 0);
  return {
    nRows: counts.reduce((sum, count) => sum + count, 0),
    structures: used.map((i) => () => targetsOf(dataset, i, sigma, species, zeros)),
    rowCounts: used.map((i) => counts[i]),
  };
}

/** Tables of a potential in memory, and what multiplies the columns of its rows. */
export interface OpenParametric {
  readonly tables: NumberedTables;
  readonly factors: Float64Array;
  close(): void;
}

/** What multiplies the columns of rows: values of parameters that are counted in their logarithms, else 1. */
export function columnFactors({ parameters }: Parametric): Float64Array {
  return Float64Array.from(parameters, ({ isLogarithmic, value }) => (isLogarithmic ? value : 1));
}

/** Puts a potential into memory for its rows. */
export function openParametric(potential: Potential, parametric: Parametric, { executor }: Pick<WorkContext, "executor">): OpenParametric {
  const prepared = potential.prepare(executor.wasm, executor.pool, { forces: true, virial: true });
  const tables = { serial: nextSerial(), tables: prepared.tables };
  const close = (): void => {
    detachEvaluator(executor.wasm, tables.serial);
    prepared.release();
  };
  return { tables, factors: columnFactors(parametric), close };
}

/** The triangular factor of all rows, and Σ residual². */
export async function reduceFisherRows(data: FisherData, { tables, factors }: OpenParametric, context: WorkContext): Promise<{ information: DoubleInformation; loss: number }> {
  const n = factors.length;
  const blocks = splitBlocks(data.rowCounts);
  const source: RowSource<FisherRows> = {
    count: blocks.length,
    maximumRows: Math.max(...blocks.map(({ nRows }) => nRows)),
    rowsOf: (block) => blocks[block].nRows,
    write: writeFisherRows,
    input: (block) => ({ tables, factors, structures: blocks[block].items.map((item) => data.structures[item]()) }),
  };
  const holdings = new Holdings(context.executor);
  try {
    const triangles = await makeTriangles(n, chainCount(n + 1, blocks.length), holdings, context.signal);
    const onProgress = context.onProgress && ((progress: Progress): void => context.onProgress!({ ...progress, stage: "rows" }));
    await reduceRows(source, triangles, { ...context, onProgress });
    const elements = packedElements(context.executor.wasm, triangles[0]);
    const at = (i: number, k: number): number => elements[packedIndex(triangles[0].stride, i, k)];
    const factor = new Float64Array(n * n);
    for (let i = 0; i < n; i++) for (let k = i; k < n; k++) factor[i * n + k] = at(i, k);
    let loss = 0;
    for (let i = 0; i <= n; i++) loss += at(i, n) ** 2;
    return { information: new DoubleInformation(context.executor, factor, n), loss };
  } finally {
    holdings.release();
  }
}
