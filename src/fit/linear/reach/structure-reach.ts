import type { Executor } from "../../../parallel/executor.js";
import type { LinearJob, LinearRowsOfData } from "../rows.js";
import { classifyColumns, type ColumnClasses } from "./column-classes.js";
import { findNeighborhoods, type Neighborhoods, type TermRange } from "./neighborhoods.js";
import { centersOfTerms, neighborhoodsByAtoms, planPossible } from "./possible-columns.js";
import { patternsOf } from "./patterns.js";
import { planRows, type RowPlan } from "./row-plan.js";

/** The columns that structures reach, and how their rows are reduced. */
export interface PlannedRows {
  readonly classes: ColumnClasses;
  readonly plan: RowPlan;
}

/** Plans by the neighbors of all atoms. Groups are made only where the atoms alone promise them, as plans of the memory do. */
export async function planByNeighbors(job: LinearJob, rows: LinearRowsOfData, executor: Executor): Promise<PlannedRows> {
  const { dataset, species } = job;
  const { terms, layout, rowCounts } = rows;
  const classes = classifyColumns(terms, layout, species);
  const byAtoms = neighborhoodsByAtoms(dataset, species, centersOfTerms(terms, species));
  const possible = planPossible(classes, byAtoms, rowCounts)!;
  // neighbors only matter where descriptors tell which ones do
  if (species.length === 1 || classes.classes.every(({ needed }) => needed === 0n)) return { classes, plan: possible };
  const found = await neighborhoodsOf(job, rows, byAtoms, executor);
  const patterns = patternsOf(classes, rowCounts.map((nRows, i) => ({ nRows, neighborhoods: found[i] })));
  return { classes, plan: planRows(classes, patterns, possible.groups.length > 0) };
}

async function neighborhoodsOf({ species, context }: LinearJob, rows: LinearRowsOfData, byAtoms: readonly Neighborhoods[], executor: Executor): Promise<Neighborhoods[]> {
  const centers = centersOfTerms(rows.terms, species);
  const ranges = rows.terms.map(({ tables }, t): TermRange => ({ ...centers[t], cutoff: tables.cutoff, species: tables.species }));
  const { blocks, count, input } = rows.source();
  const found = [...byAtoms];
  for (let first = 0; first < count; first += executor.maximumInFlight) {
    const some = Array.from({ length: Math.min(executor.maximumInFlight, count - first) }, (_, k) => first + k);
    const inputs = some.map((block) => ({ species, terms: ranges, structures: input(block).structures.map(({ geometry, described }) => ({ geometry, described })) }));
    const results = await executor.map(findNeighborhoods, inputs, { signal: context.signal });
    some.forEach((block, s) => blocks[block].items.forEach((i, k) => (found[i] = results[s][k])));
  }
  return found;
}
