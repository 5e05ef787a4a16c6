import type { SpeciesList } from "../../descriptors/descriptor.js";
import { speciesIndices } from "../../descriptors/species.js";
import { namingStructure } from "../../environments/environments.js";
import type { CenterRange, Geometry } from "../../environments/geometry.js";
import { neighborsWithin } from "../../neighbors/known-list.js";
import { type NeighborList, placeNeighborList } from "../../neighbors/layout.js";
import { buildNeighborList } from "../../neighbors/neighbor-list.js";
import type { Arena, MemoryPool, Pointer, Region } from "../../wasm/memory.js";
import { enumerations, placeRecord, readField, readRecord, recordBytes, writeRecord } from "../../wasm/records.js";
import { withScratch } from "../../wasm/scratch.js";
import type { Wasm } from "../../wasm/wasm.js";
import { type ComposedForm, seesNeighborsOfNeighbors } from "./tree.js";

/**
 * Unordered pairs of a structure, of the images of one atom one of two, with what does not depend on parameters. Sites are atoms: first those whose
 * energies count, then others. Plain data with pointers into shared memory, so it may cross threads.
 */
export interface ComposedPairs {
  /** A ComposedPairs record. */
  readonly pointer: Pointer;
  /** Of the structure. */
  readonly nAtoms: number;
  /** Atoms that take part. */
  readonly nSites: number;
  /** Atoms whose energies count. */
  readonly nActive: number;
  /** Of sites. */
  readonly nPairs: number;
  /** The atom that each site is; absent: the atom of its number. */
  readonly atoms?: Int32Array | undefined;
  /** For messages. */
  readonly label: string;
}

/** What pairs are made for: potentials that differ in values of parameters, or in terms of the same range. */
export type PairRange = Pick<ComposedForm, "cutoff" | "root">;

/** Pairs that stay, and their memory. */
export interface KeptPairs {
  /** Good until the region is released. */
  readonly pairs: ComposedPairs;
  /** Of the pool; the caller releases it. */
  readonly region: Region;
}

const ARRAYS = { first: 4, second: 4, kinds: 4, distances: 8, ux: 8, uy: 8, uz: 8, cutoffs: 8, cutoffSlopes: 8, secondPairs: 4 } as const;
type PairArray = keyof typeof ARRAYS;
const NAMES = Object.keys(ARRAYS) as PairArray[];

/** Bytes that `placePairs` takes for a structure. */
export function pairBytes(nAtoms: number, nPairs: number): number {
  return alignTo(recordBytes("ComposedPairs")) + alignTo(4 * nAtoms) + 2 * alignTo(4 * (nAtoms + 1)) + NAMES.reduce((sum, name) => sum + alignTo(ARRAYS[name] * nPairs), 0);
}

function alignTo(bytes: number): number {
  return 64 * Math.ceil(bytes / 64);
}

/**
 * Searches the pairs of a structure and keeps them in a region of their own: fits evaluate thousands of values of the parameters on the same pairs, on any
 * thread.
 * @throws as `buildNeighborList`; {InvalidStructureError} for a species that is not in the list
 */
export function placePairs(wasm: Wasm, pool: MemoryPool, geometry: Geometry, form: PairRange, species: SpeciesList): KeptPairs {
  return withScratch(pool, (arena) => {
    const found = findPairs(wasm, arena, geometry, form, species);
    const { nSites, nPairs } = found;
    const region = pool.allocate(pairBytes(nSites, nPairs), `pairs of ${geometry.label}`);
    const record = { ...readRecord(wasm, found.pointer, "ComposedPairs") };
    let top = region.pointer + alignTo(recordBytes("ComposedPairs"));
    const keep = (from: Pointer, bytes: number): Pointer => {
      const to = top;
      wasm.u8(to, bytes).set(wasm.u8(from, bytes));
      top += alignTo(bytes);
      return to;
    };
    const kept = Object.fromEntries(NAMES.map((name) => [name, keep(record[name], ARRAYS[name] * nPairs)])) as Record<PairArray, Pointer>;
    const [ofSites, firstStarts, secondStarts] = [keep(record.species, 4 * nSites), keep(record.firstStarts, 4 * (nSites + 1)), keep(record.secondStarts, 4 * (nSites + 1))];
    writeRecord(wasm, region.pointer, "ComposedPairs", { ...record, ...kept, species: ofSites, firstStarts, secondStarts });
    return { pairs: { ...found, pointer: region.pointer }, region };
  });
}

