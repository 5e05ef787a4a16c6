import { harmonicsTable } from "../../math/spherical-harmonics.js";
import type { HermiteTable } from "../../math/hermite-table.js";
import { type Place, placeHermiteTable } from "../../math/placed-table.js";
import { alignUp, type MemoryPool, type Pointer, type Region } from "../../wasm/memory.js";
import { enumerations, recordBytes, type RecordName, type RecordValues, writeRecord, writeRecords } from "../../wasm/records.js";
import type { Wasm } from "../../wasm/wasm.js";
import { nextSerial } from "../../parallel/attached.js";
import type { DescriptorMemory, PreparedDescriptor, SpeciesList } from "../descriptor.js";
import type { RowKind, StateSize } from "../rows.js";
import type { FeatureLayout } from "./features.js";

/** c (1 + 2x³ − 3x²)^m and c / (d + …), x = r / r0; see `assembly/descriptors/power-spectrum/weight.ts`. */
export interface Weighting {
  readonly c: number;
  readonly d: number;
  readonly m: number;
  readonly r0: number;
}

/** What the routines need to know about the expansion of a density. */
export interface DensitySpec {
  readonly descriptor: string;
  /** what the species indices of the environments refer to */
  readonly species: SpeciesList;
  /** the species that the density resolves, in the order of their blocks of channels; others are invisible */
  readonly blocks: readonly PowerSpectrumBlock[];
  readonly lMax: number;
  /** Å: neighbors up to here contribute */
  readonly cutoff: number;
  /** Å: where the cosine cutoff function falls from one to zero, if there is one */
  readonly cosine: { readonly start: number; readonly end: number } | undefined;
  /** the weighting function, if there is one; its parameters belong to the blocks */
  readonly weighting: "poly" | "pow" | "exp" | undefined;
  /** The center atom adds to the blocks of all species. */
  readonly centerInAll?: boolean;
}

/** All that the routines need to know about a power-spectrum descriptor. */
export interface PowerSpectrumSpec extends DensitySpec {
  /** Unit vectors; those no longer than `normFloor` stay as they are. */
  readonly normalize: boolean;
  readonly normFloor?: number;
  readonly layout: FeatureLayout;
  /** a row for each center, or one of their mean density */
  readonly rows: Exclude<RowKind, "tuple">;
}

/** What sizes follow from. */
export interface PowerSpectrumShape {
  /** number of radial functions of each block */
  readonly nMax: readonly number[];
  readonly lMax: number;
  readonly layout: FeatureLayout;
  readonly rows: PowerSpectrumSpec["rows"];
}

const shapeOf = (spec: PowerSpectrumSpec): PowerSpectrumShape => ({ ...spec, nMax: spec.blocks.map(({ nMax }) => nMax) });

/** Bytes of the coefficients of one center, with their norm; see `assembly/descriptors/power-spectrum/tables.ts`. */
function stateBytesOf({ nMax, lMax, layout: { mixing } }: PowerSpectrumShape): number {
  const k = nMax.length * radialStride(nMax);
  return 64 + 8 * (lMax + 1) ** 2 * (k + (mixing ? mixing.nLeft + mixing.nRight : 0));
}

/** What a power spectrum keeps for its derivatives. */
export function powerSpectrumState(shape: PowerSpectrumShape): StateSize {
  const bytes = stateBytesOf(shape);
  return shape.rows === "center" ? { perBatch: 0, perCenter: bytes, perPair: 0 } : { perBatch: bytes, perCenter: 0, perPair: 0 };
}

/** @param radial bytes of each radial table that is not another's */
export function powerSpectrumMemory(shape: PowerSpectrumShape, radial: readonly number[]): DescriptorMemory {
  const { nMax, lMax, layout, rows } = shape;
  const lists = [
    { record: "MixEntry", count: (layout.mixing?.left.length ?? 0) + (layout.mixing?.right.length ?? 0) },
    { record: "Run", count: layout.runs.length },
    { record: "Weighting", count: nMax.length },
    { record: "ProjectionEntry", count: layout.projection?.length ?? 0 },
  ] as const;
  const ofLists = lists.reduce((sum, { record, count }) => sum + count * recordBytes(record), 0);
  const ofRadial = radial.reduce((sum, bytes) => sum + bytes + SEGMENTS * recordBytes("TableSegment"), 0);
  const small = 8 * harmonicsTable(lMax).length + nMax.length * (8 * radialStride(nMax) + 8) + recordBytes("PowerSpectrumTables");
  const ofCenters = rows === "structure" ? stateBytesOf(shape) : 0;
  return {
    tables: ofLists + ofRadial + small + alignUp(1) * (PARTS + SEGMENTS * radial.length),
    scratch: { perBatch: alignUp(recordBytes("Environments")) + scratchLayout(shape).bytes + alignUp(1), perCenter: ofCenters, perPair: 0 },
  };
}

