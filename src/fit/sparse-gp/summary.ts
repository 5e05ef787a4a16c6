import type { EnvironmentSource } from "../../environments/collect.js";
import { symbolOf } from "../../structures/periodic-table.js";
import type { Dataset } from "../../structures/dataset.js";
import type { IsolatedAtomEnergies } from "../isolated-atoms.js";
import type { TargetCounts } from "../targets.js";
import type { FitSummary, FitTable, TableCell } from "../trainer.js";
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

interface FinishedFit {
  readonly dataset: Dataset;
  readonly targets: TargetCounts;
  readonly isolated: IsolatedAtomEnergies;
  readonly terms: readonly SelectedTerm[];
  readonly warnings: readonly string[];
  readonly residual: number;
  readonly milliseconds: { readonly select: number; readonly design: number; readonly solve: number };
  readonly peakWasmBytes: number;
}

export function summarize({ dataset, targets, isolated, terms, warnings, residual, milliseconds, peakWasmBytes }: FinishedFit): SparseGpFitSummary {
  const sum = (count: (term: SelectedTerm) => number): number => terms.reduce((total, term) => total + count(term), 0);
  const nSparse = sum(({ selection }) => selection.count);
  return {
    structures: dataset.nStructures,
    atoms: dataset.nAtoms,
    targets,
    isolatedAtomEnergies: Object.fromEntries(dataset.species().map((atomicNumber, i) => [symbolOf(atomicNumber), isolated.values[i]])),
    isolatedAtomSource: isolated.source,
    warnings,
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
    weightedResidual: residual / Math.sqrt(targets.energies + targets.forceComponents + targets.virialComponents),
    peakWasmBytes,
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

/** "soap, nMax 8, lMax 8, cutoff 5.4 Å" */
function describeDescriptor(parameters: object): string {
  const { type, cutoff, ...others } = parameters as { type: string; cutoff?: { radius?: number } };
  const numbers = Object.entries(others).filter(([, value]) => typeof value === "number" || typeof value === "string");
  const range = cutoff?.radius === undefined ? [] : [`cutoff ${cutoff.radius} Å`];
  return [type, ...numbers.map(([name, value]) => `${name} ${value}`), ...range].join(", ");
}

function countBySpecies(dataset: Dataset, sources: readonly EnvironmentSource[]): [string, number][] {
  const counts = new Map<number, number>();
  for (const { structure, atom } of sources) {
    const atomicNumber = dataset.atomicNumbers[dataset.offsets[structure] + atom];
    counts.set(atomicNumber, (counts.get(atomicNumber) ?? 0) + 1);
  }
  return [...counts].sort(([a], [b]) => a - b).map(([atomicNumber, count]) => [symbolOf(atomicNumber), count]);
}
