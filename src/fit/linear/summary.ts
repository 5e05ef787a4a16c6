import type { ActiveSets } from "../../models/linear/active-sets.js";
import { symbolOf } from "../../structures/periodic-table.js";
import { type FittedRows, summarizeRows } from "../design/summary.js";
import { describeDescriptor } from "../design/terms.js";
import type { FitSummary, FitTable } from "../fit-summary.js";
import type { ColumnLayout } from "./columns.js";
import { type GreedyPath, pathPlot, type PathStep } from "./greedy-path.js";
import { type LeftOutErrors, leftOutTable } from "./cross-validation.js";
import type { RowPlan } from "./reach/row-plan.js";
import type { ResolvedLinearFit } from "./schema.js";
import type { LinearSolution } from "./solvers/solution.js";
import { type ClassWeights, type EvidenceSigma, evidenceSigma, evidenceTable, weightsTable } from "./weights.js";

/** What a linear fit did, with what its solver tells. */
export interface LinearFitSummary extends FitSummary {
  /** Of the weighted rows; arrays of the size of the model are left out. */
  readonly solver: Omit<LinearSolution, "coefficients" | "covarianceRoot" | "singularValues" | "columns" | "path"> & {
    /** Its name. */
    readonly type: string;
    /** Where columns were chosen one after the other. */
    readonly path?: readonly PathStep[];
  };
  /** Σ w² of each kind of rows, w = 1/σ. */
  readonly squaredWeights: ClassWeights;
  /** The σ of all groups by what the residuals say of them: σ that were given, times σ_ε. Absent where the solver finds no noise. */
  readonly evidenceSigma?: EvidenceSigma;
  /** How rows were reduced where structures with fewer columns were reduced apart. */
  readonly columnGroups?: ColumnGroupsSummary;
  /** Of the training data; absent unless the fit asked for cross-validation. */
  readonly leftOut?: LeftOutErrors;
}

/** One group of structures that were reduced in the columns that they reach. */
export interface ColumnGroupSummary {
  /** How many there are. */
  readonly structures: number;
  /** Of all of them. */
  readonly rows: number;
  /** That they reach together. */
  readonly columns: number;
}

/** Structures that reach only some of the columns, reduced in these. */
export interface ColumnGroupsSummary {
  /** In no particular order, the same for the same data. */
  readonly groups: readonly ColumnGroupSummary[];
  /** Columns that some structure reaches. */
  readonly columns: number;
  /** Arithmetic of the rows, as a part of what it takes in all columns. */
  readonly share: number;
}

interface FinishedFit extends FittedRows {
  readonly options: ResolvedLinearFit;
  readonly layout: ColumnLayout;
  readonly plan: RowPlan;
  readonly solution: LinearSolution;
  readonly path: GreedyPath | undefined;
  readonly weights: ClassWeights;
  /** By species index; undefined where none were chosen. */
  readonly activeSets: ActiveSets | undefined;
  readonly leftOut: LeftOutErrors | undefined;
  /** Of the sum of squares and the prior; undefined where it is not that. */
  readonly minimum: number | undefined;
  readonly milliseconds: { readonly describe: number; readonly design: number; readonly solve: number; readonly activeSets: number; readonly leftOut: number };
}

