import type { Feature } from "../../descriptors/descriptor.js";

/** What the rows and columns of a fingerprint file mean. */
export interface FingerprintHeader {
  readonly features: readonly Feature[];
  readonly descriptor: { readonly name: string; readonly parameters: Readonly<Record<string, unknown>> };
  /** Atomic numbers in ascending order. */
  readonly species: readonly number[];
  /** Å */
  readonly cutoff: number;
  /** One row per center, or one per frame when the descriptor averages over the centers. */
  readonly rows: "centers" | "frames";
  /** The data file. */
  readonly source: string;
  /** Program and version. */
  readonly program: string;
}

/** Consecutive rows. All indices count from 0, as arrays do. */
export interface FingerprintBlock {
  readonly nRows: number;
  /** nRows × nFeatures */
  readonly values: Float64Array;
  /** Frame of each row. */
  readonly frames: Int32Array;
  /** Atom of each row in its frame; −1 where a row belongs to a whole frame. */
  readonly atoms: Int32Array;
  /** Atomic number of that atom; 0 where a row belongs to a whole frame. */
  readonly atomicNumbers: Int32Array;
}

export const fingerprintPrecisions = ["double", "single"] as const;
export type FingerprintPrecision = (typeof fingerprintPrecisions)[number];

/** Takes rows as they come and never holds more than one block. Either `close` or `discard` ends it. */
export interface FingerprintWriter {
  /** The files that `close` leaves. */
  readonly paths: readonly string[];
  write(block: FingerprintBlock): Promise<void>;
  /** Finishes the files and gives them their names. */
  close(): Promise<void>;
  /** Removes everything written so far. */
  discard(): Promise<void>;
}

/** The header as plain data, as JSON files and HDF5 attributes hold it. */
export function headerRecord(header: FingerprintHeader): Record<string, unknown> {
  return {
    format: "pestle-fingerprints",
    version: 1,
    program: header.program,
    source: header.source,
    descriptor: header.descriptor.parameters,
    species: header.species,
    units: { length: "angstrom" },
    cutoff: header.cutoff,
    rows: header.rows,
    features: header.features.map(({ label }) => label),
  };
}