/**
 * The pairs that energies of some atoms (default: all) and their derivatives depend on, in the arena.
 * @throws as `placePairs`
 */
export function findPairs(wasm: Wasm, arena: Arena, geometry: Geometry, form: PairRange, species: SpeciesList, range?: CenterRange): ComposedPairs {
  const nAtoms = geometry.atomicNumbers.length;
  const indices = speciesIndices(geometry, species);
  const isWhole = !range || (range.first === 0 && range.last === nAtoms);
  const { first, last } = range ?? { first: 0, last: nAtoms };
  const active = Int32Array.from({ length: last - first }, (_, i) => first + i);
  const list = namingStructure(geometry.label, () => listOf(wasm, arena, geometry, form, active, isWhole));
  const { atoms, sites } = isWhole ? { atoms: active, sites: active } : numberSites(wasm, list, nAtoms);
  const half = isWhole ? list.nPairs / 2 : list.nPairs;
  const record = {
    nSites: atoms.length, nComplete: list.nCenters, nActive: active.length, nPairs: half, nSpecies: species.length, species: arena.i32(atoms.length),
    firstStarts: arena.i32(atoms.length + 1), secondStarts: arena.i32(atoms.length + 1),
    ...(Object.fromEntries(NAMES.map((name) => [name, arena.allocate(ARRAYS[name] * (half + 1))])) as Record<PairArray, Pointer>),
  };
  wasm.i32(record.species, atoms.length).set(atoms.map((atom) => indices[atom]));
  const pointer = placeRecord(wasm, arena, "ComposedPairs", record);
  const mark = arena.mark();
  const sitesAt = arena.i32(nAtoms);
  wasm.i32(sitesAt, nAtoms).set(sites);
  const { radius, function: name } = form.cutoff;
  wasm.routines.composedPairs(enumerations.ClusterCutoffKind[name], radius, placeNeighborList(wasm, arena, list), sitesAt, pointer);
  arena.reset(mark);
  const nPairs = readField(wasm, pointer, "ComposedPairs", "nPairs");
  return { pointer, nAtoms, nSites: atoms.length, nActive: active.length, nPairs, atoms: isWhole ? undefined : atoms, label: geometry.label };
}

/** Neighbors of the active atoms, and, where features of neighbors count, of those as well: centers behind the active ones. */
function listOf(wasm: Wasm, arena: Arena, geometry: Geometry, form: PairRange, active: Int32Array, isWhole: boolean): Omit<NeighborList, "shifts"> {
  const { positions, cell, pbc, neighbors, atomicNumbers } = geometry;
  const search = (centers: Int32Array): Omit<NeighborList, "shifts"> => {
    const input = { positions, nAtoms: atomicNumbers.length, cell, pbc, cutoff: form.cutoff.radius, centers };
    return neighbors ? neighborsWithin(wasm, arena, neighbors, input) : buildNeighborList(wasm, arena, input);
  };
  if (isWhole || !seesNeighborsOfNeighbors(form.root)) return search(active);
  const mark = arena.mark();
  const near = search(active);
  const centers = numberSites(wasm, near, atomicNumbers.length).atoms;
  arena.reset(mark);
  return search(centers);
}

/** Centers of a list in their order, then the other atoms in it, ascending. */
function numberSites(wasm: Wasm, { nCenters, nPairs, centerAtoms, neighborAtoms }: Omit<NeighborList, "shifts">, nAtoms: number): { atoms: Int32Array; sites: Int32Array } {
  const sites = new Int32Array(nAtoms).fill(-1);
  const centers = wasm.i32(centerAtoms, nCenters).slice();
  centers.forEach((atom, site) => (sites[atom] = site));
  const others = [...new Set(wasm.i32(neighborAtoms, nPairs))].filter((atom) => sites[atom] < 0).sort((a, b) => a - b);
  others.forEach((atom, i) => (sites[atom] = nCenters + i));
  return { atoms: Int32Array.from([...centers, ...others]), sites };
}

