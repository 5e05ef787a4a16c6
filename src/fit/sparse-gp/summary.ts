import type { EnvironmentSource } from "../../environments/collect.js";
import { symbolOf } from "../../structures/periodic-table.js";
import type { Dataset } from "../../structures/dataset.js";
import { type FittedRows, type RowsSummary, summarizeRows } from "../design/summary.js";
import { describeDescriptor } from "../design/terms.js";
import type { IsolatedAtomEnergies } from "../isolated-atoms.js";
import type { FitSummary, FitTable, TableCell } from "../fit-summary.js";
import type { SelectedTerm } from "./selection.js";

/** What a fit of a sparse Gaussian process did, with its terms. */
export interface SparseGpFitSummary extends FitSummary {
  readonly isolatedAtomEnergies: Readonly<Record<string, number>>;
  /** The options, isolated atoms in the data, or a least-squares fit to the compositions. */
  readonly isolatedAtomSource: IsolatedAtomEnergies["source"];
  /** In the order of the model. */
  readonly terms: readonly {
    /** Its `type`. */
    readonly descriptor: string;
    /** Columns of the descriptor. */
    readonly nFeatures: number;
    /** Sparse points that were chosen. */
    readonly nSparse: number;
    /** How they were chosen, see `sparseMethods`. */
    readonly method: string;
    /** Different environments that the sparse points were chosen from. */
    readonly choices: number;
    /** The environment of every sparse point; empty for points from a file. */
    readonly sources: readonly EnvironmentSource[];
  }[];
  readonly weightedResidual: number;
}

interface FinishedFit extends FittedRows {
  readonly isolated: IsolatedAtomEnergies;
  readonly terms: readonly SelectedTerm[];
  readonly milliseconds: { readonly select: number; readonly design: number; readonly solve: number };
}

export function summarize({ terms, milliseconds, ...fitted }: FinishedFit): SparseGpFitSummary {
  const { dataset } = fitted;
  const sum = (count: (term: SelectedTerm) => number): number => terms.reduce((total, term) => total + count(term), 0);
  const nSparse = sum(({ selection }) => selection.count);
  return {
    ...(summarizeRows(fitted) as Required<RowsSummary>),
    minimum: fitted.residual ** 2,
    extent: `${nSparse} sparse environments`,
    sizes: [
      { name: "nFeatures", count: sum(({ tables }) => tables.nFeatures) },
      { name: "nSparse", count: nSparse },
    ],
    stages: [
      { name: "sparse set", short: "selection", seconds: milliseconds.select / 1e3 },
      { name: "design matrix and QR", short: "design matrix and QR", seconds: milliseconds.design / 1e3 },
      { name: "coefficients", seconds: milliseconds.solve / 1e3 },
    ],
    tables: [sparseSets(dataset, terms)],
    terms: terms.map(({ options, tables: { nFeatures }, selection }) => ({
      descriptor: options.descriptor.type,
      nFeatures,
      nSparse: selection.count,
      method: options.sparse.method,
      choices: selection.choices,
      sources: selection.sources,
    })),
  };
}

function sparseSets(dataset: Dataset, terms: readonly SelectedTerm[]): FitTable {
  return {
    title: "Sparse set",
    columns: ["descriptor", "method", "sparse", "of environments", "features", "by species"],
    rows: terms.map(({ options, tables, selection }): TableCell[] => [
      describeDescriptor(options.descriptor),
      options.sparse.method,
      selection.count,
      selection.choices,
      tables.nFeatures,
      countBySpecies(dataset, selection.sources),
    ]),
  };
}

function countBySpecies(dataset: Dataset, sources: readonly EnvironmentSource[]): [string, number][] {
  const counts = new Map<number, number>();
  for (const { structure, atom } of sources) {
    const atomicNumber = dataset.atomicNumbers[dataset.offsets[structure] + atom];
    counts.set(atomicNumber, (counts.get(atomicNumber) ?? 0) + 1);
  }
  return [...counts].sort(([a], [b]) => a - b).map(([atomicNumber, count]) => [symbolOf(atomicNumber), count]);
}
