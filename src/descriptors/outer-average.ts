import { z } from "zod";
import type { EnvironmentBatch } from "../neighbors/environment-batch.js";
import { nextSerial } from "../parallel/attached.js";
import { alignUp, type Arena, type MemoryPool, type Pointer } from "../wasm/memory.js";
import type { Wasm } from "../wasm/wasm.js";
import { validate } from "../validation.js";
import type { DataStatistics, Descriptor, DescriptorAttachment, DescriptorEvaluator, DescriptorMemory, DescriptorTables, DescriptorType, PreparedDescriptor, SpeciesList } from "./descriptor.js";
import { DescriptorAround } from "./descriptor-around.js";
import { requireCenterRows } from "./requirements.js";
import { centerRows, type DescribedBatch, type RowBatch, type Rows, sliceBatch, type StateSize, structureRows } from "./rows.js";

/** Centers whose rows are held at once where no derivatives are wanted. */
const TILE = 256;

/**
 * The mean over the centers of a structure of the rows of another descriptor: one row for each structure.
 * Its name and parameters are those of the descriptor that is averaged, with `average: outer`.
 */
export class OuterAverage extends DescriptorAround implements Descriptor {
  /**
   * @param descriptor one with a row for each center
   * @throws {InvalidParameterError} for one that has not
   */
  constructor(descriptor: Descriptor) {
    super(descriptor);
    requireCenterRows(descriptor, "averages over the centers of a structure");
  }

  get parameters(): Descriptor["parameters"] {
    return { ...this.descriptor.parameters, average: "outer" };
  }

  override get rows(): "structure" {
    return "structure";
  }

  get learn(): Descriptor["learn"] {
    const { learn } = this.descriptor;
    return learn && (async (data: DataStatistics<Descriptor>) => new OuterAverage(await learn(data)));
  }

  get radiallyReduced(): Descriptor["radiallyReduced"] {
    const { radiallyReduced } = this.descriptor;
    return radiallyReduced && ((reduction) => new OuterAverage(radiallyReduced(reduction)));
  }

  /** A mean of sums is the sum of means. */
  get reducedFrom(): Descriptor["reducedFrom"] {
    const { reducedFrom } = this.descriptor;
    return reducedFrom && { ...reducedFrom, descriptor: new OuterAverage(reducedFrom.descriptor) };
  }

  stateSize(species: SpeciesList): StateSize {
    return sizeAround(this.descriptor.stateSize(species), this.featureCount(species));
  }

  memory(species: SpeciesList): DescriptorMemory {
    const { tables, scratch } = this.innerMemory(species);
    return { tables, scratch: sizeAround(scratch, this.featureCount(species)) };
  }

  prepare(wasm: Wasm, pool: MemoryPool, species: SpeciesList): PreparedDescriptor {
    const { tables: part, release } = this.descriptor.prepare(wasm, pool, species);
    const tables: DescriptorTables = {
      ...part,
      serial: nextSerial(),
      descriptor: outerAverageAttachment.name,
      rows: this.rows,
      stateSize: sizeAround(part.stateSize, part.nFeatures),
      data: {},
      parts: [part],
    };
    return { tables, release };
  }
}

/** Rows of all centers, aligned, beside what the averaged descriptor takes. */
function sizeAround({ perBatch, perCenter, perPair }: StateSize, nFeatures: number): StateSize {
  return { perBatch: perBatch + alignUp(1), perCenter: perCenter + 8 * nFeatures, perPair };
}

class OuterAverageEvaluator implements DescriptorEvaluator {
  constructor(
    private readonly wasm: Wasm,
    readonly tables: DescriptorTables,
    private readonly averaged: DescriptorEvaluator,
  ) {}

  rows(batch: EnvironmentBatch, arena: Arena): Rows {
    return structureRows(this.wasm, batch, arena);
  }

