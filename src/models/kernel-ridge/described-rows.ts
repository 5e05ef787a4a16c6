import { attachDescriptor, attachStructureDescriptor } from "../../descriptors/registry.js";
import type { DescriptorEvaluator, DescriptorTables } from "../../descriptors/descriptor.js";
import { speciesIndices } from "../../descriptors/species.js";
import type { SpeciesStructure, StructureDescriptorEvaluator, StructureDescriptorTables } from "../../descriptors/structure-descriptor.js";
import { buildEnvironments, centersOf, describeEnvironments } from "../../environments/environments.js";
import type { Geometry } from "../../environments/geometry.js";
import { placeNeighborList } from "../../neighbors/layout.js";
import type { Arena, Pointer } from "../../wasm/memory.js";
import type { Wasm } from "../../wasm/wasm.js";

/** Tables of a descriptor of either kind. */
export type RowTables = DescriptorTables | StructureDescriptorTables;

/** Derivatives of one row in the positions of some atoms: three rows for each. */
export interface RowJacobian {
  /** The atoms that the row depends on, ascending. */
  readonly atoms: Int32Array;
  /** f64 [3 · atoms × nFeatures], 1/Å, in the arena */
  readonly rows: Pointer;
}

/** The rows that a descriptor makes of one structure: one for each of some atoms, or one for the structure. In the arena. */
export interface DescribedRows {
  /** None for a structure without centers. */
  readonly nRows: number;
  /** f64 [nRows × nFeatures] */
  readonly values: Pointer;
  /** Atom of each row; empty where the row is that of the structure. */
  readonly atoms: Int32Array;
  /** Atomic number of each row; 0 where it is that of the structure. */
  readonly kinds: Int32Array;
  /**
   * Adds −∂E/∂r to forces and −∂E/∂ε to the virial.
   * @param gradients f64 [nRows × nFeatures], ∂E/∂X
   * @param forces f64 [nAtoms × 3]; virial f64 [3 × 3]
   */
  addForces(gradients: Pointer, forces: Pointer, virial: Pointer, scratch: Arena): void;
  /** Derivatives of every row in the positions, all periodic images of an atom together; they stay in the arena. */
  jacobians(scratch: Arena): RowJacobian[];
}

/** Describes structures on one thread, whatever a row is about. */
export interface RowDescriber {
  /** @throws {InvalidStructureError} for a species that is not in the tables, and structures that cannot be described */
  describe(geometry: Geometry, scratch: Arena): DescribedRows;
}

/**
 * Binds tables of a descriptor to one thread.
 * @param centers species indices; null: all atoms
 */
export function rowDescriber(wasm: Wasm, tables: RowTables, centers: readonly number[] | null): RowDescriber {
  if (tables.describes === "structures") return new StructureRows(wasm, attachStructureDescriptor(wasm, tables));
  return new EnvironmentRows(wasm, attachDescriptor(wasm, tables), centers);
}

/** Rows of descriptors of whole structures. */
class StructureRows implements RowDescriber {
  constructor(
    private readonly wasm: Wasm,
    private readonly descriptor: StructureDescriptorEvaluator,
  ) {}

  describe(geometry: Geometry, scratch: Arena): DescribedRows {
    const { wasm, descriptor } = this;
    const { nFeatures, species } = descriptor.tables;
    const { positions, cell, pbc } = geometry;
    const structure: SpeciesStructure = { positions, species: speciesIndices(geometry, species), cell, pbc };
    const nAtoms = structure.species.length;
    const values = scratch.f64(nFeatures);
    descriptor.values(structure, values, scratch);
    return {
      nRows: 1,
      values,
      atoms: new Int32Array(0),
      kinds: new Int32Array(1),
      addForces(gradients, forces, virial, arena) {
        const mark = arena.mark();
        const [slopes, strain] = [arena.f64(3 * nAtoms), arena.f64(9)];
        descriptor.backward(structure, values, gradients, slopes, strain, arena);
        subtract(wasm, forces, slopes, 3 * nAtoms);
        subtract(wasm, virial, strain, 9);
        arena.reset(mark);
      },
      jacobians(arena) {
        const rows = arena.f64(3 * nAtoms * nFeatures);
        const mark = arena.mark();
        descriptor.jacobian(structure, values, rows, arena.f64(9 * nFeatures), arena);
        arena.reset(mark);
        return [{ atoms: Int32Array.from({ length: nAtoms }, (_, atom) => atom), rows }];
      },
    };
  }
}

