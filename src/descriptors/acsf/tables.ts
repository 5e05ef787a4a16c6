import { enumerations } from "../../wasm/records.js";
import { nextSerial } from "../../parallel/attached.js";
import { alignUp, type MemoryPool, type Pointer } from "../../wasm/memory.js";
import { recordBytes, type RecordName, type RecordValues, writeRecords } from "../../wasm/records.js";
import type { Wasm } from "../../wasm/wasm.js";
import type { DescriptorMemory, PreparedDescriptor, SpeciesList } from "../descriptor.js";
import { type ColumnRun, columnRuns } from "./column-runs.js";
import type { AcsfPlan, ChannelPlan, FactorPlan, GroupPlan, PairPlan, SetPlan } from "./plan.js";

const {
  TripletBlock: { rowBytes: ROW, segments: SEGMENTS },
  BlockRow: { count: BLOCK_ROWS },
  NeighborRow: { count: NEIGHBOR_ROWS },
} = enumerations;

/** Writes records one behind the other; without a memory it only counts their bytes. */
class RecordWriter {
  private readonly known = new Map<string, Pointer>();

  constructor(
    private readonly wasm: Wasm | undefined,
    private readonly start: Pointer,
    public end: Pointer = start,
  ) {}

  /** The same list is written once. */
  list<Name extends RecordName>(name: Name, list: readonly RecordValues<Name>[]): Pointer {
    const key = name + JSON.stringify(list);
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const pointer = this.take(list.length * recordBytes(name));
    if (this.wasm) writeRecords(this.wasm, pointer, name, list);
    this.known.set(key, pointer);
    return pointer;
  }

  numbers(list: readonly number[]): Pointer {
    const pointer = this.take(8 * list.length);
    this.wasm?.f64(pointer, list.length).set(list);
    return pointer;
  }

  integers(list: readonly number[]): Pointer {
    const pointer = this.take(4 * list.length);
    this.wasm?.i32(pointer, list.length).set(list);
    return pointer;
  }

  get bytes(): number {
    return this.end - this.start;
  }

  private take(bytes: number): Pointer {
    const pointer = this.end;
    this.end += alignUp(bytes);
    return pointer;
  }
}

/** Writes everything; returns where the parameters are. */
function writePlan(writer: RecordWriter, plan: AcsfPlan): Pointer {
  const sets = plan.sets.map(({ angularRadius, cutoffs, channels, groups }: SetPlan) => ({
    angularRadius,
    channels: writer.list("Channel", channels.map((channel) => channelRecord(writer, channel, plan.nFeatures))),
    cutoffs: writer.list("SetCutoff", cutoffs),
    groups: writer.list("TripletGroup", groups.map((group) => groupRecord(writer, group))),
    nCutoffs: cutoffs.length, nGroups: groups.length,
  }));
  const { nSpecies, nFeatures } = plan;
  return writer.list("AcsfTables", [
    {
      nSpecies, nFeatures, maxTerms: maxTerms(plan), maxSlots: maxSlots(plan), maxLegs: maxLegs(plan),
      setOfSpecies: writer.integers(plan.setOfSpecies),
      sets: writer.list("FunctionSet", sets),
      cutoffs: writer.list("CutoffFunction", plan.cutoffs),
      ...scratchLayout(plan).offsets,
    },
  ]);
}

function channelRecord(writer: RecordWriter, { terms, radial, slots }: ChannelPlan, nFeatures: number): RecordValues<"Channel"> {
  const { runs, gaps, isDisjoint } = columnRuns(radial.map(({ feature }) => feature), slots, nFeatures);
  const records = (list: readonly ColumnRun[]): RecordValues<"ColumnRun">[] => list.map((run) => ({ ...run, count: run.weights.length, weights: writer.numbers(run.weights) }));
  return {
    nTerms: terms.length, nRadial: radial.length, nRuns: runs.length, nGaps: gaps.length, isDisjoint: Number(isDisjoint),
    terms: writer.list("Term", terms), radial: writer.list("RadialFunction", radial),
    runs: writer.list("ColumnRun", records(runs)), gaps: writer.list("ColumnRun", gaps.map((gap) => ({ ...gap, slot: 0, weights: 0 }))),
  };
}

function groupRecord(writer: RecordWriter, group: GroupPlan): RecordValues<"TripletGroup"> {
  const { wide, narrow, steps, slopeSteps, runSteps, pairs, ...numbers } = group;
  const factors = [...wide, ...narrow].map((factor) => factorRecord(writer, factor));
  return {
    ...numbers, nWide: wide.length, nNarrow: narrow.length, nPairs: pairs.length, factors: writer.list("RadialFactor", factors),
    nSteps: steps.length, nSlopeSteps: slopeSteps.length, nRunSteps: runSteps.length,
    steps: writer.list("AngularStep", steps), slopeSteps: writer.list("AngularStep", slopeSteps), runSteps: writer.list("AngularStep", runSteps),
    pairs: writer.list("SpeciesPair", pairs.map((pair, number) => pairRecord(writer, pair, number))),
  };
}