  values(batch: RowBatch, out: Pointer, state: Pointer, scratch: Arena): void {
    const { nCenters } = batch;
    if (nCenters === 0) return;
    const { nFeatures } = this.tables;
    const sum = this.wasm.f64(out, nFeatures).fill(0);
    const add = (rows: Pointer, count: number): void => {
      const values = this.wasm.f64(rows, count * nFeatures);
      for (let row = 0; row < count; row++) for (let f = 0; f < nFeatures; f++) sum[f] += values[row * nFeatures + f];
    };
    if (state) {
      const inner = this.inner(batch, state);
      this.averaged.values(inner.batch, inner.values, inner.state, scratch);
      add(inner.values, nCenters);
    } else this.addTiles(batch, add, scratch);
    for (let f = 0; f < nFeatures; f++) sum[f] /= nCenters;
  }

  jacobian(batch: RowBatch, _values: Pointer, state: Pointer, out: Pointer, scratch: Arena): void {
    if (batch.nCenters === 0) return;
    const inner = this.inner(batch, state);
    this.averaged.jacobian(inner.batch, inner.values, inner.state, out, scratch);
    const jacobian = this.wasm.f64(out, 3 * batch.nPairs * this.tables.nFeatures);
    for (let i = 0; i < jacobian.length; i++) jacobian[i] /= batch.nCenters;
  }

  backward(batch: RowBatch, _values: Pointer, state: Pointer, gradients: Pointer, out: Pointer, scratch: Arena): void {
    const { nCenters } = batch;
    if (nCenters === 0) return;
    const { nFeatures } = this.tables;
    const mark = scratch.mark();
    const inner = this.inner(batch, state);
    const ofCenters = scratch.f64(nCenters * nFeatures);
    const share = this.wasm.f64(gradients, nFeatures).map((gradient) => gradient / nCenters);
    const rows = this.wasm.f64(ofCenters, nCenters * nFeatures);
    for (let center = 0; center < nCenters; center++) rows.set(share, center * nFeatures);
    this.averaged.backward(inner.batch, inner.values, inner.state, ofCenters, out, scratch);
    scratch.reset(mark);
  }

  /** Where rows and state of the averaged descriptor stand in the state. */
  private inner(batch: EnvironmentBatch, state: Pointer): DescribedBatch {
    return { batch: { ...batch, rows: centerRows(batch) }, values: state, state: state + alignUp(8 * batch.nCenters * this.tables.nFeatures) };
  }

  private addTiles(batch: EnvironmentBatch, add: (rows: Pointer, count: number) => void, scratch: Arena): void {
    const { nCenters } = batch;
    const all = { batch: { ...batch, rows: centerRows(batch) }, values: 0, state: 0 };
    const mark = scratch.mark();
    const values = scratch.f64(Math.min(nCenters, TILE) * this.tables.nFeatures);
    for (let first = 0; first < nCenters; first += TILE) {
      const last = Math.min(nCenters, first + TILE);
      this.averaged.values(sliceBatch(this.wasm, this.averaged.tables, all, first, last).batch, values, 0, scratch);
      add(values, last - first);
    }
    scratch.reset(mark);
  }
}

export const outerAverageAttachment: DescriptorAttachment = {
  name: "outer-average",
  attach: (wasm, tables, attachPart) => new OuterAverageEvaluator(wasm, tables, attachPart(tables.parts![0])),
};

const averageKey = {
  average: z.enum(["off", "outer"]).default("off").describe("outer: one row for each structure, the mean of the rows of its centers"),
};

/** A type whose descriptors have rows of centers, with the mean over a structure as an option. */
export function averaged(type: DescriptorType): DescriptorType {
  const schema = type.schema.safeExtend(averageKey);
  return {
    ...type,
    schema,
    create: (parameters) => {
      const { average, ...own } = parameters as { readonly average?: unknown };
      if (average === undefined) return type.create(own);
      const isAverage = validate(z.object(averageKey), { average }, { what: type.name }).average === "outer";
      const descriptor = type.create(own);
      return isAverage ? new OuterAverage(descriptor) : descriptor;
    },
  };
}
