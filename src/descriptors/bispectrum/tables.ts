import { clebschGordan } from "../../math/clebsch-gordan.js";
import { harmonicsTable } from "../../math/spherical-harmonics.js";
import { nextSerial } from "../../parallel/attached.js";
import { alignUp, type MemoryPool, type Pointer, type Region } from "../../wasm/memory.js";
import { enumerations, recordBytes, type RecordValues, writeRecord } from "../../wasm/records.js";
import type { Wasm } from "../../wasm/wasm.js";
import type { DescriptorMemory, PreparedDescriptor, SpeciesList } from "../descriptor.js";
import type { StateSize } from "../rows.js";
import { TableWriter } from "../table-writer.js";
import { type BispectrumCouplings, channelTriples, type CouplingOf, couplingsOf, triples } from "./components.js";
import { coefficientAt, halfOf, matrixElements, matrixStart, radialStride } from "./matrix-elements.js";

/** How a neighbor of one species counts for a center of another. */
export type PairParameters = RecordValues<"PairParameters">;

/** What sizes follow from. */
export interface BispectrumShape {
  readonly twoJMax: number;
  /** Densities, one without chem. */
  readonly nElements: number;
  readonly nSpecies: number;
  readonly bnorm: boolean;
}

/** All that the routines need to know about a bispectrum. */
export interface BispectrumSpec extends BispectrumShape {
  readonly descriptor: string;
  readonly species: SpeciesList;
  /** Å */
  readonly cutoff: number;
  readonly rmin0: number;
  readonly rfac0: number;
  readonly switching: boolean;
  readonly bzero: boolean;
  readonly wselfall: boolean;
  /** density of each species */
  readonly elements: readonly number[];
  /** [center species, that of points that are no atoms first][neighbor species] */
  readonly pairs: readonly (readonly PairParameters[])[];
}

const { NeighborChunk: { slots: SLOTS, rowBytes: ROW }, GeometryRow: { count: GEOMETRY_ROWS } } = enumerations;
/** Two centers are computed at once. */
const LANES = 2;
/** Couplings of a block of the Jacobian, see `assembly/descriptors/bispectrum/jacobian.ts`. */
const BLOCK = 24;
/** Regions of the tables, those of Clebsch–Gordan coefficients aside. */
const PARTS = 18;

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

export const featureCount = ({ twoJMax, nElements }: Pick<BispectrumShape, "twoJMax" | "nElements">): number => triples(twoJMax).length * nElements ** 3;

/** Numbers of the density of one element. */
const coefficientCount = (twoJMax: number): number => sum(range(twoJMax + 1).map((l) => (2 * l + 1) * radialStride(twoJMax, l)));

/** A density for each center. */
export const bispectrumState = ({ twoJMax, nElements }: BispectrumShape): StateSize => ({
  perBatch: 0,
  perCenter: 8 * nElements * coefficientCount(twoJMax),
  perPair: 0,
});

/** What tables and scratch take; the Clebsch–Gordan coefficients are counted, not computed. */
export function bispectrumMemory(shape: BispectrumShape): DescriptorMemory {
  const { twoJMax, nElements, nSpecies } = shape;
  const couplings = couplingsOf(twoJMax, nElements, shape.bnorm);
  const all = [...couplings.values, ...couplings.gradients];
  const elements = range(twoJMax + 1).flatMap((j) => halfOf(j).map(([row, column]) => j + 1 - Math.abs(column - row)));
  const lists = [
    { record: "PairParameters", count: (nSpecies + 1) * nSpecies },
    { record: "MatrixElement", count: elements.length },
    { record: "MatrixEntry", count: sum(elements) },
    { record: "Coupling", count: all.length },
    { record: "CouplingTerm", count: sum(all.map(({ terms }) => terms.length)) },
  ] as const;
  const ofLists = sum(lists.map(({ record, count }) => count * recordBytes(record)));
  const products = new Map(all.map((coupling) => [productKey(coupling), coupling]));
  const ofProducts = sum([...products.values()].map((coupling) => (isSymmetric(coupling) ? 2 : 1) * (8 * (coupling.j1 + 1) * (coupling.j2 + 1) + alignUp(1))));
  const reals = harmonicsTable(twoJMax).length + 3 * radialCount(twoJMax) + (nSpecies + 1) * (nElements + featureCount(shape));
  const integers = nSpecies + 2 * (twoJMax + 2) + matrixStart(twoJMax + 1);
  return {
    tables: ofLists + ofProducts + 8 * reals + 4 * integers + recordBytes("BispectrumTables") + PARTS * alignUp(1),
    scratch: { perBatch: alignUp(recordBytes("Environments")) + scratchLayout(shape, couplings).bytes + alignUp(1), perCenter: 0, perPair: 0 },
  };
}

