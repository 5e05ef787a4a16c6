import { InvalidParameterError } from "../../errors.js";
import { nextSerial } from "../../parallel/attached.js";
import { validate } from "../../validation.js";
import { alignUp, type MemoryPool } from "../../wasm/memory.js";
import { recordBytes, writeRecord } from "../../wasm/records.js";
import type { Wasm } from "../../wasm/wasm.js";
import type { Descriptor, DescriptorMemory, DescriptorType, ExpectedNeighbors, ExpectedRows, Feature, PreparedDescriptor, SpeciesList } from "../descriptor.js";
import type { StateSize } from "../rows.js";
import { TupleEvaluator, type TupleRoutines } from "../tuples/evaluator.js";
import { checkTupleSpecies, shareOfPairs, tupleSpecies } from "../tuples/species.js";
import { type Distance2bParameters, distance2bSchema } from "./parameters.js";
import { distance2bCost } from "../tuples/cost.js";

const NO_STATE: StateSize = { perBatch: 0, perCenter: 0, perPair: 0 };

/**
 * Pairs of atoms of two species: powers of their distance, and a weight. One row for each pair, from both ends: GAP's `distance_2b`, Bartók &
 * Csányi, Int. J. Quantum Chem. 115, 1051 (2015), doi:10.1002/qua.24927.
 */
export class Distance2b implements Descriptor {
  readonly name = "distance-2b";
  readonly parameters: Distance2bParameters;
  readonly cutoff: number;
  readonly isSmoothAtCutoff = true;
  readonly rows = "tuple";
  readonly weighsRows = true;

  /** @throws {InvalidParameterError} */
  constructor(parameters: unknown) {
    this.parameters = validate(distance2bSchema, parameters, { what: this.name });
    const { species, exponents, cutoff } = this.parameters;
    checkTupleSpecies(this.name, species);
    if (exponents.includes(0)) throw new InvalidParameterError(`${this.name}: exponents contains 0, which makes a column of ones: leave it out`);
    if (new Set(exponents).size < exponents.length) throw new InvalidParameterError(`${this.name}: exponents [${exponents.join(", ")}] names one twice`);
    this.cutoff = cutoff.radius;
  }

  featureCount(): number {
    return this.parameters.exponents.length + 1;
  }

  features(): Feature[] {
    const { species, exponents } = this.parameters;
    const labels = exponents.map((exponent) => (exponent === 1 ? "r" : `r^${exponent}`));
    return [...labels, "weight"].map((label) => ({ label, bodyOrder: 2, channel: species }));
  }

  stateSize(): StateSize {
    return NO_STATE;
  }

  memory(): DescriptorMemory {
    const tables = alignUp(recordBytes("DistanceTables")) + alignUp(4 * this.parameters.exponents.length);
    return { tables, scratch: { perBatch: alignUp(recordBytes("Environments")) + 2 * alignUp(1), perCenter: 0, perPair: 0 } };
  }

  expectedRows({ nCenters, nNeighbors, share }: ExpectedNeighbors): ExpectedRows {
    return { nRows: nCenters * nNeighbors * shareOfPairs(this.parameters.species, share), entriesPerRow: 1 };
  }

  prepare(wasm: Wasm, pool: MemoryPool, species: SpeciesList): PreparedDescriptor {
    const { exponents, cutoff, tail } = this.parameters;
    const bytes = alignUp(recordBytes("DistanceTables"));
    const region = pool.allocate(bytes + 4 * exponents.length, `parameters of ${this.name}`);
    const { pointer } = region;
    wasm.i32(pointer + bytes, exponents.length).set(exponents);
    const [first, second] = this.parameters.species.map((symbol) => tupleSpecies(symbol, species));
    writeRecord(wasm, pointer, "DistanceTables", {
      cosineStart: cutoff.radius - cutoff.width, cosineEnd: cutoff.radius, tailRange: tail?.range ?? 0, tailExponent: tail?.exponent ?? 0,
      first, second, nExponents: exponents.length, exponents: pointer + bytes,
    });
    const { name: descriptor, rows, weighsRows } = this;
    const tables = {
      serial: nextSerial(), descriptor, nFeatures: this.featureCount(), cutoff: this.cutoff, species, rows, weighsRows, stateSize: NO_STATE, data: { pointer },
    } as const;
    return { tables, release: () => pool.release(region) };
  }
}

const routinesOf = ({ routines }: Wasm): TupleRoutines => ({
  entriesPerRow: 1,
  scratchPerPair: 0,
  count: ({ nCenters, environments, tables }, ofCenters) => routines.distanceRowCount(nCenters, environments, tables, ofCenters),
  rows: ({ nCenters, environments, tables }, offsets, pairs) => routines.distanceRows(nCenters, environments, tables, offsets, pairs),
  values: ({ nCenters, environments, tables }, out) => routines.distanceValues(nCenters, environments, tables, out),
  jacobian: ({ nCenters, environments, tables }, out) => routines.distanceJacobian(nCenters, environments, tables, out),
  backward: ({ nCenters, environments, tables }, gradients, out) => routines.distanceBackward(nCenters, environments, tables, gradients, out),
});

export const distance2bType: DescriptorType = {
  name: "distance-2b",
  schema: distance2bSchema,
  cost: distance2bCost,
  create: (parameters) => new Distance2b(parameters),
  attach: (wasm, tables) => new TupleEvaluator(wasm, tables, routinesOf(wasm)),
};
