import type { DescriptorEvaluator, DescriptorTables } from "../descriptors/descriptor.js";
import { attachDescriptor, attachStructureDescriptor } from "../descriptors/registry.js";
import { speciesIndices } from "../descriptors/species.js";
import type { StructureDescriptorTables } from "../descriptors/structure-descriptor.js";
import type { EnvironmentBatch } from "../neighbors/environment-batch.js";
import { defineTask, type TaskContext } from "../parallel/task.js";
import type { Pointer } from "../wasm/memory.js";
import { buildEnvironments, namingStructure } from "./environments.js";
import type { Geometry } from "./geometry.js";

/** Some centers of one structure. Plain data: it may cross threads. */
export interface StructurePart {
  readonly geometry: Geometry;
  /** null: all atoms */
  readonly centers: Int32Array | null;
}

/** What is to be described, and where the results go. */
export interface DescribePiece {
  /** Part of a structure, or environments that are listed already. */
  readonly of: StructurePart | { readonly batch: EnvironmentBatch };
  /** f64 [nRows × nFeatures] */
  readonly values: Pointer;
  /** `stateBytes` of the batch; 0 where no derivatives will be wanted */
  readonly state: Pointer;
}

/** Describes pieces one after the other. Everything that makes rows for others to read goes through it. */
export const describeTask = defineTask(
  "environments/describe",
  (context: TaskContext, { tables, pieces }: { readonly tables: DescriptorTables; readonly pieces: readonly DescribePiece[] }): null => {
    const { wasm, scratch } = context;
    const descriptor = attachDescriptor(wasm, tables);
    for (const { of, values, state } of pieces) {
      const mark = scratch.mark();
      withEnvironments(context, tables, of, (batch) => {
        descriptor.values({ ...batch, rows: descriptor.rows(batch, scratch) }, values, state, scratch);
      });
      scratch.reset(mark);
    }
    return null;
  },
);

/** What the rows of a part of a structure are about, where that cannot be told without its neighbors. */
export interface RowIndex {
  readonly nRows: number;
  /** nRows × (1 + nNeighbors): the center of each row and the neighbors it depends on, −1 where it has fewer than others; atoms */
  readonly members: Int32Array;
}

/** Describes whole structures one after the other. */
export const describeWholeTask = defineTask(
  "environments/describe-whole",
  (
    { wasm, scratch }: TaskContext,
    { tables, pieces }: { readonly tables: StructureDescriptorTables; readonly pieces: readonly { readonly geometry: Geometry; readonly values: Pointer }[] },
  ): null => {
    const descriptor = attachStructureDescriptor(wasm, tables);
    for (const { geometry, values } of pieces) {
      const { positions, cell, pbc, label } = geometry;
      namingStructure(label, () => descriptor.values({ positions, species: speciesIndices(geometry, tables.species), cell, pbc }, values, scratch));
    }
    return null;
  },
);

/** Finds the rows of parts of structures without describing them. */
export const indexRowsTask = defineTask(
  "environments/index-rows",
  (context: TaskContext, { tables, parts }: { readonly tables: DescriptorTables; readonly parts: readonly StructurePart[] }): RowIndex[] => {
    const descriptor = attachDescriptor(context.wasm, tables);
    return parts.map((part) => {
      const mark = context.scratch.mark();
      const { geometry, centers } = part;
      const { list, batch } = namingStructure(geometry.label, () => buildEnvironments(context.wasm, context.scratch, geometry, tables, centers));
      const index = membersOf(context, descriptor, list, batch);
      context.scratch.reset(mark);
      return index;
    });
  },
);

function withEnvironments(
  { wasm, scratch }: TaskContext,
  tables: DescriptorTables,
  of: DescribePiece["of"],
  run: (batch: EnvironmentBatch) => void,
): void {
  if ("batch" in of) return run(of.batch);
  const { geometry, centers } = of;
  namingStructure(geometry.label, () => run(buildEnvironments(wasm, scratch, geometry, tables, centers).batch));
}

function membersOf(
  { wasm, scratch }: TaskContext,
  descriptor: DescriptorEvaluator,
  list: { readonly centerAtoms: Pointer; readonly neighborAtoms: Pointer },
  batch: EnvironmentBatch,
): RowIndex {
  const { nRows, nEntries, offsets, pairs, ofCenters } = descriptor.rows(batch, scratch);
  const ends = wasm.i32(offsets, nRows + 1);
  const entryPairs = pairs ? wasm.i32(pairs, nEntries) : undefined;
  const firstRows = ofCenters ? wasm.i32(ofCenters, batch.nCenters + 1) : undefined;
  const [centerAtoms, neighborAtoms] = [wasm.i32(list.centerAtoms, batch.nCenters), wasm.i32(list.neighborAtoms, batch.nPairs)];
  let width = 1;
  for (let row = 0; row < nRows; row++) width = Math.max(width, 1 + ends[row + 1] - ends[row]);
  const members = new Int32Array(nRows * width).fill(-1);
  for (let center = 0, row = 0; row < nRows; row++) {
    while (firstRows ? firstRows[center + 1] - firstRows[0] <= row : center < row) center++;
    members[row * width] = centerAtoms[center];
    for (let entry = ends[row], k = 1; entry < ends[row + 1]; entry++, k++) members[row * width + k] = neighborAtoms[entryPairs?.[entry] ?? entry];
  }
  return { nRows, members };
}
