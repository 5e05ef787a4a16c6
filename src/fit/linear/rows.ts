import type { Holdings } from "../../parallel/holdings.js";
import type { Dataset } from "../../structures/dataset.js";
import { type OpenTerm, openTerm, withDescribed } from "../design/terms.js";
import type { IsolatedAtomEnergies } from "../isolated-atoms.js";
import { type Block, splitBlocks } from "../least-squares/blocks.js";
import type { RowSource } from "../least-squares/chains.js";
import { strideOf } from "../least-squares/triangle.js";
import { needsDerivatives } from "../sigma.js";
import { targetsOf } from "../structure-targets.js";
import { rowCounts } from "../targets.js";
import type { FitContext } from "../trainer.js";
import { type ColumnLayout, layOutColumns } from "./columns.js";
import { placeColumns } from "./reach/compact-rows.js";
import { type LinearDesign, type LinearRowsInput, writeLinearRows } from "./design-rows.js";
import { hasIntercept, type ResolvedLinearFit } from "./schema.js";

/** What a fit is about. */
export interface LinearJob {
  readonly options: ResolvedLinearFit;
  readonly dataset: Dataset;
  readonly species: readonly number[];
  readonly isolated: IsolatedAtomEnergies | undefined;
  readonly context: FitContext;
}

interface OpenLinearTerm extends OpenTerm {
  readonly quadratic: boolean;
}

/** Rows of some structures. */
export interface LinearRowSource extends RowSource<LinearRowsInput> {
  /** Items are structures. */
  readonly blocks: readonly Block[];
  readonly writtenStride: number;
}

/** The rows of all data, ready to be written as often as they are needed while the holdings last. */
export interface LinearRowsOfData {
  readonly terms: readonly OpenLinearTerm[];
  readonly layout: ColumnLayout;
  /** Of every structure. */
  readonly rowCounts: readonly number[];
  /**
   * Rows block by block.
   * @param columns that they have, ascending; default: all
   * @param structures default: all
   */
  source(columns?: Int32Array, structures?: readonly number[]): LinearRowSource;
}

/** Puts the descriptors of a job into memory. */
export async function openRows({ options: { model, fit }, dataset, species, isolated, context }: LinearJob, holdings: Holdings): Promise<LinearRowsOfData> {
  const terms: OpenLinearTerm[] = [];
  for (const term of model.terms) {
    terms.push({ ...(await openTerm(term, dataset, needsDerivatives(fit.sigma), context, holdings, { species })), quadratic: term.quadratic });
  }
  const layout = layOutColumns(terms, species, hasIntercept(model));
  const design = designOf(terms, layout, species);
  const zeros = isolated?.values ?? species.map(() => 0);
  const counts = rowCounts(dataset, fit.sigma);
  const source = (some?: Int32Array, structures: readonly number[] = [...counts.keys()]): LinearRowSource => {
    const columns = some && some.length < layout.nColumns ? placeColumns(some, holdings) : undefined;
    const blocks = splitBlocks(structures.map((i) => counts[i])).map(({ items, nRows }): Block => ({ items: items.map((item) => structures[item]), nRows }));
    return {
      blocks,
      count: blocks.length,
      maximumRows: Math.max(0, ...blocks.map(({ nRows }) => nRows)),
      writtenStride: design.stride,
      rowsOf: (block) => blocks[block].nRows,
      write: writeLinearRows,
      input: (block) => ({ design, columns, structures: blocks[block].items.map((i) => withDescribed(targetsOf(dataset, i, fit.sigma, species, zeros), terms, i)) }),
    };
  };
  return { terms, layout, rowCounts: counts, source };
}

function designOf(terms: readonly OpenLinearTerm[], { terms: placed, firstIntercept, nColumns }: ColumnLayout, species: readonly number[]): LinearDesign {
  const rows = terms.map(({ tables, centers, quadratic }, t) => {
    const { blocks, width, firstColumn } = placed[t];
    const columns = species.map((atomicNumber) => (blocks.includes(atomicNumber) ? firstColumn + blocks.indexOf(atomicNumber) * width : -1));
    return { descriptor: tables, centers: centers && centers.map((atomicNumber) => species.indexOf(atomicNumber)), columns, width, quadratic };
  });
  return { species, terms: rows, firstIntercept, nColumns, stride: strideOf(nColumns) };
}
