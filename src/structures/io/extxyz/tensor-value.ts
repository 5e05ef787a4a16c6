import { cellVolume, isSingular } from "../../cell.js";
import type { InfoValue } from "../../structure.js";
import { FROM_VOIGT, TRANSPOSED } from "../../tensor.js";

/**
 * The 3 × 3 tensor, row-major, of the value of a key: six numbers in the order xx yy zz yz xz xy, nine that stand column by column (as ASE
 * and QUIP write them), or three rows of three. Undefined for anything else.
 */
export function tensorOf(value: InfoValue): Float64Array | undefined {
  if (!Array.isArray(value)) return undefined;
  if (value.length === 1) return undefined;
  const isNested = value.every((row) => Array.isArray(row));
  if (isNested && !(value.length === 3 && value.every((row) => row.length === 3))) return undefined;
  const numbers: readonly InfoValue[] = isNested ? value.flat() : value;
  if ((numbers.length !== 6 && numbers.length !== 9) || !numbers.every((item) => typeof item === "number")) return undefined;
  const order = numbers.length === 6 ? FROM_VOIGT : isNested ? undefined : TRANSPOSED;
  return Float64Array.from({ length: 9 }, (_, i) => numbers[order ? order[i] : i]);
}

/** The same tensor in the form that `tensorOf` reads, for nine numbers that stand row by row. */
export function asRows(value: InfoValue): InfoValue {
  if (!Array.isArray(value) || value.length !== 9) return value;
  return [value.slice(0, 3), value.slice(3, 6), value.slice(6)];
}

/** Whether a stress in this cell has a virial. */
export function hasVolume(cell: Float64Array | null): cell is Float64Array {
  return cell !== null && !isSingular(cell);
}

/** eV, row-major: −volume · stress. */
export function virialOfStress(stress: Float64Array, cell: Float64Array): Float64Array {
  const volume = cellVolume(cell);
  // 0 − x keeps a zero stress from becoming a virial of −0
  return stress.map((component) => 0 - volume * component);
}

/** eV/Å³, row-major. */
export function stressOfVirial(virial: Float64Array, cell: Float64Array): Float64Array {
  const volume = cellVolume(cell);
  return virial.map((component) => 0 - component / volume);
}
