import { type HermiteTable, estimateTableBytes, hermiteTable } from "../../math/hermite-table.js";
import { placeHermiteTable } from "../../math/placed-table.js";
import { harmonicsTable } from "../../math/spherical-harmonics.js";
import { nextSerial } from "../../parallel/attached.js";
import { alignUp, type MemoryPool, type Pointer, type Region } from "../../wasm/memory.js";
import { enumerations, recordBytes, type RecordName, type RecordValues, writeRecord } from "../../wasm/records.js";
import type { Wasm } from "../../wasm/wasm.js";
import type { DescriptorMemory, PreparedDescriptor, SpeciesList } from "../descriptor.js";
import type { StateSize } from "../rows.js";
import { TableWriter } from "../table-writer.js";
import type { AceLayout } from "./layout.js";
import type { BasicFunction, ProductPlan } from "./products.js";
import { type RadialPart, type RadialParts, tabulated } from "./radial/pair-radial.js";
import { polynomialRecord, recursionTable } from "./radial/polynomials.js";
import { type RadialSet, sideBySide } from "./radial/radial-functions.js";

/** Radial functions of one neighbor species around one center species. */
export interface PairRadial {
  /** Å */
  readonly cutoff: number;
  readonly parts: RadialParts;
  /** Equal for pairs that have the same functions. */
  readonly key: string;
}

/** All that the routines need to know of an expansion. */
export interface AceSpec {
  readonly descriptor: string;
  readonly species: SpeciesList;
  /** Å: of the neighbor list */
  readonly cutoff: number;
  readonly layout: AceLayout;
  readonly plan: ProductPlan;
  /** [center species, that of points that are no atoms first][neighbor species] */
  readonly radials: readonly (readonly PairRadial[])[];
}

const { AceChunk: { slots: SLOTS, rowBytes: ROW, jacobianSlots: JACOBIAN_SLOTS }, AceGeometryRow: { count: GEOMETRY_ROWS } } = enumerations;
/** Two centers are computed at once. */
const LANES = 2;
/** Relative error of the tables of radial functions. */
export const RADIAL_TOLERANCE = 1e-13;
/** Regions of the tables beside those of radial functions. */
const PARTS = 14;
/** Radial functions have nodes so much closer than those of other descriptors. */
const STEEP = 3;

/** Sums over the neighbors of a center. */
export const aceState = ({ nSums }: AceLayout, nSpecies: number): StateSize => ({ perBatch: 0, perCenter: 8 * nSums * nSpecies, perPair: 0 });

/** What tables and scratch take; radial functions are estimated. */
export function aceMemory({ layout, plan, radials, species }: Omit<AceSpec, "descriptor" | "cutoff">): DescriptorMemory {
  const lists = gradientLists(plan, layout, species.length);
  const count = (lengths: readonly { readonly length: number }[]): number => lengths.reduce((sum, { length }) => sum + length, 0);
  const records: [RecordName, number][] = [
    ["AceRadial", radials.length * species.length],
    ["HarmonicBlock", layout.blocks.length],
    ["BasicEntry", plan.basics.length],
    ["ProductEntry", plan.products.length],
    ["FinalEntry", count(plan.terms)],
    ["MonomialEntry", count(plan.monomials)],
    ["MonomialFactor", plan.monomials.flat().reduce((sum, { factors }) => sum + factors.length, 0)],
    ["AceTables", 1],
  ];
  const integers = 2 * (plan.terms.length + 1) + lists.sums.length + lists.starts.length;
  const bytes = records.reduce((sum, [name, length]) => sum + length * recordBytes(name), 0) + 4 * integers + 8 * harmonicsTable(layout.lMax).length;
  // the end of the table is a segment, too
  const bytesOfTable = ({ pieces, scale }: ReturnType<typeof sideBySide>): number =>
    estimateTableBytes(layout.nColumns, pieces[pieces.length - 1].end, scale / STEEP) + (pieces.length + 1) * (recordBytes("TableSegment") + alignUp(1));
  const bytesOfRadial = ({ parts, cutoff }: PairRadial): number => {
    const polynomials = [parts.manyBody, parts.pair].flatMap((part) => (part && "polynomials" in part ? part.polynomials.size : []));
    const sets = tabulated(parts, layout, cutoff);
    const table = sets ? bytesOfTable(sideBySide(sets, cutoff)) : 0;
    return table + polynomials.reduce((sum, size) => sum + 24 * size + recordBytes("AcePolynomials") + 2 * alignUp(1), 0);
  };
  const different = [...new Map(radials.flat().map((own) => [own.key, own])).values()];
  return {
    tables: bytes + different.reduce((sum, own) => sum + bytesOfRadial(own), 0) + PARTS * alignUp(1),
    scratch: { perBatch: alignUp(recordBytes("Environments")) + scratchLayout(layout, plan, species.length, lists.sums.length).bytes + alignUp(1), perCenter: 0, perPair: 0 },
  };
}

