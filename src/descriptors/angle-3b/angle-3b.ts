import { InvalidParameterError } from "../../errors.js";
import { nextSerial } from "../../parallel/attached.js";
import { validate } from "../../validation.js";
import { alignUp, type MemoryPool } from "../../wasm/memory.js";
import { enumerations, recordBytes, writeRecord } from "../../wasm/records.js";
import type { Wasm } from "../../wasm/wasm.js";
import type { Descriptor, DescriptorMemory, DescriptorType, ExpectedNeighbors, ExpectedRows, Feature, PreparedDescriptor, SpeciesList } from "../descriptor.js";
import type { StateSize } from "../rows.js";
import { TupleEvaluator, type TupleRoutines } from "../tuples/evaluator.js";
import { ANY, checkTupleSpecies, shareOfPairs, tupleSpecies } from "../tuples/species.js";
import { type Angle3bParameters, angle3bSchema } from "./parameters.js";
import { angle3bCost } from "../tuples/cost.js";

const NO_STATE: StateSize = { perBatch: 0, perCenter: 0, perPair: 0 };
const LABELS = ["r_ij + r_ik", "(r_ij − r_ik)²", "r_jk", "weight"];
/** Bytes of a neighbor in both lists. */
const SCRATCH_PER_PAIR = 2 * 8 * enumerations.TripletColumn.count;

/**
 * Triplets of an atom with two neighbors: three coordinates that do not depend on the order of these, and a weight. One row for each unordered
 * triplet: GAP's `angle_3b`, Bartók & Csányi, Int. J. Quantum Chem. 115, 1051 (2015), doi:10.1002/qua.24927, which counts both orders.
 */
export class Angle3b implements Descriptor {
  readonly name = "angle-3b";
  readonly parameters: Angle3bParameters;
  readonly cutoff: number;
  readonly isSmoothAtCutoff = true;
  readonly rows = "tuple";
  readonly weighsRows = true;

  /** @throws {InvalidParameterError} */
  constructor(parameters: unknown) {
    this.parameters = validate(angle3bSchema, parameters, { what: this.name });
    const { center, species, cutoff } = this.parameters;
    checkTupleSpecies(this.name, [center, ...species]);
    if (species.filter((symbol) => symbol === ANY).length === 1) {
      throw new InvalidParameterError(`${this.name}: species [${species.join(", ")}] has one "${ANY}": give both neighbors a species, or neither`);
    }
    this.cutoff = cutoff.radius;
  }

  featureCount(): number {
    return LABELS.length;
  }

  features(): Feature[] {
    const { center, species } = this.parameters;
    return LABELS.map((label) => ({ label, bodyOrder: 3, channel: [center, ...species] }));
  }

  stateSize(): StateSize {
    return NO_STATE;
  }

  memory(): DescriptorMemory {
    const perBatch = alignUp(recordBytes("Environments")) + 2 * alignUp(1);
    return { tables: alignUp(recordBytes("AngleTables")), scratch: { perBatch, perCenter: 0, perPair: SCRATCH_PER_PAIR } };
  }

  expectedRows({ nCenters, nNeighbors, share }: ExpectedNeighbors): ExpectedRows {
    const { center, species } = this.parameters;
    const nPairs = (nNeighbors * Math.max(0, nNeighbors - 1)) / 2;
    return { nRows: nCenters * share(center) * nPairs * shareOfPairs(species, share), entriesPerRow: 2 };
  }

  prepare(wasm: Wasm, pool: MemoryPool, species: SpeciesList): PreparedDescriptor {
    const { center, cutoff } = this.parameters;
    const region = pool.allocate(recordBytes("AngleTables"), `parameters of ${this.name}`);
    const { pointer } = region;
    const [first, second] = this.parameters.species.map((symbol) => tupleSpecies(symbol, species));
    writeRecord(wasm, pointer, "AngleTables", {
      cosineStart: cutoff.radius - cutoff.width, cosineEnd: cutoff.radius, center: tupleSpecies(center, species), first, second,
    });
    const { name: descriptor, rows, weighsRows } = this;
    const tables = {
      serial: nextSerial(), descriptor, nFeatures: this.featureCount(), cutoff: this.cutoff, species, rows, weighsRows, stateSize: NO_STATE, data: { pointer },
    } as const;
    return { tables, release: () => pool.release(region) };
  }
}

const routinesOf = ({ routines }: Wasm): TupleRoutines => ({
  entriesPerRow: 2,
  scratchPerPair: SCRATCH_PER_PAIR,
  count: ({ nCenters, environments, tables }, ofCenters) => routines.angleRowCount(nCenters, environments, tables, ofCenters),
  rows: ({ nCenters, environments, tables, capacity, scratch }, offsets, pairs) =>
    routines.angleRows(nCenters, environments, tables, capacity, offsets, pairs, scratch),
  values: ({ nCenters, environments, tables, capacity, scratch }, out) => routines.angleValues(nCenters, environments, tables, capacity, out, scratch),
  jacobian: ({ nCenters, environments, tables, capacity, scratch }, out) => routines.angleJacobian(nCenters, environments, tables, capacity, out, scratch),
  backward: ({ nCenters, environments, tables, capacity, scratch }, gradients, out) =>
    routines.angleBackward(nCenters, environments, tables, capacity, gradients, out, scratch),
});

export const angle3bType: DescriptorType = {
  name: "angle-3b",
  schema: angle3bSchema,
  cost: angle3bCost,
  create: (parameters) => new Angle3b(parameters),
  attach: (wasm, tables) => new TupleEvaluator(wasm, tables, routinesOf(wasm)),
};
