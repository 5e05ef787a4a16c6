import { InvalidStructureError } from "../../errors.js";
import { symmetricEigen } from "../../linalg/eigen.js";
import { matrix } from "../../linalg/matrix.js";
import { inverseCell } from "../../structures/cell.js";
import type { Arena, Pointer } from "../../wasm/memory.js";
import type { Wasm } from "../../wasm/wasm.js";
import type { SpeciesStructure, StructureDescriptorEvaluator, StructureDescriptorTables } from "../structure-descriptor.js";
import { rowOrder } from "./permutation.js";
import { type Spectrum, spectrumJacobian, spectrumWeights, sortedSpectrum } from "./spectrum.js";
import { permutations, type Permutation } from "./parameters.js";

/** A symmetric matrix of all pairs of atoms. */
export interface PairMatrix {
  /** out: f64 [n × n] */
  values(out: Pointer): void;
  /**
   * Derivatives: slopes f64 [n × 3 × n], atom i, axis, j: of M_ij by the position of atom i, by that of atom j it is minus that, and
   * M_ii has none; strains f64 [6 × n × n], xx yy zz yz xz xy.
   */
  slopes(slopes: Pointer, strains: Pointer): void;
}

/**
 * Makes the matrix of a structure that has atoms, in the arena.
 * @throws {InvalidStructureError} for structures that have no such matrix
 */
export type PlacePairMatrix = (wasm: Wasm, structure: SpeciesStructure, charges: Float64Array, scratch: Arena, data: StructureDescriptorTables["data"]) => PairMatrix;

/** Orders and pads a matrix of all pairs of atoms, or takes its eigenvalues. */
export class MatrixEvaluator implements StructureDescriptorEvaluator {
  private readonly size: number;
  private readonly permutation: Permutation;

  constructor(
    private readonly wasm: Wasm,
    readonly tables: StructureDescriptorTables,
    private readonly place: PlacePairMatrix,
  ) {
    this.size = tables.data.nAtomsMax;
    this.permutation = permutations[tables.data.permutation];
  }

  values(structure: SpeciesStructure, out: Pointer, scratch: Arena): void {
    const row = this.wasm.f64(out, this.tables.nFeatures).fill(0);
    this.withMatrix(structure, scratch, (n, pairs) => {
      const elements = scratch.f64(n * n);
      pairs.values(elements);
      if (this.permutation === "eigenspectrum") {
        const { values, columns } = this.spectrum(elements, n, scratch);
        this.wasm.f64(values, n).forEach((value, k) => (row[columns[k]] = value));
        return;
      }
      const order = this.order(elements, n);
      const from = this.wasm.f64(elements, n * n);
      for (let p = 0; p < n; p++) for (let q = 0; q < n; q++) row[p * this.size + q] = from[order[p] * n + order[q]];
    });
  }

  jacobian(structure: SpeciesStructure, _values: Pointer, out: Pointer, strain: Pointer, scratch: Arena): void {
    const { wasm, size, tables } = this;
    const nAtoms = structure.species.length;
    wasm.f64(out, nAtoms * 3 * tables.nFeatures).fill(0);
    wasm.f64(strain, 9 * tables.nFeatures).fill(0);
    this.withSlopes(structure, scratch, (n, elements, slopes, strains) => {
      if (this.permutation === "eigenspectrum") {
        spectrumJacobian(wasm, scratch, this.spectrum(elements, n, scratch), { slopes, strains }, { out, strain, nFeatures: size });
        return;
      }
      const order = this.order(elements, n);
      const [bySlope, byStrain] = [wasm.f64(slopes, 3 * n * n), wasm.f64(strains, 6 * n * n)];
      const [positions, cell] = [wasm.f64(out, nAtoms * 3 * tables.nFeatures), wasm.f64(strain, 9 * tables.nFeatures)];
      for (let p = 0; p < n; p++) {
        for (let q = 0; q < n; q++) {
          const [i, j, f] = [order[p], order[q], p * size + q];
          for (let axis = 0; axis < 3; axis++) {
            const slope = bySlope[(3 * i + axis) * n + j];
            if (i !== j) positions[(3 * i + axis) * tables.nFeatures + f] = slope;
            if (i !== j) positions[(3 * j + axis) * tables.nFeatures + f] = -slope;
          }
          for (let ab = 0; ab < 9; ab++) cell[ab * tables.nFeatures + f] = byStrain[(voigt[ab] * n + i) * n + j];
        }
      }
    });
  }