/** Writes the tables of an expansion into shared memory. */
export function prepareAce(wasm: Wasm, pool: MemoryPool, spec: AceSpec): PreparedDescriptor {
  const { layout, plan, species, descriptor, cutoff } = spec;
  const regions: Region[] = [];
  const place = (bytes: number, what: string): Pointer => {
    const region = pool.allocate(bytes, `${what} of ${descriptor}`);
    regions.push(region);
    return region.pointer;
  };
  const writer = new TableWriter(wasm, place);
  const lists = gradientLists(plan, layout, species.length);
  const scratch = scratchLayout(layout, plan, species.length, lists.sums.length);
  const pointer = place(recordBytes("AceTables"), "parameters");
  writeRecord(wasm, pointer, "AceTables", {
    nSpecies: species.length,
    nFeatures: plan.terms.length,
    lMax: layout.lMax,
    nColumns: layout.nColumns,
    pairColumn: layout.nManyBody,
    nSums: layout.nSums,
    nBasics: 1 + plan.basics.length,
    nProducts: plan.products.length,
    nGradients: lists.sums.length,
    harmonics: writer.reals(harmonicsTable(layout.lMax), "harmonics table"),
    radials: placeRadials(writer, wasm, spec, place),
    blocks: writer.records("HarmonicBlock", layout.blocks, "blocks of l"),
    basics: writer.records("BasicEntry", plan.basics.map((own) => basicEntry(own, layout)), "basic functions"),
    products: writer.records("ProductEntry", plan.products.map(([a, b]) => ({ a, b })), "products"),
    ...placeFinals(writer, plan),
    ...placeMonomials(writer, plan, lists),
    ...scratch.offsets,
  });
  return {
    tables: {
      serial: nextSerial(), descriptor, nFeatures: plan.terms.length, cutoff, species, rows: "center", stateSize: aceState(layout, species.length),
      data: { pointer, scratchBytes: scratch.bytes, memberBytes: scratch.memberBytes },
    },
    release: () => regions.forEach((region) => pool.release(region)),
  };
}

function placeRadials(writer: TableWriter, wasm: Wasm, { radials, layout }: AceSpec, place: (bytes: number, what: string) => Pointer): Pointer {
  const placed = new Map<string, RecordValues<"AceRadial">>();
  const polynomialsOf = (part: RadialPart | undefined): Pointer => {
    if (!part || !("polynomials" in part)) return 0;
    const recursion = writer.reals(recursionTable(part.polynomials), "radial recursion");
    return writer.records("AcePolynomials", [polynomialRecord(part.polynomials, recursion)], "radial functions");
  };
  const placeOne = ({ key, parts, cutoff }: PairRadial): RecordValues<"AceRadial"> => {
    const sets = tabulated(parts, layout, cutoff);
    const table = sets ? placeHermiteTable(wasm, rememberedTable(key, sets, cutoff), place, { size: layout.nColumns, stride: layout.nColumns }) : 0;
    return { cutoff, table, manyBody: polynomialsOf(parts.manyBody), pair: polynomialsOf(parts.pair) };
  };
  const records = radials.flat().map((own) => {
    const known = placed.get(own.key) ?? placeOne(own);
    placed.set(own.key, known);
    return known;
  });
  return writer.records("AceRadial", records, "pairs");
}

const knownTables = new Map<string, HermiteTable>();
/** Searches and threads ask for the same tables again and again. */
const REMEMBERED = 16;

function rememberedTable(key: string, sets: readonly RadialSet[], cutoff: number): HermiteTable {
  let table = knownTables.get(key);
  if (table) return table;
  const { pieces, size, scale } = sideBySide(sets, cutoff);
  table = hermiteTable(pieces, size, scale, RADIAL_TOLERANCE);
  if (knownTables.size >= REMEMBERED) knownTables.delete(knownTables.keys().next().value!);
  knownTables.set(key, table);
  return table;
}

/** A_nlm from real harmonics S: (−1)^m (S_lm + i S_l−m)/√2, S_l0, (S_l|m| − i S_l−|m|)/√2 for m > 0, 0 and below. */
function basicEntry(own: BasicFunction, layout: AceLayout): RecordValues<"BasicEntry"> {
  const { m, l } = own;
  const real = sumIndex(own, Math.abs(m), layout);
  if (l < 0 || m === 0) return { real, imaginary: real, realFactor: 1, imaginaryFactor: 0 };
  const imaginary = sumIndex(own, -Math.abs(m), layout);
  const sign = m > 0 && m % 2 !== 0 ? -1 : 1;
  return { real, imaginary, realFactor: sign * Math.SQRT1_2, imaginaryFactor: (m > 0 ? sign : -1) * Math.SQRT1_2 };
}

