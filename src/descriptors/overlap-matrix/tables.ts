import { eigenScratchBytes, eigenvaluesScratchBytes } from "../../linalg/eigen.js";
import { gemmScratchBytes } from "../../linalg/product.js";
import { nextSerial } from "../../parallel/attached.js";
import { alignUp, type MemoryPool, type Pointer, type Region } from "../../wasm/memory.js";
import { enumerations, recordBytes, writeRecord } from "../../wasm/records.js";
import type { Wasm } from "../../wasm/wasm.js";
import type { DescriptorMemory, PreparedDescriptor, SpeciesList } from "../descriptor.js";
import { TableWriter } from "../table-writer.js";

/** What sizes follow from. */
export interface OverlapShape {
  readonly nFeatures: number;
  readonly nSpecies: number;
  readonly maxNeighbors: number;
  /** Of an atom. */
  readonly orbitals: number;
  /** Of form smoothed. */
  readonly nPlaces: number;
}

/** All that the routines need to know about an overlap matrix. */
export interface OverlapSpec extends Omit<OverlapShape, "nPlaces" | "nSpecies"> {
  readonly descriptor: string;
  readonly species: SpeciesList;
  /** Å */
  readonly cutoff: number;
  readonly exponent: number;
  /** Å: of the orbitals of each species */
  readonly widths: readonly number[];
  /** number of the form */
  readonly form: number;
  /** of the functions of form smoothed; empty for others */
  readonly places: readonly number[];
  /** of these functions */
  readonly functionWidth: number;
}

/** What tables and scratch take. */
export function overlapMemory(shape: OverlapShape): DescriptorMemory {
  const { nSpecies, nPlaces } = shape;
  return {
    tables: recordBytes("OverlapTables") + 8 * (nSpecies + nPlaces) + 3 * alignUp(1),
    scratch: { perBatch: alignUp(recordBytes("Environments")) + scratchLayout(shape).bytes + alignUp(1), perCenter: 0, perPair: 0 },
  };
}

/** Writes the tables of an overlap matrix into shared memory. */
export function prepareOverlapMatrix(wasm: Wasm, pool: MemoryPool, spec: OverlapSpec): PreparedDescriptor {
  const regions: Region[] = [];
  const place = (bytes: number, what: string): Pointer => {
    const region = pool.allocate(bytes, `${what} of ${spec.descriptor}`);
    regions.push(region);
    return region.pointer;
  };
  const writer = new TableWriter(wasm, place);
  const { descriptor, species, cutoff, exponent, orbitals, form, nFeatures, maxNeighbors } = spec;
  const pointer = place(recordBytes("OverlapTables"), "parameters");
  const { bytes: scratchBytes, offsets } = scratchLayout(spec);
  writeRecord(wasm, pointer, "OverlapTables", {
    cutoff, exponent, orbitals, form, nFeatures, ...offsets,
    sharpness: 0.5 / spec.functionWidth ** 2,
    alphas: writer.reals(spec.widths.map((width) => 0.5 / width ** 2), "widths"),
    places: writer.reals(spec.places, "places"),
  });
  return {
    tables: {
      serial: nextSerial(), descriptor, nFeatures, cutoff, species, rows: "center", stateSize: { perBatch: 0, perCenter: 0, perPair: 0 },
      data: { pointer, scratchBytes, maxNeighbors },
    },
    release: () => regions.forEach((region) => pool.release(region)),
  };
}

/** Offsets of the parts of the scratch. */
function scratchLayout({ maxNeighbors, orbitals, nFeatures }: Pick<OverlapShape, "maxNeighbors" | "orbitals" | "nFeatures">) {
  const mostAtoms = maxNeighbors + 1;
  // one more that does not count, then an even number
  const stride = (mostAtoms + 2) & ~1;
  const n = orbitals * mostAtoms;
  let bytes = 0;
  const take = (reals: number): number => {
    const offset = bytes;
    bytes += alignUp(8 * reals);
    return offset;
  };
  const offsets = {
    stride,
    mostAtoms,
    atomsAt: take(enumerations.AtomRow.count * stride),
    pairsAt: take(enumerations.PairRow.count * stride),
    valuesAt: take(n),
    numbersAt: take(n + nFeatures),
    matrixAt: take(n * n),
    vectorsAt: take(n * n),
    slopesAt: take(3 * n * n),
    productsAt: take(3 * n * n),
    workAt: take(Math.max(eigenvaluesScratchBytes(n), eigenScratchBytes(n), gemmScratchBytes(3 * n, n, n)) / 8),
  };
  return { offsets, bytes };
}
