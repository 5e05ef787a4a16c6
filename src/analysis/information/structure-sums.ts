import type { DescriptorTables, SpeciesList } from "../../descriptors/descriptor.js";
import { attachDescriptor, attachStructureDescriptor } from "../../descriptors/registry.js";
import { speciesIndices } from "../../descriptors/species.js";
import type { StructureDescriptorTables } from "../../descriptors/structure-descriptor.js";
import { buildEnvironments, namingStructure } from "../../environments/environments.js";
import type { Geometry } from "../../environments/geometry.js";
import { defineTask, type TaskContext } from "../../parallel/task.js";
import type { Pointer } from "../../wasm/memory.js";

export interface StructureSumsInput {
  readonly tables: DescriptorTables | StructureDescriptorTables;
  readonly geometry: Geometry;
  /** Of the data: the sums of each species of centers stand apart. */
  readonly species: SpeciesList;
  /** f64 [blocks × nFeatures] */
  readonly out: Pointer;
}

/** Blocks of columns that a structure has: one for each species of the centers, or one for a row that is about the structure. */
export function blockCount(tables: { readonly rows: string }, species: SpeciesList): number {
  return tables.rows === "center" ? species.length : 1;
}

/** Environments that are described at once. */
const CHUNK = 256;

/** Means over the atoms of a structure of their rows, species by species of the centers: Σ x/n. A row of a structure stays what it is. */
export const structureSumsTask = defineTask("analysis/structure-sums", (context: TaskContext, input: StructureSumsInput): null => {
  namingStructure(input.geometry.label, () => {
    if (input.tables.describes === "structures") wholeRow(context, input.tables, input);
    else if (input.tables.rows === "center") centerSums(context, input.tables, input);
    else structureRow(context, input.tables, input);
  });
  return null;
});

function wholeRow({ wasm, scratch }: TaskContext, tables: StructureDescriptorTables, { geometry, out }: StructureSumsInput): void {
  const { positions, cell, pbc } = geometry;
  attachStructureDescriptor(wasm, tables).values({ positions, species: speciesIndices(geometry, tables.species), cell, pbc }, out, scratch);
}

function structureRow({ wasm, scratch }: TaskContext, tables: DescriptorTables, { geometry, out }: StructureSumsInput): void {
  const descriptor = attachDescriptor(wasm, tables);
  const { batch } = buildEnvironments(wasm, scratch, geometry, tables, null);
  descriptor.values({ ...batch, rows: descriptor.rows(batch, scratch) }, out, 0, scratch);
}

function centerSums({ wasm, scratch }: TaskContext, tables: DescriptorTables, { geometry, species, out }: StructureSumsInput): void {
  const { nFeatures } = tables;
  const descriptor = attachDescriptor(wasm, tables);
  const nAtoms = geometry.atomicNumbers.length;
  wasm.f64(out, species.length * nFeatures).fill(0);
  for (let first = 0; first < nAtoms; first += CHUNK) {
    const mark = scratch.mark();
    const count = Math.min(CHUNK, nAtoms - first);
    const { batch } = buildEnvironments(wasm, scratch, geometry, tables, Int32Array.from({ length: count }, (_, i) => first + i));
    const values = scratch.f64(count * nFeatures);
    descriptor.values({ ...batch, rows: descriptor.rows(batch, scratch) }, values, 0, scratch);
    const [rows, sums] = [wasm.f64(values, count * nFeatures), wasm.f64(out, species.length * nFeatures)];
    for (let i = 0, at = 0; i < count; i++) {
      const block = species.indexOf(geometry.atomicNumbers[first + i]) * nFeatures;
      for (let f = 0; f < nFeatures; f++, at++) sums[block + f] += rows[at] / nAtoms;
    }
    scratch.reset(mark);
  }
}
