import type { Wasm } from "../../wasm/wasm.js";
import { validate } from "../../validation.js";
import type { Arena } from "../../wasm/memory.js";
import type { SpeciesStructure, StructureDescriptorType } from "../structure-descriptor.js";
import { requireApart } from "../apart.js";
import { MatrixDescriptor } from "./matrix-descriptor.js";
import { MatrixEvaluator, type PairMatrix, placeAxes, writeDiagonal } from "./matrix-evaluator.js";
import { type CoulombMatrixParameters, coulombMatrixSchema } from "./parameters.js";
import { coulombMatrixCost } from "./cost.js";

/**
 * Coulomb matrix: ½ Z^2.4 on the diagonal, Z_i Z_j / r_ij elsewhere, in e²/Å without the Coulomb constant; cells are not used.
 * Rupp, Tkatchenko, Müller & von Lilienfeld, Phys. Rev. Lett. 108, 058301 (2012), doi:10.1103/PhysRevLett.108.058301.
 */
export class CoulombMatrix extends MatrixDescriptor<CoulombMatrixParameters> {
  /** @throws {InvalidParameterError} */
  constructor(parameters: unknown) {
    super(validate(coulombMatrixSchema, parameters, { what: "coulomb-matrix" }));
  }

  protected withParameters(parameters: CoulombMatrixParameters): CoulombMatrix {
    return new CoulombMatrix(parameters);
  }
}

function placeCoulomb(wasm: Wasm, { positions, species }: SpeciesStructure, charges: Float64Array, scratch: Arena): PairMatrix {
  requireApart(wasm, scratch, { positions, species, cell: null, pbc: [false, false, false] });
  const n = charges.length;
  const axes = placeAxes(wasm, scratch, positions);
  const atCharges = scratch.f64(n);
  wasm.f64(atCharges, n).set(charges);
  return {
    values(out) {
      wasm.routines.coulombMatrix(n, axes, atCharges, out);
      writeDiagonal(wasm, out, charges);
    },
    slopes(slopes, strains) {
      wasm.routines.coulombSlopes(n, axes, atCharges, slopes, strains);
    },
  };
}

export const coulombMatrixType = {
  describes: "structures",
  name: "coulomb-matrix",
  schema: coulombMatrixSchema,
  cost: coulombMatrixCost,
  create: (parameters: unknown) => new CoulombMatrix(parameters),
  attach: (wasm, tables) => new MatrixEvaluator(wasm, tables, placeCoulomb),
} as const satisfies StructureDescriptorType;
