import type { DescriptorTables, SpeciesList } from "../../descriptors/descriptor.js";
import { attachDescriptor, attachStructureDescriptor } from "../../descriptors/registry.js";
import { sliceBatch } from "../../descriptors/rows.js";
import { speciesIndices } from "../../descriptors/species.js";
import type { StructureDescriptorTables } from "../../descriptors/structure-descriptor.js";
import { buildEnvironments, describeEnvironments, namingStructure } from "../../environments/environments.js";
import type { Geometry } from "../../environments/geometry.js";
import { type Matrix, matrix, transpose } from "../../linalg/matrix.js";
import { gemm, syrk } from "../../linalg/product.js";
import { defineTask, type TaskContext } from "../../parallel/task.js";
import { blockCount } from "./structure-sums.js";
import type { NormalEquations } from "./ridge.js";

export interface ForceEquationsInput {
  readonly tables: DescriptorTables | StructureDescriptorTables;
  readonly geometry: Geometry;
  /** Of the data: each species of centers has coefficients of its own. */
  readonly species: SpeciesList;
  /** length × nFeatures: principal components */
  readonly components: Matrix;
  /** eV/Å, nAtoms × 3 */
  readonly forces: Float64Array;
}

/** Bytes of a tile of the Jacobian. */
const TILE_BYTES = 4e6;

/** Normal equations of forces that are linear in coefficients of principal components, see `forceDesign`. */
export const forceEquationsTask = defineTask("analysis/force-equations", (context: TaskContext, input: ForceEquationsInput): NormalEquations =>
  namingStructure(input.geometry.label, () => {
    const { wasm, scratch } = context;
    const design = forceDesign(context, input);
    const size = design.columns;
    const { forces } = input;
    const products = matrix(scratch.f64(size * size), size, size);
    syrk(wasm, scratch, 1, transpose(design), 0, products);
    const moments = new Float64Array(size);
    const rows = wasm.f64(design.pointer, design.rows * size);
    forces.forEach((force, row) => {
      for (let k = 0; k < size; k++) moments[k] += force * rows[row * size + k];
    });
    const squares = forces.reduce((sum, force) => sum + force * force, 0);
    return { products: wasm.f64(products.pointer, size * size).slice(), moments, squares, count: forces.length };
  }),
);

/**
 * Forces of the energy Σ_i Σ_k w_k (x_i · v_k) with coefficients for each species of the center, or n Σ_k w_k (x · v_k) for a row x about the
 * whole structure: F = A w, A in the scratch, 3 nAtoms × (blocks · length). The Jacobian is projected on the components tile by tile.
 */
export function forceDesign(context: TaskContext, input: ForceEquationsInput): Matrix {
  const { geometry, species, components, tables } = input;
  const nAtoms = geometry.atomicNumbers.length;
  const size = blockCount(tables, species) * components.rows;
  const design = matrix(context.scratch.f64(3 * nAtoms * size), 3 * nAtoms, size);
  context.wasm.f64(design.pointer, 3 * nAtoms * size).fill(0);
  const mark = context.scratch.mark();
  if (tables.describes === "structures") wholeDesign(context, tables, input, design);
  else environmentDesign(context, tables, input, design);
  context.scratch.reset(mark);
  return design;
}

function wholeDesign({ wasm, scratch }: TaskContext, tables: StructureDescriptorTables, { geometry, components }: ForceEquationsInput, design: Matrix): void {
  const { positions, cell, pbc } = geometry;
  const nAtoms = geometry.atomicNumbers.length;
  const { nFeatures } = tables;
  const descriptor = attachStructureDescriptor(wasm, tables);
  const structure = { positions, species: speciesIndices(geometry, tables.species), cell, pbc };
  const [values, jacobian, strain] = [nFeatures, 3 * nAtoms * nFeatures, 9 * nFeatures].map((count) => scratch.f64(count));
  descriptor.values(structure, values, scratch);
  descriptor.jacobian(structure, values, jacobian, strain, scratch);
  gemm(wasm, scratch, -nAtoms, matrix(jacobian, 3 * nAtoms, nFeatures), transpose(components), 0, design);
}

function environmentDesign({ wasm, scratch }: TaskContext, tables: DescriptorTables, input: ForceEquationsInput, design: Matrix): void {
  const { geometry, species, components } = input;
  const length = components.rows;
  const { nFeatures } = tables;
  const descriptor = attachDescriptor(wasm, tables);
  const nAtoms = geometry.atomicNumbers.length;
  const described = describeEnvironments(scratch, buildEnvironments(wasm, scratch, geometry, tables, null), descriptor);
  const { list } = described;
  const offsets = wasm.i32(list.offsets, list.nCenters + 1).slice();
  const isOfCenters = tables.rows === "center";
  const atOnce = Math.max(1, Math.floor(TILE_BYTES / (24 * nFeatures)));
  const scale = isOfCenters ? 1 : nAtoms;
  for (let first = 0; first < list.nCenters; ) {
    let last = isOfCenters ? first + 1 : list.nCenters;
    while (last < list.nCenters && offsets[last + 1] - offsets[first] <= atOnce) last++;
    const mark = scratch.mark();
    const part = isOfCenters ? sliceBatch(wasm, tables, described, first, last) : described;
    const nPairs = offsets[last] - offsets[first];
    const [jacobian, projected] = [scratch.f64(3 * nPairs * nFeatures), matrix(scratch.f64(3 * nPairs * length), 3 * nPairs, length)];
    descriptor.jacobian(part.batch, part.values, part.state, jacobian, scratch);
    if (nPairs > 0) gemm(wasm, scratch, scale, matrix(jacobian, 3 * nPairs, nFeatures), transpose(components), 0, projected);
    const [centers, neighbors] = [wasm.i32(list.centerAtoms, list.nCenters), wasm.i32(list.neighborAtoms, list.nPairs)];
    const [from, to] = [wasm.f64(projected.pointer, 3 * nPairs * length), wasm.f64(design.pointer, design.rows * design.columns)];
    for (let center = first; center < last; center++) {
      const atom = centers[center];
      const block = isOfCenters ? species.indexOf(geometry.atomicNumbers[atom]) * length : 0;
      for (let pair = offsets[center]; pair < offsets[center + 1]; pair++) {
        for (let axis = 0; axis < 3; axis++) {
          const [source, plus, minus] = [
            (3 * (pair - offsets[first]) + axis) * length,
            (3 * atom + axis) * design.columns + block,
            (3 * neighbors[pair] + axis) * design.columns + block,
          ];
          // F = −∂E/∂r: the center is displaced against the pair
          for (let k = 0; k < length; k++) {
            to[plus + k] += from[source + k];
            to[minus + k] -= from[source + k];
          }
        }
      }
    }
    scratch.reset(mark);
    first = last;
  }
}