  backward(structure: SpeciesStructure, _values: Pointer, gradients: Pointer, out: Pointer, strain: Pointer, scratch: Arena): void {
    const { wasm, size, tables } = this;
    wasm.f64(out, structure.species.length * 3).fill(0);
    wasm.f64(strain, 9).fill(0);
    this.withSlopes(structure, scratch, (n, elements, slopes, strains) => {
      const weights = scratch.f64(n * n);
      const given = wasm.f64(gradients, tables.nFeatures);
      if (this.permutation === "eigenspectrum") spectrumWeights(wasm, scratch, this.spectrum(elements, n, scratch), given, weights);
      else {
        const order = this.order(elements, n);
        const symmetric = wasm.f64(weights, n * n);
        for (let p = 0; p < n; p++) {
          for (let q = 0; q < n; q++) symmetric[order[p] * n + order[q]] = given[p * size + q] + given[q * size + p];
        }
      }
      wasm.routines.contractMatrixSlopes(n, weights, slopes, strains, out, strain);
    });
  }

  private withMatrix(structure: SpeciesStructure, scratch: Arena, run: (n: number, pairs: PairMatrix) => void): void {
    const { species, data, descriptor } = this.tables;
    const n = structure.species.length;
    if (n === 0) return;
    if (n > this.size) throw new InvalidStructureError(`${n} atoms do not fit into a ${descriptor} of nAtomsMax ${this.size}, which was given or learned from smaller structures: raise nAtomsMax to ${n} or more`);
    const mark = scratch.mark();
    run(n, this.place(this.wasm, structure, Float64Array.from(structure.species, (index) => species[index]), scratch, data));
    scratch.reset(mark);
  }

  private withSlopes(structure: SpeciesStructure, scratch: Arena, run: (n: number, elements: Pointer, slopes: Pointer, strains: Pointer) => void): void {
    this.withMatrix(structure, scratch, (n, pairs) => {
      const elements = scratch.f64(n * n);
      const slopes = scratch.f64(3 * n * n);
      const strains = scratch.f64(6 * n * n);
      pairs.values(elements);
      pairs.slopes(slopes, strains);
      run(n, elements, slopes, strains);
    });
  }

  private order(elements: Pointer, n: number): Int32Array {
    const { sigma, seed } = this.tables.data;
    return rowOrder(this.wasm.f64(elements, n * n), n, this.permutation, { sigma, seed });
  }

  /** Overwrites the elements. */
  private spectrum(elements: Pointer, n: number, scratch: Arena): Spectrum {
    const [values, vectors] = [scratch.f64(n), matrix(scratch.f64(n * n), n, n)];
    symmetricEigen(this.wasm, scratch, matrix(elements, n, n), values, vectors);
    return sortedSpectrum(this.wasm, values, vectors);
  }
}

/** Where component ab of a symmetric tensor stands in xx yy zz yz xz xy. */
const voigt = [0, 5, 4, 5, 1, 3, 4, 3, 2];

/** Positions as x of all atoms, then y, then z. */
export function placeAxes(wasm: Wasm, scratch: Arena, positions: Float64Array): Pointer {
  const n = positions.length / 3;
  const pointer = scratch.f64(3 * n);
  const axes = wasm.f64(pointer, 3 * n);
  for (let i = 0; i < n; i++) for (let k = 0; k < 3; k++) axes[k * n + i] = positions[3 * i + k];
  return pointer;
}

/** ½ Z^2.4, a fit to the energies of free atoms. */
export function writeDiagonal(wasm: Wasm, elements: Pointer, charges: Float64Array): void {
  const n = charges.length;
  const all = wasm.f64(elements, n * n);
  charges.forEach((charge, i) => (all[i * n + i] = 0.5 * charge ** 2.4));
}

/**
 * Cell and inverse of a structure that is periodic along all three lattice vectors.
 * @throws {InvalidStructureError}
 */
export function requirePeriodic({ cell, pbc }: SpeciesStructure, what: string): { readonly cell: Float64Array; readonly inverse: Float64Array } {
  if (cell && pbc.every(Boolean)) return { cell, inverse: inverseCell(cell, "the structure") };
  const missing = cell ? `periodic along ${pbc.filter(Boolean).length} of 3 lattice vectors` : "without a cell";
  throw new InvalidStructureError(`${what} needs a crystal, periodic along all three lattice vectors; this structure is ${missing}`);
}