export function summarize({ options, layout, plan, solution, path, weights, activeSets, leftOut, minimum, milliseconds, ...fitted }: FinishedFit): LinearFitSummary {
  const { type } = options.fit.solver;
  const { coefficients: _, covarianceRoot: __, singularValues: ___, columns: ____, path: _____, ...told } = solution;
  const evidence = evidenceSigma(options.fit.sigma, solution.noiseVariance);
  return {
    ...summarizeRows(fitted),
    extent: `${layout.nColumns} coefficients`,
    sizes: [
      { name: "nFeatures", count: layout.terms.reduce((sum, { nFeatures }) => sum + nFeatures, 0) },
      { name: "nCoefficients", count: layout.nColumns },
      { name: "rank", count: solution.rank },
    ],
    stages: [
      { name: "descriptors", seconds: milliseconds.describe / 1e3 },
      { name: `design matrix and QR${groupsText(plan)}`, short: "design matrix and QR", seconds: milliseconds.design / 1e3 },
      { name: "coefficients", short: "coefficients", seconds: milliseconds.solve / 1e3 },
      ...(activeSets ? [{ name: "active sets", short: "active sets", seconds: milliseconds.activeSets / 1e3 }] : []),
      ...(leftOut ? [{ name: "structures left out", short: "structures left out", seconds: milliseconds.leftOut / 1e3 }] : []),
    ],
    tables: [
      termsTable(options, layout),
      weightsTable(weights),
      solverTable(type, solution),
      ...(evidence ? [evidenceTable(options.fit.sigma, evidence)] : []),
      ...(leftOut ? [leftOutTable(leftOut)] : []),
      ...(activeSets ? [activeSetsTable(activeSets, fitted.dataset.species())] : []),
    ],
    ...(path?.steps.some(({ error }) => error > 0) && { plots: [pathPlot(path)] }),
    ...(minimum !== undefined && { minimum }),
    solver: { type, ...told, ...(path && { path: path.steps }) },
    squaredWeights: weights,
    ...(evidence && { evidenceSigma: evidence }),
    ...(plan.groups.length > 0 && { columnGroups: summarizeGroups(plan) }),
    ...(leftOut && { leftOut }),
  };
}

function groupsText({ groups, share }: RowPlan): string {
  if (groups.length === 0) return "";
  const count = groups.reduce((sum, { structures }) => sum + structures.length, 0);
  return ` (rows of ${count} structures in ${groups.length} ${groups.length === 1 ? "group" : "groups"} of columns: ${share.toFixed(2)} of the arithmetic)`;
}

function summarizeGroups({ groups, nColumns, share }: RowPlan): ColumnGroupsSummary {
  return { groups: groups.map((own) => ({ structures: own.structures.length, rows: own.nRows, columns: own.nColumns })), columns: nColumns, share };
}

function termsTable({ model }: ResolvedLinearFit, layout: ColumnLayout): FitTable {
  return {
    title: "Terms",
    columns: ["descriptor", "quadratic", "features", "coefficients by species"],
    rows: model.terms.map(({ descriptor, quadratic }, t) => {
      const { nFeatures, width, blocks } = layout.terms[t];
      return [describeDescriptor(descriptor), quadratic ? "yes" : "no", nFeatures, blocks.map((atomicNumber) => [symbolOf(atomicNumber), width] as const)];
    }),
  };
}

/** An active set has a member for each function that the data show. */
function activeSetsTable(sets: ActiveSets, species: readonly number[]): FitTable {
  return {
    title: "Active sets",
    columns: ["centers", "columns", "environments chosen", "of", "ln volume"],
    rows: sets.flatMap((set, s) => (set ? [[symbolOf(species[s]), set.nFunctions, set.members.length, set.nRows, set.logVolume.toFixed(2)]] : [])),
  };
}

function solverTable(type: string, solution: LinearSolution): FitTable {
  const { rank, effectiveParameters, regularization, chosenFrom, noiseVariance, logEvidence, iterations, converged } = solution;
  const number = (name: string, value: number | undefined): (readonly [string, string])[] => (value === undefined ? [] : [[name, value.toPrecision(6)]]);
  return {
    title: "Solver",
    columns: ["quantity", "value"],
    rows: [
      ["type", type],
      ["rank", rank],
      ...number("effective parameters", effectiveParameters),
      ...number("regularization λ", regularization),
      ...(chosenFrom ? [["λ chosen from", chosenFrom] as const] : []),
      ...number("noise, in σ", noiseVariance === undefined ? undefined : Math.sqrt(noiseVariance)),
      ...number("log evidence", logEvidence),
      ...(iterations === undefined ? [] : [["steps", `${iterations}${converged === false ? ", not converged" : ""}`] as const]),
    ],
  };
}