export interface PowerSpectrumBlock {
  /** atomic number */
  readonly species: number;
  /** number of radial functions */
  readonly nMax: number;
  readonly weighting?: Weighting;
  /** q_nl(r) as [l][n]; the same table may serve several blocks */
  readonly radial: HermiteTable;
  /** nMax numbers that an atom at the center adds to c_n00 */
  readonly center: Float64Array;
}

const { Chunk: { slots: SLOTS, rowBytes: ROW }, ProductTriangle: triangles, WeightingFunction: weightings } = enumerations;
/** Segments of a radial table, with the end behind them, at most. */
const SEGMENTS = 5;
/** Regions of the tables of a descriptor, the radial ones aside. */
const PARTS = 12;
/** What stands in the place of parameters where there is no weighting function. */
const UNWEIGHTED: Weighting = { c: 1, d: 1, m: 1, r0: 1 };
/** Parameters may say more about the function than the routines want to know. */
const weightingOf = ({ weighting: { c, d, m, r0 } = UNWEIGHTED }: PowerSpectrumBlock): Weighting => ({ c, d, m, r0 });

/** Channels of a block: as many for every species, and even, so that two lanes never straddle blocks. */
export function radialStride(nMax: readonly number[]): number {
  const most = Math.max(...nMax);
  return most + (most & 1);
}

/** Writes the tables of a descriptor into shared memory. */
export function preparePowerSpectrum(wasm: Wasm, pool: MemoryPool, spec: PowerSpectrumSpec): PreparedDescriptor {
  const regions: Region[] = [];
  const place = (bytes: number, what: string): Pointer => {
    const region = pool.allocate(bytes, `${what} of ${spec.descriptor}`);
    regions.push(region);
    return region.pointer;
  };
  const placeReals = (values: Float64Array, what: string): Pointer => {
    const pointer = place(values.length * 8, what);
    wasm.f64(pointer, values.length).set(values);
    return pointer;
  };
  const shape = shapeOf(spec);
  const scratch = scratchLayout(shape);
  const pointer = place(recordBytes("PowerSpectrumTables"), "parameters");
  const placed = {
    harmonics: placeReals(harmonicsTable(spec.lMax), "harmonics table"),
    radial: placeRadial(wasm, spec, radialStride(shape.nMax), place),
    center: placeReals(centerTable(spec, radialStride(shape.nMax)), "center density"),
    leftMix: placeList(wasm, "MixEntry", spec.layout.mixing?.left ?? [], "channel mixing", place),
    rightMix: placeList(wasm, "MixEntry", spec.layout.mixing?.right ?? [], "channel mixing", place),
    runs: placeList(wasm, "Run", spec.layout.runs, "feature layout", place),
    species: placeSpecies(wasm, spec, place),
    weights: placeList(wasm, "Weighting", spec.blocks.map(weightingOf), "weighting functions", place),
    projection: placeList(wasm, "ProjectionEntry", spec.layout.projection ?? [], "projection", place),
  };
  writeRecord(wasm, pointer, "PowerSpectrumTables", { ...parametersOf(spec, shape), ...placed, ...scratch.offsets });
  const { descriptor, cutoff, species, rows, layout } = spec;
  const stateSize = powerSpectrumState(shape);
  const data = { pointer, scratchBytes: scratch.bytes, stateBytes: stateBytesOf(shape), memberBytes: scratch.memberBytes };
  return {
    tables: { serial: nextSerial(), descriptor, nFeatures: layout.nFeatures, cutoff, species, rows, stateSize, data },
    release: () => regions.forEach((region) => pool.release(region)),
  };
}

interface ChannelCounts {
  readonly k: number;
  readonly k1: number;
  readonly k2: number;
}

