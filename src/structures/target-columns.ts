import type { Column, ColumnShape } from "./column.js";
import type { TargetName } from "./dataset-report.js";
import type { Structure, Targets } from "./structure.js";

/** The columns of reference values that every data set has. */
export const targetShapes: Readonly<Record<TargetName, ColumnShape>> = {
  energy: { name: "energy", unit: "eV", per: "structure", width: 1 },
  forces: { name: "forces", unit: "eV/Å", per: "atom", width: 3 },
  virial: { name: "virial", unit: "eV", per: "structure", width: 9 },
};

/** Whether a name is that of a reference value. */
export function isTargetName(name: string): name is TargetName {
  return Object.hasOwn(targetShapes, name);
}

/** What a structure has of one column. */
export interface OwnValues {
  readonly shape: ColumnShape;
  readonly values: Float64Array;
}

/** What a structure has of the columns: its reference values first. */
export function columnsOf({ targets, columns }: Pick<Structure, "targets" | "columns">): OwnValues[] {
  const { energy, forces, virial } = targets;
  const own: OwnValues[] = [];
  if (energy !== undefined) own.push({ shape: targetShapes.energy, values: Float64Array.of(energy) });
  if (forces) own.push({ shape: targetShapes.forces, values: forces });
  if (virial) own.push({ shape: targetShapes.virial, values: virial });
  if (columns) for (const column of columns.values()) own.push({ shape: column, values: column.values });
  return own;
}

/** The other way round; nothing but `targets` where there are no further columns. */
export function withColumns(own: readonly OwnValues[]): Pick<Structure, "targets" | "columns"> {
  const targets: { -readonly [name in keyof Targets]: Targets[name] } = {};
  const columns = new Map<string, Column>();
  for (const { shape, values } of own) {
    const { name } = shape;
    if (!isTargetName(name)) columns.set(name, { ...shape, values });
    else if (name === "energy") [targets.energy] = values;
    else targets[name] = values;
  }
  return columns.size > 0 ? { targets, columns } : { targets };
}
