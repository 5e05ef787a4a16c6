import { buildNeighborList } from "../../neighbors/neighbor-list.js";
import { placeNeighborList } from "../../neighbors/layout.js";
import { cellVolume } from "../../structures/cell.js";
import { validate } from "../../validation.js";
import type { Arena, Pointer } from "../../wasm/memory.js";
import { placeRecord } from "../../wasm/records.js";
import type { Wasm } from "../../wasm/wasm.js";
import { requireApart } from "../apart.js";
import type { SpeciesStructure, StructureDescriptorTables, StructureDescriptorType } from "../structure-descriptor.js";
import { MatrixDescriptor } from "./matrix-descriptor.js";
import { MatrixEvaluator, type PairMatrix, requirePeriodic } from "./matrix-evaluator.js";
import { type EwaldSumMatrixParameters, ewaldSumMatrixSchema } from "./parameters.js";
import { type ReciprocalSum, reciprocalSum } from "./reciprocal-sum.js";
import { ewaldSumMatrixCost } from "./cost.js";

/**
 * Ewald-sum matrix of a crystal: Z_i Z_j φ_ij, and ½ Z_i² φ_ii on the diagonal, with φ the potential of a lattice of unit charges in a
 * neutralising background, in e²/Å: the energy of nuclei in a uniform background is the sum of its upper triangle.
 * Faber, Lindmaa, von Lilienfeld & Armiento, Int. J. Quantum Chem. 115, 1094 (2015), doi:10.1002/qua.24917.
 */
export class EwaldSumMatrix extends MatrixDescriptor<EwaldSumMatrixParameters> {
  /** @throws {InvalidParameterError} */
  constructor(parameters: unknown) {
    super(validate(ewaldSumMatrixSchema, parameters, { what: "ewald-sum-matrix" }));
  }

  protected withParameters(parameters: EwaldSumMatrixParameters): EwaldSumMatrix {
    return new EwaldSumMatrix(parameters);
  }

  protected override ownData(): Readonly<Record<string, number>> {
    const { accuracy, w, a = 0, rCut = 0, gCut = 0 } = this.parameters;
    return { accuracy, w, a, rCut, gCut };
  }
}

/** Where the sums end, and how they share the work. */
interface Screening {
  /** 1/Å */
  readonly a: number;
  /** Å */
  readonly rCut: number;
  /** 1/Å */
  readonly gCut: number;
  /** Å³ */
  readonly volume: number;
}

/** Zeros stand for what follows from the structure. */
function screeningOf({ accuracy, w, a: givenA, rCut, gCut }: StructureDescriptorTables["data"], nAtoms: number, volume: number): Screening {
  const a = givenA || Math.sqrt(Math.PI) * ((w * nAtoms) / volume ** 2) ** (1 / 6);
  const reach = Math.sqrt(-Math.log(accuracy));
  return { a, rCut: rCut || reach / a, gCut: gCut || 2 * a * reach, volume };
}

function placeEwald(wasm: Wasm, structure: SpeciesStructure, charges: Float64Array, scratch: Arena, data: StructureDescriptorTables["data"]): PairMatrix {
  const { cell, inverse } = requirePeriodic(structure, "the Ewald-sum matrix");
  requireApart(wasm, scratch, structure);
  const n = charges.length;
  const screening = screeningOf(data, n, cellVolume(cell));
  // pairs at the range itself count
  const list = buildNeighborList(wasm, scratch, { positions: structure.positions, nAtoms: n, cell, pbc: structure.pbc, cutoff: screening.rCut * (1 + 2 * Number.EPSILON) });
  const neighbors = placeNeighborList(wasm, scratch, list);
  const sum = placeSum(wasm, scratch, structure.positions, reciprocalSum(inverse, screening));
  const { a, volume } = screening;
  const background = Math.PI / (volume * a * a);
  return {
    values(out) {
      const elements = wasm.f64(out, n * n).fill(0);
      wasm.routines.ewaldReal(neighbors, a, out, 0, 0);
      wasm.routines.ewaldReciprocal(sum, out, 0, 0);
      for (let i = 0; i < n; i++) elements[i * n + i] -= (2 * a) / Math.sqrt(Math.PI);
      for (let e = 0; e < n * n; e++) elements[e] -= background;
      scaleByCharges(elements, charges);
    },
    slopes(slopes, strains) {
      const mark = scratch.mark();
      const potentials = scratch.f64(n * n);
      const [bySlope, byStrain] = [wasm.f64(slopes, 3 * n * n).fill(0), wasm.f64(strains, 6 * n * n).fill(0)];
      wasm.f64(potentials, n * n).fill(0);
      wasm.routines.ewaldReal(neighbors, a, potentials, slopes, strains);
      wasm.routines.ewaldReciprocal(sum, potentials, slopes, strains);
      scratch.reset(mark);
      for (let e = 0; e < 3 * n * n; e++) byStrain[e] += background; // it is divided by the volume
      for (let slot = 0; slot < 6; slot++) scaleByCharges(byStrain.subarray(slot * n * n, (slot + 1) * n * n), charges);
      for (let row = 0; row < 3 * n; row++) for (let j = 0; j < n; j++) bySlope[row * n + j] *= charges[Math.floor(row / 3)] * charges[j];
    },
  };
}

function scaleByCharges(elements: Float64Array, charges: Float64Array): void {
  const n = charges.length;
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) elements[i * n + j] *= charges[i] * charges[j] * (i === j ? 0.5 : 1);
}

function placeSum(wasm: Wasm, scratch: Arena, atoms: Float64Array, { vectors, weights, weightStrains }: ReciprocalSum): Pointer {
  const put = (values: Float64Array): Pointer => {
    const pointer = scratch.f64(values.length);
    wasm.f64(pointer, values.length).set(values);
    return pointer;
  };
  const n = atoms.length / 3;
  return placeRecord(wasm, scratch, "EwaldReciprocal", {
    n,
    nVectors: weights.length,
    positions: put(atoms),
    vectors: put(vectors),
    weights: put(weights),
    weightStrains: put(weightStrains),
    scratch: scratch.f64(4 * n),
  });
}

export const ewaldSumMatrixType = {
  describes: "structures",
  name: "ewald-sum-matrix",
  schema: ewaldSumMatrixSchema,
  cost: ewaldSumMatrixCost,
  create: (parameters: unknown) => new EwaldSumMatrix(parameters),
  attach: (wasm, tables) => new MatrixEvaluator(wasm, tables, placeEwald),
} as const satisfies StructureDescriptorType;
