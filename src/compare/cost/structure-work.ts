import { attachStructureDescriptor } from "../../descriptors/registry.js";
import { speciesIndices } from "../../descriptors/species.js";
import type { SpeciesStructure, StructureDescriptorEvaluator, StructureDescriptorTables } from "../../descriptors/structure-descriptor.js";
import { namingStructure } from "../../environments/environments.js";
import type { StructurePart } from "../../environments/describe-task.js";
import type { Geometry } from "../../environments/geometry.js";
import type { Arena, Pointer } from "../../wasm/memory.js";
import type { Wasm } from "../../wasm/wasm.js";
import { DIFFERENCE_TRUST, disturbed, largest, relativeError, STEP, turned } from "./verified.js";
import type { Work } from "./work.js";

const VERIFIED = 2;

/** Whole structures, with places for the results of the largest. */
export class StructureWork implements Work {
  readonly unit = "structure";
  readonly size: number;
  readonly nFeatures: number;
  readonly nCenters = 0;
  readonly nPairs = 0;
  readonly nAtoms: number;
  readonly neighborsPerCenter = 0;
  readonly neighbors = undefined;
  readonly bytes: Work["bytes"];
  private readonly evaluator: StructureDescriptorEvaluator;
  private readonly structures: readonly SpeciesStructure[];
  private readonly row: Pointer;
  private readonly gradients: Pointer;
  private readonly forces: Pointer;
  private readonly derivatives: Pointer;
  private readonly strain: Pointer;

  constructor(
    private readonly wasm: Wasm,
    private readonly arena: Arena,
    tables: StructureDescriptorTables,
    parts: readonly StructurePart[],
  ) {
    const { nFeatures } = tables;
    this.evaluator = attachStructureDescriptor(wasm, tables);
    const filled = parts.map(({ geometry }) => geometry).filter(({ atomicNumbers }) => atomicNumbers.length > 0);
    this.structures = filled.map((geometry) => namingStructure(geometry.label, () => placed(geometry, tables)));
    this.size = this.structures.length;
    this.nFeatures = nFeatures;
    this.nAtoms = this.structures.reduce((sum, { species }) => sum + species.length, 0);
    const most = Math.max(0, ...this.structures.map(({ species }) => species.length));
    [this.row, this.gradients, this.derivatives, this.strain] = [1, 1, 3 * most, 9].map((count) => arena.f64(count * nFeatures));
    wasm.f64(this.gradients, nFeatures).fill(0.1);
    this.forces = arena.f64(3 * most + 9);
    this.bytes = { row: 8 * nFeatures, state: 0, jacobian: (8 * nFeatures * (3 * this.nAtoms + 9 * this.size)) / Math.max(1, this.size) };
  }

  readonly values = (): void => {
    for (const structure of this.structures) this.evaluator.values(structure, this.row, this.arena);
  };

  readonly backward = (): void => {
    for (const structure of this.structures) {
      this.evaluator.values(structure, this.row, this.arena);
      this.evaluator.backward(structure, this.row, this.gradients, this.forces, this.forces + 24 * structure.species.length, this.arena);
    }
  };

  readonly jacobian = (): void => {
    for (const structure of this.structures) {
      this.evaluator.values(structure, this.row, this.arena);
      this.evaluator.jacobian(structure, this.row, this.derivatives, this.strain, this.arena);
    }
  };

  verify(): number {
    return largest(this.structures.slice(0, VERIFIED).map((structure) => this.errorOf(moved(structure))));
  }

  /** As of environments: contraction, differences in the positions, rotation. */
  private errorOf(structure: SpeciesStructure): number {
    const { wasm, nFeatures } = this;
    const n = 3 * structure.species.length;
    const original = this.rowOf(structure);
    const weights = original.map((_, f) => Math.sin(f + 1));
    this.evaluator.jacobian(structure, this.row, this.derivatives, this.strain, this.arena);
    const jacobian = wasm.f64(this.derivatives, n * nFeatures).slice();
    const gradients = this.arena.mark();
    const at = this.arena.f64(nFeatures);
    wasm.f64(at, nFeatures).set(weights);
    this.evaluator.backward(structure, this.row, at, this.forces, this.forces + 8 * n, this.arena);
    this.arena.reset(gradients);
    const direction = Float64Array.from({ length: n }, (_, i) => Math.cos(7 * i));
    const along = new Float64Array(nFeatures);
    const ofAtoms = new Float64Array(n);
    for (let i = 0; i < n; i++) {
      for (let f = 0; f < nFeatures; f++) {
        along[f] += direction[i] * jacobian[i * nFeatures + f];
        ofAtoms[i] += weights[f] * jacobian[i * nFeatures + f];
      }
    }
    const errors = [relativeError(wasm.f64(this.forces, n).slice(), ofAtoms)];
    const stepped = (step: number): Float64Array => this.rowOf({ ...structure, positions: structure.positions.map((x, i) => x + step * direction[i]) });
    const [before, after] = [stepped(-STEP), stepped(STEP)];
    errors.push(relativeError(along, before.map((value, f) => (after[f] - value) / (2 * STEP))) * DIFFERENCE_TRUST);
    errors.push(relativeError(this.rowOf(turnedStructure(structure)), original));
    return largest(errors);
  }

  private rowOf(structure: SpeciesStructure): Float64Array {
    this.evaluator.values(structure, this.row, this.arena);
    return this.wasm.f64(this.row, this.nFeatures).slice();
  }
}

function placed(geometry: Geometry, { species }: StructureDescriptorTables): SpeciesStructure {
  const { positions, cell, pbc } = geometry;
  return { positions, cell, pbc, species: speciesIndices(geometry, species) };
}

/** With atoms moved a little: where they stand symmetrically, eigenvalues coincide and have no derivatives. */
function moved(structure: SpeciesStructure): SpeciesStructure {
  const zero = [0, 0, 0];
  const shifts = Array.from(structure.species, (_, atom) => disturbed(zero, atom)).flat();
  return { ...structure, positions: structure.positions.map((x, i) => x + shifts[i]) };
}

function turnedStructure(structure: SpeciesStructure): SpeciesStructure {
  const turnedRows = (vectors: Float64Array): Float64Array => {
    const result = new Float64Array(vectors.length);
    for (let i = 0; i < vectors.length; i += 3) result.set(turned([...vectors.subarray(i, i + 3)]), i);
    return result;
  };
  return { ...structure, positions: turnedRows(structure.positions), cell: structure.cell && turnedRows(structure.cell) };
}
