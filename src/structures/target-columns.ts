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

/** What a structure has of the columns: its reference values first. */
export function columnsOf({ targets, columns }: Pick<Structure, "targets" | "columns">): Column[] {
  const { energy, forces, virial } = targets;
  return [
    ...(energy === undefined ? [] : [{ ...targetShapes.energy, values: Float64Array.of(energy) }]),
    ...(forces ? [{ ...targetShapes.forces, values: forces }] : []),
    ...(virial ? [{ ...targetShapes.virial, values: virial }] : []),
    ...(columns?.values() ?? []),
  ];
}

/** The other way round; nothing but `targets` where there are no further columns. */
export function withColumns(columns: readonly Column[]): Pick<Structure, "targets" | "columns"> {
  const valuesOf = (target: TargetName): Float64Array | undefined => columns.find(({ name }) => name === target)?.values;
  const [energy, forces, virial] = [valuesOf("energy"), valuesOf("forces"), valuesOf("virial")];
  const targets: Targets = { ...(energy && { energy: energy[0] }), ...(forces && { forces }), ...(virial && { virial }) };
  const others = columns.filter(({ name }) => !isTargetName(name));
  return { targets, ...(others.length > 0 && { columns: new Map(others.map((column) => [column.name, column])) }) };
}
