import { harmonicsTable } from "../../math/spherical-harmonics.js";
import type { HermiteSegment, HermiteTable } from "../../math/hermite-table.js";
import { alignUp, type MemoryPool, type Pointer, type Region } from "../../wasm/memory.js";
import type { Wasm } from "../../wasm/wasm.js";
import { nextSerial } from "../../parallel/attached.js";
import type { PreparedDescriptor, SpeciesList } from "../descriptor.js";
import type { RowKind, StateSize } from "../rows.js";
import type { FeatureLayout, MixEntry, ProjectionEntry } from "./features.js";

/** c (1 + 2x³ − 3x²)^m and c / (d + …), x = r / r0; see `assembly/descriptors/power-spectrum/weight.ts`. */
export interface Weighting {
  readonly c: number;
  readonly d: number;
  readonly m: number;
  readonly r0: number;
}

/** All that the routines need to know about a power-spectrum descriptor. */
export interface PowerSpectrumSpec {
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
  /** Unit vectors; those no longer than `normFloor` stay as they are. */
  readonly normalize: boolean;
  readonly normFloor?: number;
  readonly layout: FeatureLayout;
  /** a row for each center, or one of their mean density */
  readonly rows: Exclude<RowKind, "tuple">;
}

/** What `stateBytesOf` needs to know. */
type StateShape = Pick<PowerSpectrumSpec, "lMax" | "layout"> & { readonly nMax: readonly number[] };

/** Bytes of the coefficients of one center, with their norm; see `assembly/descriptors/power-spectrum/plan.ts`. */
function stateBytesOf({ nMax, lMax, layout: { mixing } }: StateShape): number {
  const k = nMax.length * radialStride(nMax);
  return 64 + 8 * (lMax + 1) ** 2 * (k + (mixing ? mixing.nLeft + mixing.nRight : 0));
}

