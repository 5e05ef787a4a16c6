import { harmonicsTable } from "../../math/spherical-harmonics.js";
import type { HermiteTable } from "../../math/hermite-table.js";
import { alignUp, type MemoryPool, type Pointer, type Region } from "../../wasm/memory.js";
import type { Wasm } from "../../wasm/wasm.js";
import type { PreparedDescriptor, SpeciesList } from "../descriptor.js";
import type { FeatureLayout, MixEntry } from "./features.js";

/** c / (d + …) weightings of DScribe; see `assembly/descriptors/power-spectrum/weight.ts`. */
export interface Weighting {
  readonly function: "poly" | "pow" | "exp";
  readonly c: number;
  readonly d: number;
  readonly m: number;
  readonly r0: number;
}

/** All that the routines need to know about a power-spectrum descriptor. */
export interface PowerSpectrumSpec {
  readonly descriptor: string;
  readonly species: SpeciesList;
  readonly nMax: number;
  readonly lMax: number;
  /** Å: neighbors up to here contribute */
  readonly cutoff: number;
  /** Å: where the cosine cutoff function falls from one to zero, if there is one */
  readonly cosine: { readonly start: number; readonly end: number } | undefined;
  readonly weighting: Weighting | undefined;
  readonly normalize: boolean;
  readonly layout: FeatureLayout;
  /** per species; the same table may serve several */
  readonly radial: readonly HermiteTable[];
  /** per species: nMax numbers that the center atom adds to c_n00 */
  readonly center: readonly Float64Array[];
}

const SLOTS = 32;
const ROW = SLOTS * 8;
const triangles = { upper: 0, lower: 1, all: 2 } as const;
const weightings = { poly: 1, pow: 2, exp: 3 } as const;

/** Radial functions per species in the channels: even, so that two lanes never straddle species. */
export function radialStride(nMax: number): number {
  return nMax + (nMax & 1);
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
  };
  writePlan(wasm, plan, spec, channels, pointers, scratch);
  const nLm = (spec.lMax + 1) ** 2;
  const stateChannels = channels.k + (spec.layout.mixing ? channels.k1 + channels.k2 : 0);
  const data = { plan, scratchBytes: scratch.bytes, stateBytes: 64 + 8 * nLm * stateChannels };
  return {
    plan: { descriptor: spec.descriptor, nFeatures: spec.layout.nFeatures, cutoff: spec.cutoff, species: spec.species, data },
    release: () => regions.forEach((region) => pool.release(region)),
  };
}

interface ChannelCounts {
  readonly k: number;
  readonly k1: number;
  readonly k2: number;
}

function channelCounts(spec: PowerSpectrumSpec): ChannelCounts {
  const k = spec.species.length * radialStride(spec.nMax);
  const { mixing } = spec.layout;
  return { k, k1: mixing?.nLeft ?? k, k2: mixing?.nRight ?? k };
}

/** Offsets of the scratch areas, in the order of the S_ slots of the routines. */
function scratchLayout(spec: PowerSpectrumSpec, { k, k1, k2 }: ChannelCounts): { offsets: number[]; bytes: number } {
  const l1 = spec.lMax + 1;
  const nLm = l1 * l1;
  const radial = l1 * radialStride(spec.nMax);
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
  const stride = radialStride(spec.nMax);
  const table = new Float64Array(spec.species.length * stride);
  spec.center.forEach((row, species) => table.set(row, species * stride));
  return table;
}

type Place = (bytes: number, what: string) => Pointer;

function placeRadial(wasm: Wasm, spec: PowerSpectrumSpec, place: Place): Pointer {
  const placed = new Map<HermiteTable, Pointer>();
  const pointers = spec.radial.map((table) => {
    let pointer = placed.get(table);
    if (pointer === undefined) {
      pointer = place(table.data.length * 8, "radial table");
      wasm.f64(pointer, table.data.length).set(table.data);
      placed.set(table, pointer);
    }
    return pointer;
  });
  const list = place(pointers.length * 4, "radial table list");
  wasm.i32(list, pointers.length).set(pointers);
  return list;
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
  const grid = spec.radial[0]!;
  wasm.i32(plan, 64).set([
    spec.species.length,
    radialStride(spec.nMax),
    spec.lMax,
    grid.nNodes,
    layout.nFeatures,
    weighting ? weightings[weighting.function] : 0,
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
    ...scratch.offsets,
    scratch.bytes,
  ]);
  wasm.f64(plan + 256, 8).set([
    1 / grid.step,
    spec.cosine?.start ?? 0,
    spec.cosine?.end ?? 0,
    weighting?.c ?? 1,
    weighting?.d ?? 1,
    weighting?.m ?? 1,
    weighting?.r0 ?? 1,
    layout.offDiagonal,
  ]);
}