/** Writes the tables of a bispectrum into shared memory. */
export function prepareBispectrum(wasm: Wasm, pool: MemoryPool, spec: BispectrumSpec): PreparedDescriptor {
  const regions: Region[] = [];
  const place = (bytes: number, what: string): Pointer => {
    const region = pool.allocate(bytes, `${what} of ${spec.descriptor}`);
    regions.push(region);
    return region.pointer;
  };
  const writer = new TableWriter(wasm, place);
  const couplings = couplingsOf(spec.twoJMax, spec.nElements, spec.bnorm);
  const scratch = scratchLayout(spec, couplings);
  const pointer = place(recordBytes("BispectrumTables"), "parameters");
  const placed = { ...placeParameters(writer, spec), ...placeMatrices(writer, spec.twoJMax), ...placeCouplings(writer, spec, couplings) };
  writeRecord(wasm, pointer, "BispectrumTables", { ...countsOf(spec, couplings), ...placed, ...scratch.offsets });
  const { descriptor, cutoff, species } = spec;
  const data = { pointer, scratchBytes: scratch.bytes, memberBytes: scratch.memberBytes };
  return {
    tables: { serial: nextSerial(), descriptor, nFeatures: featureCount(spec), cutoff, species, rows: "center", stateSize: bispectrumState(spec), data },
    release: () => regions.forEach((region) => pool.release(region)),
  };
}

const radialCount = (twoJMax: number): number => sum(range(twoJMax + 1).map((l) => radialStride(twoJMax, l)));

function countsOf({ twoJMax, nElements, nSpecies, rmin0, rfac0, switching }: BispectrumSpec, { values, gradients }: BispectrumCouplings) {
  return {
    rmin0, angleFactor: rfac0 * Math.PI, twoJMax, nSpecies, nElements, nFeatures: featureCount({ twoJMax, nElements }), nRadial: radialCount(twoJMax),
    nCoefficients: coefficientCount(twoJMax), nMatrix: matrixStart(twoJMax + 1), nMatrixElements: sum(range(twoJMax + 1).map((j) => halfOf(j).length)),
    nValueCouplings: values.length, nGradientCouplings: gradients.length, switching: Number(switching),
  };
}

function placeParameters(writer: TableWriter, spec: BispectrumSpec) {
  const { twoJMax, species, nElements, elements, pairs, wselfall } = spec;
  // a point that is no atom has no element
  const ofCenters = [-1, ...elements];
  const isOwn = (center: number, element: number): boolean => wselfall || nElements === 1 || center === element;
  return {
    harmonics: writer.reals(harmonicsTable(twoJMax), "harmonics table"),
    recursion: writer.reals(recursionTable(twoJMax), "radial recursion"),
    pairs: writer.records("PairParameters", pairs.flat(), "pairs"),
    elements: writer.integers(species.map((_, index) => elements[index]), "elements"),
    self: writer.reals(ofCenters.flatMap((center) => range(nElements).map((element) => Number(isOwn(center, element)))), "self terms"),
    zero: writer.reals(zeroTable(spec, ofCenters, isOwn), "isolated atoms"),
  };
}