/** What a power spectrum keeps for its derivatives. */
export function powerSpectrumState(shape: StateShape, rows: PowerSpectrumSpec["rows"]): StateSize {
  const bytes = stateBytesOf(shape);
  return rows === "center" ? { perBatch: 0, perCenter: bytes, perPair: 0 } : { perBatch: bytes, perCenter: 0, perPair: 0 };
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

const SLOTS = 32;
const ROW = SLOTS * 8;
/** bytes of a segment of a radial table */
const SEGMENT = 24;
const triangles = { upper: 0, lower: 1, all: 2 } as const;
const weightings = { poly: 1, pow: 2, exp: 3 } as const;

/** Channels of a block: as many for every species, and even, so that two lanes never straddle blocks. */
export function radialStride(nMax: readonly number[]): number {
  const most = Math.max(...nMax);
  return most + (most & 1);
}

const strideOf = ({ blocks }: PowerSpectrumSpec): number => radialStride(blocks.map(({ nMax }) => nMax));

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
  const channels = channelCounts(spec);
  const scratch = scratchLayout(spec, channels);
  const plan = place(512, "plan");
  const pointers = {
    harmonics: placeReals(harmonicsTable(spec.lMax), "harmonics table"),
    radial: placeRadial(wasm, spec, place),
    center: placeReals(centerTable(spec), "center density"),
    left: placeMix(wasm, spec.layout.mixing?.left ?? [], place),
    right: placeMix(wasm, spec.layout.mixing?.right ?? [], place),
    runs: placeRuns(wasm, spec, place),
    species: placeSpecies(wasm, spec, place),
    weights: placeReals(weightTable(spec), "weighting functions"),
    projection: placeProjection(wasm, spec.layout.projection ?? [], place),
  };
  writePlan(wasm, plan, spec, channels, pointers, scratch);
  const { descriptor, cutoff, species, rows, layout } = spec;
  const shape = { ...spec, nMax: spec.blocks.map(({ nMax }) => nMax) };
  const stateSize = powerSpectrumState(shape, rows);
  const data = { plan, scratchBytes: scratch.bytes, stateBytes: stateBytesOf(shape) };
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

function channelCounts(spec: PowerSpectrumSpec): ChannelCounts {
  const k = spec.blocks.length * strideOf(spec);
  const { mixing } = spec.layout;
  return { k, k1: mixing?.nLeft ?? k, k2: mixing?.nRight ?? k };
}

/** Offsets of the scratch areas, in the order of the S_ slots of the routines. */
function scratchLayout(spec: PowerSpectrumSpec, { k, k1, k2 }: ChannelCounts): { offsets: number[]; bytes: number } {
  const l1 = spec.lMax + 1;
  const nLm = l1 * l1;
  const radial = l1 * strideOf(spec);
  const sizes = [
    64, // cursor
    SLOTS * 4, // pair of each slot
    8 + (SLOTS / 2 + 1) * 8, // groups
    6 * ROW, // geometry
    4 * nLm * ROW, // harmonics and gradients
    l1 * (l1 + 1) * 8, // Legendre functions, two lanes
    SLOTS * radial * 8,
    SLOTS * radial * 8,
    2 * k1 * k2 * 8, // product and its transpose
    6 * (k1 + k2) * 8, // channel rows
    2 * (radial + nLm) * ROW, // rows over slots
    (k + k1 + k2) * nLm * 8, // gradients of the coefficients
    (3 * spec.layout.nProducts + spec.layout.nFeatures) * 8, // rows of products
  ];
  const offsets: number[] = [];
  let bytes = 0;
  for (const size of sizes) {
    offsets.push(bytes);
    bytes += alignUp(size);
  }
  return { offsets, bytes };
}

function centerTable(spec: PowerSpectrumSpec): Float64Array {
  const stride = strideOf(spec);
  const table = new Float64Array(spec.blocks.length * stride);
  spec.blocks.forEach(({ center }, block) => table.set(center, block * stride));
  return table;
}

function weightTable({ blocks }: PowerSpectrumSpec): Float64Array {
  return Float64Array.from(blocks.flatMap(({ weighting }) => (weighting ? [weighting.c, weighting.d, weighting.m, weighting.r0] : [1, 1, 1, 1])));
}

type Place = (bytes: number, what: string) => Pointer;

function placeRadial(wasm: Wasm, spec: PowerSpectrumSpec, place: Place): Pointer {
  const placed = new Map<HermiteTable, Pointer>();
  const stride = strideOf(spec);
  const pointers = spec.blocks.map(({ radial, nMax }) => {
    const pointer = placed.get(radial) ?? placeTable(wasm, radial, nMax, stride, place);
    placed.set(radial, pointer);
    return pointer;
  });
  const list = place(pointers.length * 4, "radial table list");
  wasm.i32(list, pointers.length).set(pointers);
  return list;
}

/** The segments of one table, and a start at infinity behind the last. */
function placeTable(wasm: Wasm, { segments }: HermiteTable, nMax: number, stride: number, place: Place): Pointer {
  const pointer = place((segments.length + 1) * SEGMENT, "radial table");
  segments.forEach((segment, i) => {
    const at = pointer + i * SEGMENT;
    const nodes = placeNodes(wasm, segment, nMax, stride, place);
    wasm.f64(at, 2).set([segment.start, 1 / segment.step]);
    wasm.i32(at + 16, 2).set([segment.nNodes - 2, nodes]);
  });
  wasm.f64(pointer + segments.length * SEGMENT, 1)[0] = Number.POSITIVE_INFINITY;
  return pointer;
}

/** The functions of each l with zeros behind them, up to the channels of a block. */
function placeNodes(wasm: Wasm, { data }: HermiteSegment, nMax: number, stride: number, place: Place): Pointer {
  const rows = data.length / nMax;
  const pointer = place(rows * stride * 8, "radial table");
  const view = wasm.f64(pointer, rows * stride);
  if (stride === nMax) {
    view.set(data);
    return pointer;
  }
  view.fill(0);
  for (let row = 0; row < rows; row++) for (let n = 0; n < nMax; n++) view[row * stride + n] = data[row * nMax + n]!;
  return pointer;
}

function placeSpecies(wasm: Wasm, { species, blocks }: PowerSpectrumSpec, place: Place): Pointer {
  const pointer = place(blocks.length * 4, "species");
  wasm.i32(pointer, blocks.length).set(blocks.map((block) => species.indexOf(block.species)));
  return pointer;
}

function placeProjection(wasm: Wasm, entries: readonly ProjectionEntry[], place: Place): Pointer {
  const pointer = place(entries.length * 16, "projection");
  entries.forEach(({ feature, product, weight }, i) => {
    wasm.i32(pointer + 16 * i, 2).set([feature, product]);
    wasm.f64(pointer + 16 * i + 8, 1)[0] = weight;
  });
  return pointer;
}

function placeMix(wasm: Wasm, entries: readonly MixEntry[], place: Place): Pointer {
  const pointer = place(entries.length * 16, "channel mixing");
  entries.forEach(({ from, to, weight }, i) => {
    wasm.i32(pointer + 16 * i, 2).set([from, to]);
    wasm.f64(pointer + 16 * i + 8, 1)[0] = weight;
  });
  return pointer;
}

function placeRuns(wasm: Wasm, spec: PowerSpectrumSpec, place: Place): Pointer {
  const { runs } = spec.layout;
  const pointer = place(runs.length * 24, "feature layout");
  const view = wasm.i32(pointer, runs.length * 6);
  runs.forEach((run, i) => view.set([run.row, run.column, run.count, run.feature, run.step, run.stepL], 6 * i));
  return pointer;
}

interface TablePointers {
  readonly harmonics: Pointer;
  readonly radial: Pointer;
  readonly center: Pointer;
  readonly left: Pointer;
  readonly right: Pointer;
  readonly runs: Pointer;
  readonly species: Pointer;
  readonly weights: Pointer;
  readonly projection: Pointer;
}

/** The slots of `assembly/descriptors/power-spectrum/plan.ts`, in their order. */
function writePlan(
  wasm: Wasm,
  plan: Pointer,
  spec: PowerSpectrumSpec,
  channels: ChannelCounts,
  tables: TablePointers,
  scratch: { offsets: number[]; bytes: number },
): void {
  const { layout, weighting } = spec;
  wasm.i32(plan, 64).set([
    spec.blocks.length,
    strideOf(spec),
    spec.lMax,
    layout.nProducts,
    layout.nFeatures,
    weighting ? weightings[weighting] : 0,
    spec.cosine ? 1 : 0,
    spec.normalize ? 1 : 0,
    triangles[layout.triangle],
    layout.mixing ? 1 : 0,
    channels.k,
    channels.k1,
    channels.k2,
    layout.mixing?.left.length ?? 0,
    layout.mixing?.right.length ?? 0,
    layout.runs.length,
    tables.harmonics,
    tables.radial,
    tables.center,
    tables.left,
    tables.right,
    tables.runs,
    tables.species,
    tables.weights,
    tables.projection,
    layout.projection?.length ?? 0,
    ...scratch.offsets,
    scratch.bytes,
  ]);
  wasm.f64(plan + 256, 4).set([spec.cosine?.start ?? 0, spec.cosine?.end ?? 0, layout.offDiagonal, spec.normFloor ?? 0]);
}