function channelCounts({ nMax, layout: { mixing, triangle } }: PowerSpectrumShape): ChannelCounts {
  const k = nMax.length * radialStride(nMax);
  if (triangle === "none") return { k, k1: 0, k2: 0 };
  return { k, k1: mixing?.nLeft ?? k, k2: mixing?.nRight ?? k };
}

/** Offsets of the parts of the scratch. */
function scratchLayout(shape: PowerSpectrumShape) {
  const { nMax, lMax, layout } = shape;
  const { k, k1, k2 } = channelCounts(shape);
  const l1 = lMax + 1;
  const nLm = l1 * l1;
  const radial = l1 * radialStride(nMax);
  let bytes = 0;
  const take = (size: number): number => {
    const offset = bytes;
    bytes += alignUp(size);
    return offset;
  };
  const offsets = {
    cursorAt: take(64),
    slotPairAt: take(SLOTS * 4),
    groupsAt: take(8 + (SLOTS / 2 + 1) * 8),
    geometryAt: take(6 * ROW),
    harmonicsAt: take(4 * nLm * ROW), // and gradients
    legendreAt: take(l1 * (l1 + 1) * 8), // two lanes
    radialAt: take(SLOTS * radial * 8),
    radial2At: take(SLOTS * radial * 8),
    productAt: take(2 * k1 * k2 * 8), // and its transpose
    channelsAt: take(6 * (k1 + k2) * 8),
    pairedAt: take(2 * (radial + nLm) * ROW),
    productsAt: take((3 * layout.nProducts + layout.nFeatures) * 8),
  };
  // for one gradient; for several as many, one behind the other
  const memberBytes = (k + k1 + k2) * nLm * 8;
  return { offsets: { ...offsets, gradientAt: take(memberBytes) }, memberBytes, bytes };
}

function centerTable(spec: PowerSpectrumSpec, stride: number): Float64Array {
  const table = new Float64Array(spec.blocks.length * stride);
  spec.blocks.forEach(({ center }, block) => table.set(center, block * stride));
  return table;
}

function placeList<Name extends RecordName>(wasm: Wasm, name: Name, list: readonly RecordValues<Name>[], what: string, place: Place): Pointer {
  const pointer = place(list.length * recordBytes(name), what);
  writeRecords(wasm, pointer, name, list);
  return pointer;
}

function placeRadial(wasm: Wasm, spec: PowerSpectrumSpec, stride: number, place: Place): Pointer {
  const placed = new Map<HermiteTable, Pointer>();
  const pointers = spec.blocks.map(({ radial, nMax }) => {
    const pointer = placed.get(radial) ?? placeHermiteTable(wasm, radial, place, { size: nMax, stride });
    placed.set(radial, pointer);
    return pointer;
  });
  const list = place(pointers.length * 4, "radial table list");
  wasm.i32(list, pointers.length).set(pointers);
  return list;
}

function placeSpecies(wasm: Wasm, { species, blocks }: PowerSpectrumSpec, place: Place): Pointer {
  const pointer = place(blocks.length * 4, "species");
  wasm.i32(pointer, blocks.length).set(blocks.map((block) => species.indexOf(block.species)));
  return pointer;
}

function parametersOf(spec: PowerSpectrumSpec, shape: PowerSpectrumShape) {
  const { blocks, lMax, cosine, normalize, normFloor = 0, weighting, layout, centerInAll = false } = spec;
  const { k, k1, k2 } = channelCounts(shape);
  const { nProducts, nFeatures, mixing, projection } = layout;
  return {
    nBlocks: blocks.length, nRadial: radialStride(shape.nMax), lMax, nProducts, nFeatures, normFloor,
    nChannels: k, nLeft: k1, nRight: k2, nLeftMix: mixing?.left.length ?? 0, nRightMix: mixing?.right.length ?? 0,
    nRuns: layout.runs.length, nProjection: projection?.length ?? 0, mixed: Number(mixing !== undefined), triangle: triangles[layout.triangle],
    normalize: Number(normalize), centerInAll: Number(centerInAll), weighting: weightings[weighting ?? "none"],
    cosine: Number(cosine !== undefined), cosineStart: cosine?.start ?? 0, cosineEnd: cosine?.end ?? 0,
  };
}
