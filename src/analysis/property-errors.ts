import type { Structure } from "../structures/structure.js";
import { type ErrorStatistics, ErrorSum } from "./error-sum.js";

/** Errors of a property of structures, in its own unit. */
export interface PropertyErrors extends ErrorStatistics {
  /** Of the column. */
  readonly name: string;
  /** "1": none */
  readonly unit: string;
}

/** Sums up errors of properties, each by its name: of those that a model predicts and that the structures have as columns of one number. */
export class PropertyErrorSums {
  readonly #sums = new Map<string, { readonly unit: string; readonly sum: ErrorSum }>();

  /** Of one structure; values that it does not have are passed over. */
  add({ columns }: Pick<Structure, "columns">, predicted: Readonly<Record<string, number>>): void {
    for (const [name, value] of Object.entries(predicted)) {
      const column = columns?.get(name);
      if (column?.per !== "structure" || column.width !== 1 || Number.isNaN(column.values[0])) continue;
      const known = this.#sums.get(name) ?? { unit: column.unit, sum: new ErrorSum() };
      known.sum.add(value - column.values[0]);
      this.#sums.set(name, known);
    }
  }

  /** In the order in which they were first seen. */
  errors(): PropertyErrors[] {
    return [...this.#sums].map(([name, { unit, sum }]) => ({ name, unit, ...sum.statistics() }));
  }
}