/** Where the real sum of a function stands among those of all species. */
function sumIndex({ species, n, l }: BasicFunction, m: number, { blocks, nSums }: AceLayout): number {
  const block = l < 0 ? blocks[blocks.length - 1] : blocks[l];
  const row = l < 0 ? 0 : l + m;
  return species * nSums + block.sumAt + row * block.stride + n - 1;
}

function placeFinals(writer: TableWriter, { terms }: ProductPlan): { finals: Pointer; finalStarts: Pointer } {
  return { finals: writer.records("FinalEntry", terms.flat(), "terms"), finalStarts: writer.integers(starts(terms), "terms") };
}

/** The first of each list when they stand one behind the other, and the end. */
function starts(lists: readonly (readonly unknown[])[]): number[] {
  let end = 0;
  return [0, ...lists.map(({ length }) => (end += length))];
}

/** Sums that features depend on, each with its own. */
export function gradientCount(plan: ProductPlan, layout: AceLayout, nSpecies: number): number {
  return gradientLists(plan, layout, nSpecies).sums.length;
}

interface GradientLists {
  /** Index in its species of every sum that a feature depends on, [feature][species]. */
  readonly sums: readonly number[];
  /** [feature · nSpecies + species], and the end. */
  readonly starts: readonly number[];
  /** For each feature: position of a sum among those of the feature. */
  readonly positions: readonly ReadonlyMap<number, number>[];
  readonly entries: readonly RecordValues<"BasicEntry">[];
}

/** The sums that each feature depends on. */
function gradientLists({ basics, monomials }: ProductPlan, layout: AceLayout, nSpecies: number): GradientLists {
  const entries = basics.map((own) => basicEntry(own, layout));
  const all: number[] = [];
  const firsts: number[] = [];
  const positions = monomials.map((own) => {
    const indices = new Set(own.flatMap(({ factors }) => factors.flatMap((v) => [entries[v - 1].real, entries[v - 1].imaginary])));
    const sorted = [...indices].sort((a, b) => a - b);
    for (let species = 0; species < nSpecies; species++) {
      firsts.push(all.length);
      for (const index of sorted) if (Math.floor(index / layout.nSums) === species) all.push(index % layout.nSums);
    }
    return new Map(sorted.map((index, i) => [index, i]));
  });
  return { sums: all, starts: [...firsts, all.length], positions, entries };
}

function placeMonomials(writer: TableWriter, { monomials }: ProductPlan, lists: GradientLists) {
  const factors = monomials.flatMap((own, f) =>
    own.flatMap((monomial) =>
      monomial.factors.map((basic) => {
        const { real, imaginary, realFactor, imaginaryFactor } = lists.entries[basic - 1];
        const positions = lists.positions[f];
        return { basic, real: positions.get(real)!, imaginary: positions.get(imaginary)!, realFactor, imaginaryFactor };
      }),
    ),
  );
  let firstFactor = 0;
  const entries = monomials.flat().map(({ coefficient, factors: { length } }) => {
    const entry = { coefficient, firstFactor, nFactors: length };
    firstFactor += length;
    return entry;
  });
  return {
    monomials: writer.records("MonomialEntry", entries, "monomials"),
    monomialStarts: writer.integers(starts(monomials), "monomials"),
    monomialFactors: writer.records("MonomialFactor", factors, "factors of monomials"),
    gradientSums: writer.integers(lists.sums, "gradients of features"),
    gradientStarts: writer.integers(lists.starts, "gradients of features"),
  };
}

/** Offsets of the parts of the scratch. */
function scratchLayout({ lMax, nColumns, nSums }: AceLayout, { basics, products }: ProductPlan, nSpecies: number, nGradients: number) {
  const l1 = lMax + 1;
  const numbers = 16 * LANES * (1 + basics.length + products.length);
  let bytes = 0;
  const take = (size: number): number => {
    const offset = bytes;
    bytes += alignUp(size);
    return offset;
  };
  const offsets = {
    slotPairAt: take(4 * (SLOTS + 1)),
    geometryAt: take(GEOMETRY_ROWS * ROW),
    harmonicsAt: take(4 * (l1 * l1 + 1) * ROW),
    legendreAt: take((8 * LANES * l1 * (l1 + 1)) / 2),
    radialAt: take(8 * SLOTS * nColumns),
    slopesAt: take(8 * SLOTS * nColumns),
    radialRowsAt: take(nColumns * ROW),
    slopeRowsAt: take(nColumns * ROW),
    contractedAt: take(2 * (l1 * l1 + 1) * ROW),
    numbersAt: take(numbers),
    adjointAt: take(numbers),
    featureGradientsAt: take(8 * LANES * nGradients),
    displacementsAt: take(24 * JACOBIAN_SLOTS * nSums),
  };
  // of each of two centers, for one gradient; for several as many, one behind the other
  const memberBytes = 16 * nSums * nSpecies;
  return { offsets: { ...offsets, sumGradientAt: take(memberBytes) }, memberBytes, bytes };
}