/** What an isolated atom of each species has: j + 1, or 1 where that is divided out. */
function zeroTable({ twoJMax, nElements, bzero, bnorm }: BispectrumSpec, centers: readonly number[], isOwn: (center: number, element: number) => boolean): Float64Array {
  const list = triples(twoJMax);
  const channels = channelTriples(nElements);
  const table = new Float64Array(centers.length * channels.length * list.length);
  let at = 0;
  for (const center of centers) {
    for (const { e1, e2, e3 } of channels) {
      const isZero = bzero && [e1, e2, e3].every((element) => isOwn(center, element));
      for (const { j } of list) table[at++] = isZero ? (bnorm ? 1 : j + 1) : 0;
    }
  }
  return table;
}

/**
 * χ^J_l = k_Jl sin^l θ C^{(l+1)}_{J−l}(cos θ), k_Jl = 2^l l! √((J+1)(J−l)!/(J+l+1)!), C Gegenbauer polynomials, by their recursion in J: for
 * each l the factor of sin^l, then factors of the two before and √((J−l)(J+l+2)), which stands before χ^J_{l+1} in the derivative.
 */
function recursionTable(twoJMax: number): Float64Array {
  const table = new Float64Array(3 * radialCount(twoJMax));
  let at = 0;
  let first = 1;
  for (let l = 0; l <= twoJMax; l++) {
    if (l > 0) first *= 2 * l * Math.sqrt((l + 1) / (l * 2 * l * (2 * l + 1)));
    table[at] = first;
    for (let n = 1; n <= twoJMax - l; n++) {
      const j = l + n;
      const ratio = Math.sqrt(((j + 1) * n) / (j * (j + l + 1)));
      const before = n > 1 ? Math.sqrt((j * (n - 1)) / ((j - 1) * (j + l))) : 0;
      table.set([(ratio * 2 * j) / n, (ratio * before * (n + 2 * l)) / n, Math.sqrt(n * (j + l + 2))], at + 3 * n);
    }
    at += 3 * radialStride(twoJMax, l);
  }
  return table;
}

function placeMatrices(writer: TableWriter, twoJMax: number) {
  const byJ = range(twoJMax + 1).map((j) => matrixElements(twoJMax, j));
  let end = 0;
  const elements = byJ.flat().map(({ to, mirror, sign, entries }) => ({ to, mirror, sign, first: end, end: (end += entries.length) }));
  const places = range(twoJMax + 1).flatMap((j) => range(j + 1).flatMap((l) => range(2 * l + 1).map((m) => coefficientAt(twoJMax, j, l, m - l))));
  return {
    matrixElements: writer.records("MatrixElement", elements, "matrix elements"),
    matrixEntries: writer.records("MatrixEntry", byJ.flat().flatMap(({ entries }) => entries), "matrix entries"),
    elementsOfJ: writer.integers(range(twoJMax + 2).map((j) => sum(byJ.slice(0, j).map(({ length }) => length))), "matrices"),
    coefficientsOfJ: writer.integers(places, "coefficients"),
  };
}

function placeCouplings(writer: TableWriter, { twoJMax }: BispectrumSpec, { values, gradients }: BispectrumCouplings) {
  const products = new Map<string, { rows: Pointer; columns: Pointer }>();
  const starts = (element: number, j: number): number => element * matrixStart(twoJMax + 1) + matrixStart(j);
  const productOf = (coupling: CouplingOf): { rows: Pointer; columns: Pointer } => {
    const key = productKey(coupling);
    const known = products.get(key) ?? placeProduct(writer, coupling, products.get(productKey({ ...coupling, e1: 0, e2: 1 }))?.rows);
    products.set(key, known);
    return known;
  };
  const listOf = (list: readonly CouplingOf[]) => {
    let end = 0;
    return list.map((coupling) => {
      const { j1, e1, j2, e2, j, terms } = coupling;
      const firstTerm = end;
      end += terms.length;
      const symmetric = Number(isSymmetric(coupling));
      return { j1, j2, j, firstAt: starts(e1, j1), secondAt: starts(e2, j2), symmetric, firstTerm, endTerm: end, ...productOf(coupling) };
    });
  };
  const termsOf = (list: readonly CouplingOf[]) =>
    list.flatMap(({ j, terms }) => terms.map(({ feature, element, factor }) => ({ feature, at: starts(element, j), element, factor: 2 * factor })));
  return {
    valueCouplings: writer.records("Coupling", listOf(values), "couplings"),
    valueTerms: writer.records("CouplingTerm", termsOf(values), "terms"),
    gradientCouplings: writer.records("Coupling", listOf(gradients), "couplings"),
    gradientTerms: writer.records("CouplingTerm", termsOf(gradients), "terms"),
    couplingsOfJ: writer.integers(range(twoJMax + 2).map((j) => gradients.filter((coupling) => coupling.j < j).length), "couplings of each J"),
  };
}