function factorRecord(writer: RecordWriter, { record, functions, runs }: FactorPlan): RecordValues<"RadialFactor"> {
  const ofRuns = runs.map(({ base, rows }) => ({ base, nFunctions: rows.length, rows: writer.integers(rows) }));
  return {
    ...record, nFunctions: functions.length, nRuns: runs.length,
    functions: writer.list("AngularFunction", functions), runs: writer.list("PowerRun", ofRuns),
  };
}

function pairRecord(writer: RecordWriter, { first, second, columns, factors }: PairPlan, number: number): RecordValues<"SpeciesPair"> {
  return { first, second, firstFunction: number * columns.length, columns: writer.list("Column", columns), factors: writer.list("PairFactor", factors) };
}

const most = (counts: readonly number[]): number => Math.max(0, ...counts);
const channelsOf = ({ sets }: AcsfPlan): ChannelPlan[] => sets.flatMap(({ channels }) => channels);
const maxTerms = (plan: AcsfPlan): number => most(channelsOf(plan).map(({ terms }) => terms.length));
const maxLegs = ({ sets }: AcsfPlan): number => most(sets.flatMap(({ cutoffs }) => cutoffs.map(({ leg }) => leg + 1)));
const maxSlots = (plan: AcsfPlan): number => most(channelsOf(plan).map(({ slots }) => slots.length));

/** Offsets of the parts of the scratch whose size does not depend on the neighbors. */
function scratchLayout(plan: AcsfPlan) {
  const groups = plan.sets.flatMap((set) => set.groups);
  const functions = most(groups.map(({ pairs }) => pairs.reduce((sum, { columns }) => sum + columns.length, 0)));
  const longest = most(groups.flatMap(({ wide, narrow }) => [...wide, ...narrow].map((factor) => factor.functions.length)));
  let bytes = 0;
  const take = (size: number): number => {
    const offset = bytes;
    bytes += alignUp(size);
    return offset;
  };
  const offsets = {
    bucketsAt: take(plan.nSpecies * recordBytes("Bucket")),
    functionsAt: take(16 * functions),
    stateAt: take(recordBytes("BlockState") + SEGMENTS * recordBytes("TripletSegment")),
    blockAt: take(BLOCK_ROWS * ROW),
    angularAt: take(plan.nAngularRows * ROW),
    transposedAt: take(2 * (longest + 1) * ROW),
    neighborsAt: take(0),
  };
  return { offsets, bytes };
}

/** Bytes of the scratch for each place of a neighbor. */
function placeBytes(plan: AcsfPlan): number {
  return 8 * (NEIGHBOR_ROWS + 2 * maxTerms(plan)) + 32 * (2 + maxLegs(plan) + maxSlots(plan));
}

/** Places for the neighbors of one center. */
export function placesFor(nNeighbors: number, nSpecies: number): number {
  return (nNeighbors + 2 * nSpecies + 1) & ~1;
}

/** What the descriptor takes beside rows. */
export function acsfMemory(plan: AcsfPlan): DescriptorMemory {
  const writer = new RecordWriter(undefined, 0);
  writePlan(writer, plan);
  const place = placeBytes(plan);
  const perBatch = scratchLayout(plan).bytes + place * placesFor(1, plan.nSpecies) + alignUp(recordBytes("Environments")) + 2 * alignUp(1);
  return { tables: writer.bytes + alignUp(1), scratch: { perBatch, perCenter: 0, perPair: place } };
}

/** Writes the tables into shared memory. */
export function prepareAcsf(
  wasm: Wasm, pool: MemoryPool, plan: AcsfPlan, of: { readonly descriptor: string; readonly species: SpeciesList; readonly cutoff: number },
): PreparedDescriptor {
  const counter = new RecordWriter(undefined, 0);
  writePlan(counter, plan);
  const region = pool.allocate(counter.bytes, `symmetry functions of ${of.descriptor}`);
  const pointer = writePlan(new RecordWriter(wasm, region.pointer), plan);
  const data = { pointer, nSpecies: plan.nSpecies, scratchBytes: scratchLayout(plan).bytes, placeBytes: placeBytes(plan) };
  const stateSize = { perBatch: 0, perCenter: 0, perPair: 0 };
  return {
    tables: { serial: nextSerial(), ...of, nFeatures: plan.nFeatures, rows: "center", stateSize, data },
    release: () => pool.release(region),
  };
}
