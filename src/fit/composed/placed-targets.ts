import type { Holdings } from "../../parallel/holdings.js";
import { VOIGT } from "../../structures/tensor.js";
import type { Pointer } from "../../wasm/memory.js";
import { rowsOf, type StructureTargets } from "../structure-targets.js";

/** Reference values of one structure in shared memory, row by row: the energy, forces of the atoms that are fitted, the virial. */
export interface PlacedTargets {
  /** That are fitted to. */
  readonly nRows: number;
  /** Whether rows of forces, or of the virial, have to be made. */
  readonly forces: boolean;
  readonly virial: boolean;
  /** f64 [nRows] */
  readonly values: Pointer;
  /** f64 [nRows]: 1/σ */
  readonly weights: Pointer;
  /** i32 [nRows]: among the rows of an evaluator, see `ParameterRowsRequest` */
  readonly rows: Pointer;
}

/** Of one row. */
const ROW_BYTES = 20;
/** So that numbers of the next structure begin on a multiple of 8. */
const PADDING = 8;

/** Bytes of the targets of structures with so many rows. */
export function targetBytes(nRows: number, nStructures: number): number {
  return ROW_BYTES * nRows + PADDING * nStructures;
}

/** Puts the targets of structures into shared memory. */
export function placeTargets(structures: readonly StructureTargets[], holdings: Holdings): PlacedTargets[] {
  const { wasm } = holdings.executor;
  const counts = structures.map(rowsOf);
  let next = holdings.allocate(targetBytes(counts.reduce((sum, count) => sum + count, 0), structures.length), "targets of the fit").pointer;
  return structures.map((targets, s) => {
    const nRows = counts[s];
    const placed = { nRows, forces: targets.forces !== null, virial: targets.virial !== null, values: next, weights: next + 8 * nRows, rows: next + 16 * nRows };
    const [values, weights, rows] = [wasm.f64(placed.values, nRows), wasm.f64(placed.weights, nRows), wasm.i32(placed.rows, nRows)];
    for (const [r, { row, value, sigma }] of listRows(targets).entries()) {
      rows[r] = row;
      values[r] = value;
      weights[r] = 1 / sigma;
    }
    next += 8 * Math.ceil((ROW_BYTES * nRows) / 8);
    return placed;
  });
}

interface TargetRow {
  readonly row: number;
  readonly value: number;
  readonly sigma: number;
}

function listRows({ energy, forces, virial, geometry }: StructureTargets): TargetRow[] {
  const afterForces = 1 + (forces ? 3 * geometry.atomicNumbers.length : 0);
  return [
    ...(energy ? [{ row: 0, value: energy.value, sigma: energy.sigma }] : []),
    ...Array.from(forces?.values ?? [], (value, i) => ({ row: 1 + 3 * forces!.atoms[Math.floor(i / 3)] + (i % 3), value, sigma: forces!.sigma[i] })),
    ...(virial ? VOIGT.map(([a, b], i) => ({ row: afterForces + i, value: 0.5 * (virial.values[a] + virial.values[b]), sigma: virial.sigma[i] })) : []),
  ];
}