function subtract(wasm: Wasm, from: Pointer, what: Pointer, count: number): void {
  const target = wasm.f64(from, count);
  wasm.f64(what, count).forEach((value, i) => (target[i] -= value));
}

/** Rows of environments, and their mean over a structure. */
class EnvironmentRows implements RowDescriber {
  constructor(
    private readonly wasm: Wasm,
    private readonly descriptor: DescriptorEvaluator,
    private readonly centers: readonly number[] | null,
  ) {}

  describe(geometry: Geometry, scratch: Arena): DescribedRows {
    const { wasm, descriptor } = this;
    const { tables } = descriptor;
    const nAtoms = geometry.atomicNumbers.length;
    const centers = centersOf(speciesIndices(geometry, tables.species), { first: 0, last: nAtoms }, this.centers);
    const environments = buildEnvironments(wasm, scratch, geometry, tables, centers);
    const { batch, list, values, state } = describeEnvironments(scratch, environments, descriptor);
    const { rows } = batch;
    return {
      nRows: rows.nRows,
      values,
      atoms: rows.kind === "structure" ? new Int32Array(0) : centers,
      kinds: rows.kind === "structure" ? new Int32Array(rows.nRows) : centers.map((atom) => geometry.atomicNumbers[atom]),
      addForces(gradients, forces, virial, arena) {
        if (rows.nRows === 0) return;
        const mark = arena.mark();
        const pairGradients = arena.f64(3 * list.nPairs);
        descriptor.backward(batch, values, state, gradients, pairGradients, arena);
        wasm.routines.scatterForces(placeNeighborList(wasm, arena, list), pairGradients, forces, virial);
        arena.reset(mark);
      },
      jacobians(arena) {
        const offsets = wasm.i32(list.offsets, list.nCenters + 1).slice();
        const [centerAtoms, neighborAtoms] = [wasm.i32(list.centerAtoms, list.nCenters).slice(), wasm.i32(list.neighborAtoms, list.nPairs).slice()];
        const ofRow = (row: number): { pairs: Int32Array; owners: Int32Array } => {
          const [first, last] = rows.kind === "structure" ? [0, list.nPairs] : [offsets[row], offsets[row + 1]];
          const pairs = Int32Array.from({ length: last - first }, (_, k) => first + k);
          let center = 0;
          const owners = pairs.map((pair) => {
            while (offsets[center + 1] <= pair) center++;
            return centerAtoms[center];
          });
          return { pairs, owners };
        };
        const spans = Array.from({ length: rows.nRows }, (_, row) => {
          const { pairs, owners } = ofRow(row);
          const own = rows.kind === "structure" ? [...centerAtoms] : [centerAtoms[row]];
          const atoms = Int32Array.from(new Set([...own, ...Array.from(pairs, (pair) => neighborAtoms[pair])])).sort();
          return { pairs, owners, atoms, rows: arena.f64(3 * atoms.length * tables.nFeatures) };
        });
        const mark = arena.mark();
        const jacobian = arena.f64(3 * list.nPairs * tables.nFeatures);
        if (rows.nRows > 0) descriptor.jacobian(batch, values, state, jacobian, arena);
        for (const span of spans) fold(wasm, jacobian, neighborAtoms, tables.nFeatures, span);
        arena.reset(mark);
        return spans.map(({ atoms, rows: pointer }) => ({ atoms, rows: pointer }));
      },
    };
  }
}

interface FoldedSpan extends RowJacobian {
  readonly pairs: Int32Array;
  /** Atom of the center of each pair. */
  readonly owners: Int32Array;
}

/** A displacement of a pair moves its neighbor, and its center the other way. */
function fold(wasm: Wasm, jacobian: Pointer, neighborAtoms: Int32Array, nFeatures: number, { pairs, owners, atoms, rows }: FoldedSpan): void {
  const width = 3 * nFeatures;
  const out = wasm.f64(rows, atoms.length * width).fill(0);
  pairs.forEach((pair, k) => {
    const source = wasm.f64(jacobian + 8 * pair * width, width);
    const [to, from] = [atoms.indexOf(neighborAtoms[pair]) * width, atoms.indexOf(owners[k]) * width];
    for (let f = 0; f < width; f++) {
      out[to + f] += source[f];
      out[from + f] -= source[f];
    }
  });
}
