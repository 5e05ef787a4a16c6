import type { DescriptorEvaluator, DescriptorTables } from "../../descriptors/descriptor.js";
import { attachDescriptor } from "../../descriptors/registry.js";
import { type RowBatch, sliceBatch, stateBytes } from "../../descriptors/rows.js";
import { buildEnvironments, namingStructure } from "../../environments/environments.js";
import type { StructurePart } from "../../environments/describe-task.js";
import type { Arena, Pointer } from "../../wasm/memory.js";
import type { Wasm } from "../../wasm/wasm.js";
import { verifyEnvironments } from "./verify-environments.js";
import type { Work } from "./work.js";

/** A Jacobian that is larger is made of fewer centers at a time, so that it stays in the cache. */
const JACOBIAN_BYTES = 2e6;
const VERIFIED = 3;

/** Environments of structures, with places for the results of the largest. */
export class EnvironmentWork implements Work {
  readonly unit = "environment";
  readonly size: number;
  readonly nFeatures: number;
  readonly nCenters: number;
  readonly nPairs: number;
  readonly nAtoms: number;
  readonly bytes: Work["bytes"];
  private readonly evaluator: DescriptorEvaluator;
  private readonly batches: readonly RowBatch[];
  /** Parts of the batches whose Jacobian is small. */
  private readonly parts: readonly RowBatch[];
  private readonly rows: Pointer;
  private readonly gradients: Pointer;
  private readonly state: Pointer;
  private readonly forces: Pointer;
  private readonly derivatives: Pointer;

  constructor(
    private readonly wasm: Wasm,
    private readonly arena: Arena,
    private readonly tables: DescriptorTables,
    private readonly structures: readonly StructurePart[],
    withDerivatives: boolean,
  ) {
    const evaluator = attachDescriptor(wasm, tables);
    this.evaluator = evaluator;
    this.batches = structures.map((structure) => this.list(structure)).filter(({ nCenters }) => nCenters > 0);
    const sum = (key: "nCenters" | "nPairs"): number => this.batches.reduce((total, batch) => total + batch[key], 0);
    [this.nCenters, this.nPairs] = [sum("nCenters"), sum("nPairs")];
    this.nAtoms = structures.reduce((total, { geometry, centers }) => total + (this.isDivisible && centers ? centers.length : geometry.atomicNumbers.length), 0);
    this.size = this.nCenters;
    this.nFeatures = tables.nFeatures;
    this.parts = this.batches.flatMap((batch) => this.cut(batch));
    const most = (batches: readonly RowBatch[], of: (batch: RowBatch) => number): number => Math.max(0, ...batches.map(of));
    const rowBytes = 8 * most(this.batches, ({ rows }) => rows.nRows) * tables.nFeatures;
    this.rows = arena.allocate(rowBytes);
    this.gradients = arena.allocate(rowBytes);
    wasm.f64(this.gradients, rowBytes / 8).fill(0.1);
    this.state = arena.allocate(most(this.batches, (batch) => stateBytes(tables.stateSize, batch)));
    this.forces = arena.f64(3 * most(this.batches, ({ nPairs }) => nPairs));
    const entries = withDerivatives ? most(this.parts, ({ rows }) => rows.nEntries) : 0;
    this.derivatives = arena.f64(3 * entries * tables.nFeatures);
    this.bytes = this.bytesOfUnits();
  }

  get neighborsPerCenter(): number {
    return this.nPairs / Math.max(1, this.nCenters);
  }

  readonly neighbors = (): void => {
    for (const structure of this.structures) {
      const mark = this.arena.mark();
      this.list(structure);
      this.arena.reset(mark);
    }
  };

  readonly values = (): void => {
    for (const batch of this.batches) this.evaluator.values(batch, this.rows, this.state, this.arena);
  };

  readonly backward = (): void => {
    for (const batch of this.batches) {
      this.evaluator.values(batch, this.rows, this.state, this.arena);
      this.evaluator.backward(batch, this.rows, this.state, this.gradients, this.forces, this.arena);
    }
  };

  readonly jacobian = (): void => {
    for (const part of this.parts) {
      this.evaluator.values(part, this.rows, this.state, this.arena);
      this.evaluator.jacobian(part, this.rows, this.state, this.derivatives, this.arena);
    }
  };

  verify(isInvariant: boolean): number {
    const chosen = new Set(Array.from({ length: VERIFIED }, (_, k) => Math.floor((k * (this.parts.length - 1)) / Math.max(1, VERIFIED - 1))));
    let largest = 0;
    for (const index of chosen) {
      const mark = this.arena.mark();
      largest = Math.max(largest, verifyEnvironments(this.wasm, this.evaluator, this.single(this.parts[index]), this.arena, isInvariant));
      this.arena.reset(mark);
    }
    return largest;
  }

  private list({ geometry, centers }: StructurePart): RowBatch {
    const of = this.isDivisible ? centers : null;
    const { batch } = namingStructure(geometry.label, () => buildEnvironments(this.wasm, this.arena, geometry, this.tables, of));
    return { ...batch, rows: this.evaluator.rows(batch, this.arena) };
  }

  /** Whether the rows of some centers can be made alone. */
  private get isDivisible(): boolean {
    return this.tables.rows !== "structure" && this.tables.stateSize.perBatch === 0;
  }

  private slice(batch: RowBatch, first: number, last: number): RowBatch {
    return sliceBatch(this.wasm, this.tables, { batch, values: 0, state: 0 }, first, last).batch;
  }

  /** One center that has neighbors, or all where they belong together. */
  private single(part: RowBatch): RowBatch {
    if (!this.isDivisible) return part;
    const offsets = this.wasm.i32(part.offsets, part.nCenters + 1);
    const center = Math.max(0, Array.from({ length: part.nCenters }, (_, i) => i).findIndex((i) => offsets[i + 1] > offsets[i]));
    return this.slice(part, center, center + 1);
  }

  private cut(batch: RowBatch): RowBatch[] {
    const perCenter = (24 * batch.rows.nEntries * this.tables.nFeatures) / batch.nCenters;
    const width = Math.max(1, Math.floor(JACOBIAN_BYTES / Math.max(1, perCenter)));
    if (!this.isDivisible || width >= batch.nCenters) return [batch];
    const parts: RowBatch[] = [];
    for (let first = 0; first < batch.nCenters; first += width) parts.push(this.slice(batch, first, Math.min(batch.nCenters, first + width)));
    return parts;
  }

  private bytesOfUnits(): Work["bytes"] {
    const { nFeatures, stateSize } = this.tables;
    const total = (of: (batch: RowBatch) => number): number => this.batches.reduce((sum, batch) => sum + of(batch), 0) / Math.max(1, this.nCenters);
    return {
      row: total(({ rows }) => 8 * rows.nRows * nFeatures),
      state: total((batch) => stateBytes(stateSize, batch)),
      jacobian: total(({ rows }) => 24 * rows.nEntries * nFeatures),
    };
  }
}
