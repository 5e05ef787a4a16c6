import type { FingerprintBlock } from "../../environments/fingerprint-block.js";
import type { Feature, FeatureSpace } from "../../descriptors/descriptor.js";
import type { RowKind } from "../../descriptors/rows.js";

/** What the rows and columns of a fingerprint file mean. */
export interface FingerprintHeader {
  /** One for each column. */
  readonly features: readonly Feature[];
  /** Its name, and its parameters with every default filled in. */
  readonly descriptor: Pick<FeatureSpace, "name" | "parameters">;
  /** Atomic numbers in ascending order. */
  readonly species: readonly number[];
  /** Å; undefined where structures are described as a whole. */
  readonly cutoff: number | undefined;
  /** What a row is about. */
  readonly rows: `${RowKind}s`;
  /** The data file. */
  readonly source: string;
  /** Program and version. */
  readonly program: string;
}

/** Precisions of the numbers in .npy and .h5 files. */
export const fingerprintPrecisions = ["double", "single"] as const;
/** Precision of the numbers in .npy and .h5 files. */
export type FingerprintPrecision = (typeof fingerprintPrecisions)[number];

/** Takes rows as they come and never holds more than one block. Either `close` or `discard` ends it. */
export interface FingerprintWriter {
  /** The files that `close` leaves. */
  readonly paths: readonly string[];
  /** Appends rows; the block may be reused when the promise resolves. */
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
    ...(header.cutoff !== undefined && { cutoff: header.cutoff }),
    rows: header.rows,
    features: header.features.map(({ label }) => label),
  };
}
