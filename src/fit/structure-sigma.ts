import { InvalidParameterError } from "../errors.js";
import type { Column, ColumnShape } from "../structures/column.js";
import type { Dataset } from "../structures/dataset.js";
import type { TargetName } from "../structures/dataset-report.js";
import { targetShapes } from "../structures/target-columns.js";
import { VOIGT } from "../structures/tensor.js";
import { suggestionFor } from "../suggestion.js";
import type { MaskOption, SigmaOptions } from "./sigma.js";

/** Standard deviations of the reference values of one structure; null: not fitted. */
export interface StructureSigma {
  /** eV, of the whole structure */
  readonly energy: number | null;
  readonly forces: ForceSigma | null;
  /** eV, of the whole structure, xx yy zz yz xz xy */
  readonly virial: Float64Array | null;
}

/** Standard deviations of forces. */
export interface ForceSigma {
  /** Numbers of the atoms whose forces are fitted, ascending from 0. */
  readonly atoms: Int32Array;
  /** eV/Å, x y z of each of these atoms */
  readonly values: Float64Array;
}

/**
 * σ of one structure: the number in its column where there is one; else that of its config_type or of all, times √nAtoms for energy and
 * virial if it is per atom. Null for what the structure does not have, what has no σ, and what a mask leaves out; a virial of which a
 * component has no σ is not fitted.
 * @throws {InvalidParameterError} for a column that the data does not have, of another unit or shape, or with a σ that is not above 0
 */
export function sigmaOf(dataset: Dataset, index: number, sigma: SigmaOptions): StructureSigma {
  const nAtoms = dataset.atomCount(index);
  const scale = sigma.perAtom ? Math.sqrt(nAtoms) : 1;
  const own = sigma.configTypes[dataset.configTypes[index]] ?? {};
  const { energy, forces, virial } = { ...sigma, ...own };
  const ofStructure = (target: "energy" | "virial", value: number | undefined, isThere: boolean, component = 0): number | null => {
    if (!isThere || nAtoms === 0 || isMasked(dataset, index, sigma, target)) return null;
    const column = sigmaColumn(dataset, sigma, target);
    const position = column && column.width * index + (column.width > 1 ? component : 0);
    return (column && sigmaAt(dataset, index, column, position!)) ?? (value === undefined ? null : value * scale);
  };
  const hasVirial = !Number.isNaN(dataset.virials[9 * index]);
  const ofVirial = hasVirial ? VOIGT.map((_, component) => ofStructure("virial", virial, true, component)) : [null];
  const hasForces = nAtoms > 0 && !Number.isNaN(dataset.forces[3 * dataset.offsets[index]]);
  return {
    energy: ofStructure("energy", energy, !Number.isNaN(dataset.energies[index])),
    forces: hasForces ? forceSigma(dataset, index, sigma, forces) : null,
    virial: ofVirial.includes(null) ? null : Float64Array.from(ofVirial as number[]),
  };
}

/** Whether `sigma.masks` leaves the energy or the virial of a structure out of the fit. */
export function isMasked(dataset: Dataset, index: number, sigma: Pick<SigmaOptions, "masks">, target: "energy" | "virial"): boolean {
  const mask = maskOf(dataset, sigma, target);
  return mask !== undefined && isLeftOut(dataset, index, mask, index);
}

/** @param others σ of atoms without a number in the column */
function forceSigma(dataset: Dataset, index: number, sigma: SigmaOptions, others: number | undefined): ForceSigma | null {
  const column = sigmaColumn(dataset, sigma, "forces");
  const mask = maskOf(dataset, sigma, "forces");
  if (!column && !mask) return others === undefined ? null : evenly(dataset.atomCount(index), others);
  const atoms: number[] = [];
  const values: number[] = [];
  for (let atom = 0; atom < dataset.atomCount(index); atom++) {
    if (mask && isLeftOut(dataset, index, mask, rowOf(mask.column, dataset, index, atom))) continue;
    const row = column && rowOf(column, dataset, index, atom);
    const own = [0, 1, 2].map((axis) => {
      if (!column || row === undefined) return others;
      return sigmaAt(dataset, index, column, column.width * row + (column.width === 3 ? axis : 0)) ?? others;
    });
    if (own.includes(undefined)) continue;
    atoms.push(atom);
    values.push(...(own as number[]));
  }
  return atoms.length === 0 ? null : { atoms: Int32Array.from(atoms), values: Float64Array.from(values) };
}