const isSymmetric = ({ j1, e1, j2, e2 }: CouplingOf): boolean => j1 === j2 && e1 === e2;

const productKey = (coupling: CouplingOf): string => `${coupling.j1} ${coupling.j2} ${coupling.j} ${isSymmetric(coupling)}`;

function placeProduct(writer: TableWriter, coupling: CouplingOf, knownRows: Pointer | undefined): { rows: Pointer; columns: Pointer } {
  const { j1, j2, j } = coupling;
  const at = range(j1 + 1).flatMap((a) => range(j2 + 1).map((b) => [a, b] as const));
  const reals = at.map(([a, b]) => {
    const m = 2 * (a + b) - j1 - j2;
    return Math.abs(m) > j ? 0 : clebschGordan(j1, 2 * a - j1, j2, 2 * b - j2, j, m);
  });
  const rows = knownRows ?? writer.reals(reals, "Clebsch–Gordan coefficients");
  if (!isSymmetric(coupling)) return { rows, columns: rows };
  return { rows, columns: writer.reals(reals.map((value, i) => (at[i][0] > at[i][1] ? 2 * value : at[i][0] === at[i][1] ? value : 0)), "Clebsch–Gordan coefficients") };
}

/** Offsets of the parts of the scratch. */
function scratchLayout(shape: BispectrumShape, { gradients }: BispectrumCouplings) {
  const { twoJMax, nElements } = shape;
  const j1 = twoJMax + 1;
  const densities = 8 * nElements * coefficientCount(twoJMax);
  const matrices = 16 * LANES * nElements * matrixStart(j1);
  const couplingGradientBytes = 8 * sum(gradients.map(({ j }) => (j + 1) ** 2));
  let bytes = 0;
  const take = (size: number): number => {
    const offset = bytes;
    bytes += alignUp(size);
    return offset;
  };
  const offsets = {
    slotPairAt: take(4 * (SLOTS + 1)),
    geometryAt: take(GEOMETRY_ROWS * ROW),
    harmonicsAt: take(4 * j1 * j1 * ROW),
    legendreAt: take((8 * LANES * j1 * (j1 + 1)) / 2),
    radialAt: take(radialCount(twoJMax) * ROW),
    radial2At: take(radialCount(twoJMax) * ROW),
    slotsAt: take(8 * SLOTS * radialCount(twoJMax)),
    densityAt: take(LANES * densities),
    densityGradientAt: take(LANES * densities),
    matricesAt: take(matrices),
    adjointAt: take(matrices),
    rowAt: take(16 * LANES * j1),
    featuresAt: take(8 * LANES * featureCount(shape)),
    sumsAt: take(2 * j1 * j1 * ROW),
    couplingGradientsAt: take(LANES * couplingGradientBytes),
    displacementsAt: take(3 * j1 * j1 * ROW),
    productsAt: take(3 * BLOCK * ROW),
  };
  // of the reverse pass for one gradient: Y, features, densities, density of a center; for several as many, one behind the other
  const featuresOfMember = matrices;
  const densityGradientOfMember = featuresOfMember + alignUp(8 * LANES * featureCount(shape));
  const centerGradientOfMember = densityGradientOfMember + LANES * densities;
  const memberBytes = alignUp(centerGradientOfMember + densities);
  const members = { membersAt: take(memberBytes), memberBytes, featuresOfMember, densityGradientOfMember, centerGradientOfMember };
  return { offsets: { ...offsets, ...members, couplingGradientBytes }, memberBytes, bytes };
}
