import { type Matrix, matrix } from "../../linalg/matrix.js";
import type { Arena, Pointer } from "../../wasm/memory.js";
import type { Wasm } from "../../wasm/wasm.js";
import { parameterRowCount, type ParameterRowsRequest } from "../parametric.js";
import type { RowLayout } from "./derivative-rows.js";

/**
 * Rows of a structure as `PotentialEvaluator.parameterRows` gives them, in the arena: those of forces and virial have the sign of −∂E.
 * @param add adds rows in which derivatives have the sign of ∂E to zeros
 */
export function signedParameterRows(
  wasm: Wasm, nAtoms: number, nColumns: number, request: ParameterRowsRequest, scratch: Arena, add: (layout: RowLayout, rows: Matrix) => void,
): Pointer {
  const nRows = parameterRowCount(request, nAtoms);
  const pointer = scratch.f64(nRows * nColumns);
  wasm.f64(pointer, nRows * nColumns).fill(0);
  const mark = scratch.mark();
  add(wholeLayout(request, nAtoms), matrix(pointer, nRows, nColumns));
  scratch.reset(mark);
  const derivatives = wasm.f64(pointer + 8 * nColumns, (nRows - 1) * nColumns);
  for (let k = 0; k < derivatives.length; k++) derivatives[k] = -derivatives[k];
  return pointer;
}

/** The energy, and forces of all atoms and the virial where these are asked for. */
export function wholeLayout({ forces, virial }: ParameterRowsRequest, nAtoms: number): RowLayout {
  const atoms = Int32Array.from({ length: forces ? nAtoms : 0 }, (_, atom) => atom);
  return { energy: 0, forces: forces ? 1 : -1, virial: virial ? 1 + 3 * atoms.length : -1, atoms };
}