function evenly(nAtoms: number, sigma: number): ForceSigma {
  return { atoms: Int32Array.from({ length: nAtoms }, (_, atom) => atom), values: new Float64Array(3 * nAtoms).fill(sigma) };
}

function rowOf({ per }: Column, dataset: Dataset, index: number, atom: number): number {
  return per === "atom" ? dataset.offsets[index] + atom : index;
}

/** The σ in a column; undefined where it has none. */
function sigmaAt(dataset: Dataset, index: number, { name, per, width, values }: Column, position: number): number | undefined {
  const value = values[position];
  if (Number.isNaN(value)) return undefined;
  if (value > 0) return value;
  const atom = per === "atom" ? ` for atom ${Math.floor(position / width) - dataset.offsets[index] + 1} (counted from 1)` : "";
  throw new InvalidParameterError(`${dataset.labels[index]}: the column "${name}" is ${value}${atom}; a σ must be greater than 0`);
}

interface Mask {
  readonly column: Column;
  readonly leaveOut: 0 | 1;
}

function isLeftOut(dataset: Dataset, index: number, { column, leaveOut }: Mask, row: number): boolean {
  const value = column.values[row];
  if (value !== 0 && value !== 1 && !Number.isNaN(value)) {
    throw new InvalidParameterError(`${dataset.labels[index]}: the column "${column.name}" is ${value}; a mask holds 0 and 1, or F and T`);
  }
  return value === leaveOut;
}

/** Rows and widths of a column of σ; six for a virial are xx yy zz yz xz xy. */
const sigmaRows: Readonly<Record<TargetName, readonly string[]>> = {
  energy: ["structure 1"],
  forces: ["structure 1", "atom 1", "atom 3"],
  virial: ["structure 1", "structure 6"],
};

function sigmaColumn(dataset: Dataset, { columns }: SigmaOptions, target: TargetName): Column | undefined {
  const name = columns?.[target];
  if (name === undefined) return undefined;
  const column = columnOf(dataset, name, `sigma.columns.${target}`, targetShapes[target].unit);
  expectRows(column, `sigma.columns.${target}`, sigmaRows[target]);
  return column;
}

function maskOf(dataset: Dataset, { masks }: Pick<SigmaOptions, "masks">, target: TargetName): Mask | undefined {
  const option: MaskOption | undefined = masks?.[target];
  if (option === undefined) return undefined;
  const { column: name, leaveOut } = typeof option === "string" ? { column: option, leaveOut: 0 as const } : option;
  const column = columnOf(dataset, name, `sigma.masks.${target}`, "1");
  expectRows(column, `sigma.masks.${target}`, target === "forces" ? ["structure 1", "atom 1"] : ["structure 1"]);
  return { column, leaveOut };
}

function columnOf({ columns }: Dataset, name: string, path: string, unit: string): Column {
  const column = columns.get(name);
  const request = `data.columns: { ${name}: { unit: ${unit} } }`;
  if (!column) {
    const suggestion = suggestionFor(name, columns.keys());
    throw new InvalidParameterError(`${path} names "${name}", which is no column of the data: ask for it with ${request}${suggestion}`);
  }
  if (column.unit === unit) return column;
  const found = column.unit === "1" ? "no unit" : `the unit ${column.unit}`;
  throw new InvalidParameterError(`${path} names "${name}", which has ${found}; it needs ${unit === "1" ? "none" : unit}: ${request}`);
}

/** @param allowed rows and widths, such as "atom 3" */
function expectRows({ name, per, width }: ColumnShape, path: string, allowed: readonly string[]): void {
  if (allowed.includes(`${per} ${width}`)) return;
  const wanted = allowed.map((text) => text.replace(/(\w+) (\d)/u, "$2 per $1")).join(", ");
  throw new InvalidParameterError(`${path} names "${name}", which has ${width} numbers per ${per}; it must be ${wanted}`);
}
