import type { Arena } from "../../wasm/memory.js";
import type { Wasm } from "../../wasm/wasm.js";
import { validate } from "../../validation.js";
import { requireApart } from "../apart.js";
import type { SpeciesStructure, StructureDescriptorType } from "../structure-descriptor.js";
import { MatrixDescriptor } from "./matrix-descriptor.js";
import { MatrixEvaluator, type PairMatrix, requirePeriodic, writeDiagonal } from "./matrix-evaluator.js";
import { type SineMatrixParameters, sineMatrixSchema } from "./parameters.js";
import { sineMatrixCost } from "./cost.js";

/**
 * Sine matrix of a crystal: ½ Z^2.4 on the diagonal, Z_i Z_j / |Σ_k a_k sin²(π s_k)| elsewhere, with s the fractional coordinates of
 * r_i − r_j and a_k the lattice vectors, in e²/Å. It depends on the choice of the cell.
 * Faber, Lindmaa, von Lilienfeld & Armiento, Int. J. Quantum Chem. 115, 1094 (2015), doi:10.1002/qua.24917.
 */
export class SineMatrix extends MatrixDescriptor<SineMatrixParameters> {
  /** @throws {InvalidParameterError} */
  constructor(parameters: unknown) {
    super(validate(sineMatrixSchema, parameters, { what: "sine-matrix" }));
  }

  protected withParameters(parameters: SineMatrixParameters): SineMatrix {
    return new SineMatrix(parameters);
  }
}

function placeSine(wasm: Wasm, structure: SpeciesStructure, charges: Float64Array, scratch: Arena): PairMatrix {
  const { cell, inverse } = requirePeriodic(structure, "the sine matrix");
  requireApart(wasm, scratch, structure);
  const n = charges.length;
  const put = (values: Float64Array): number => {
    const pointer = scratch.f64(values.length);
    wasm.f64(pointer, values.length).set(values);
    return pointer;
  };
  const [phases, atCell, atInverse, atCharges] = [phasesOf(structure.positions, inverse), cell, inverse, charges].map(put);
  return {
    values(out) {
      wasm.routines.sineMatrix(n, phases, atCell, atCharges, out);
      writeDiagonal(wasm, out, charges);
    },
    slopes(slopes, strains) {
      wasm.routines.sineSlopes(n, phases, atCell, atInverse, atCharges, slopes, strains);
    },
  };
}

/** sin(π s_k) of all atoms for each k, then the cosines. */
function phasesOf(positions: Float64Array, inverse: Float64Array): Float64Array {
  const n = positions.length / 3;
  const phases = new Float64Array(6 * n);
  for (let k = 0; k < 3; k++) {
    for (let i = 0; i < n; i++) {
      const s = positions[3 * i] * inverse[k] + positions[3 * i + 1] * inverse[3 + k] + positions[3 * i + 2] * inverse[6 + k];
      const angle = Math.PI * (s - Math.floor(s)); // a whole lattice vector turns both signs or none
      phases[k * n + i] = Math.sin(angle);
      phases[(3 + k) * n + i] = Math.cos(angle);
    }
  }
  return phases;
}

export const sineMatrixType = {
  describes: "structures",
  name: "sine-matrix",
  schema: sineMatrixSchema,
  cost: sineMatrixCost,
  create: (parameters: unknown) => new SineMatrix(parameters),
  attach: (wasm, tables) => new MatrixEvaluator(wasm, tables, placeSine),
} as const satisfies StructureDescriptorType;
