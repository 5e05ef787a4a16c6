import { resolve } from "node:path";
import type { Dataset, File, Group } from "h5wasm/node";
import { InternalError, InvalidParameterError } from "../../errors.js";
import { OutputFile } from "../../output-file.js";
import type { FingerprintBlock } from "../../environments/fingerprint-block.js";
import { type FingerprintHeader, type FingerprintPrecision, type FingerprintWriter, headerRecord } from "./writer.js";

const CHUNK_VALUES = 131072; // 1 MB of doubles, the default chunk cache of HDF5

/**
 * HDF5: dataset `fingerprints` [rows × features] in chunks, `features` (labels), group `centers` with `frame`, `atom`,
 * `atomicNumber` and, where rows are tuples, `neighbors` [rows × neighbors]; parameters as attributes of the file.
 */
export class Hdf5Writer implements FingerprintWriter {
  readonly paths: readonly string[];
  private nRows = 0;
  private neighbors: Dataset | undefined;

  private constructor(
    private readonly output: OutputFile,
    private readonly file: File,
    private readonly fingerprints: Dataset,
    private readonly centers: readonly Dataset[],
    private readonly nFeatures: number,
    private readonly precision: FingerprintPrecision,
  ) {
    this.paths = [output.path];
  }

  static async open(path: string, header: FingerprintHeader, precision: FingerprintPrecision): Promise<Hdf5Writer> {
    // its WebAssembly is large, and most commands do not need it
    const hdf5 = await import("h5wasm/node");
    const routines = await hdf5.ready;
    // failures become exceptions; otherwise HDF5 prints its own account of each, a thousand lines on a full disk
    routines.activate_throwing_error_handler();
    const output = await OutputFile.reserve(path);
    try {
      const file = new hdf5.File(resolve(output.temporaryPath), "w");
      const nFeatures = header.features.length;
      const chunkRows = Math.max(1, Math.min(4096, Math.floor(CHUNK_VALUES / Math.max(1, nFeatures))));
      const fingerprints = file.create_dataset({
        name: "fingerprints",
        data: precision === "double" ? new Float64Array(0) : new Float32Array(0),
        shape: [0, nFeatures],
        maxshape: [null, nFeatures],
        chunks: [chunkRows, Math.max(1, nFeatures)],
      });
      const group = file.create_group("centers");
      const centers = ["frame", "atom", "atomicNumber"].map((name) =>
        group.create_dataset({ name, data: new Int32Array(0), shape: [0], maxshape: [null], chunks: [4096] }),
      );
      writeHeader(file, header);
      return new Hdf5Writer(output, file, fingerprints, centers, nFeatures, precision);
    } catch (error) {
      await output.discard();
      throw writeFailure(output, error);
    }
  }

  write(block: FingerprintBlock): Promise<void> {
    if (block.nRows === 0) return Promise.resolve();
    return Promise.resolve(block)
      .then(this.append.bind(this))
      .catch((error: unknown) => {
        throw writeFailure(this.output, error);
      });
  }

  private append(block: FingerprintBlock): void {
    const { nRows } = block;
    const start = this.nRows;
    const end = start + nRows;
    const values = block.values.subarray(0, nRows * this.nFeatures);
    // a copy: the values may be a view of shared memory, which h5wasm does not take
    const data = this.precision === "double" ? values.slice() : Float32Array.from(values);
    this.fingerprints.resize([end, this.nFeatures]);
    this.fingerprints.write_slice([[start, end], [0, this.nFeatures]], data);
    for (const [index, column] of [block.frames, block.atoms, block.atomicNumbers].entries()) {
      this.centers[index].resize([end]);
      this.centers[index].write_slice([[start, end]], column.slice(0, nRows));
    }
    if (block.neighbors) this.writeNeighbors(block.neighbors.slice(), start, nRows);
    this.nRows = end;
  }

  private writeNeighbors(neighbors: Int32Array, start: number, nRows: number): void {
    const width = neighbors.length / nRows;
    const layout = { data: new Int32Array(0), shape: [0, width], maxshape: [null, width], chunks: [4096, width] };
    this.neighbors ??= (this.file.get("centers") as Group).create_dataset({ name: "neighbors", ...layout });
    this.neighbors.resize([start + nRows, width]);
    this.neighbors.write_slice([[start, start + nRows], [0, width]], neighbors);
  }

  async close(): Promise<void> {
    try {
      if (this.file.close() < 0) throw new InternalError(`HDF5 could not finish ${this.output.path}`);
    } catch (error) {
      await this.output.discard();
      throw writeFailure(this.output, error);
    }
    await this.output.commit();
  }

  async discard(): Promise<void> {
    try {
      this.file.close();
    } catch {
      // what could not be written is thrown away
    }
    await this.output.discard();
  }
}

/** The account that HDF5 gives of a failure, a page of its calls, in one line: what the system said, where it said something. */
function writeFailure(output: OutputFile, error: unknown): unknown {
  const text = error instanceof Error ? error.message : String(error);
  if (!text.startsWith("HDF5-DIAG")) return output.failure(error);
  const reason = /error message = '([^']+)'/.exec(text)?.[1] ?? /major: .*\n\s*minor: (.*)/.exec(text)?.[1] ?? "HDF5 failed";
  return new InvalidParameterError(`cannot write ${output.path}: ${reason.toLowerCase()}`, { cause: error });
}

function writeHeader(file: File, header: FingerprintHeader): void {
  const { features, species, cutoff, ...others } = headerRecord(header);
  file.create_dataset({ name: "features", data: features as string[] });
  file.create_dataset({ name: "species", data: Int32Array.from(species as number[]) });
  if (cutoff !== undefined) file.create_attribute("cutoff", cutoff as number);
  for (const [name, value] of Object.entries(others)) {
    file.create_attribute(name, typeof value === "string" || typeof value === "number" ? value : JSON.stringify(value));
  }
}
