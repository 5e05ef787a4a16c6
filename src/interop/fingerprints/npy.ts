import { type FileHandle, open } from "node:fs/promises";
import { NPY_HEADER_BYTES, npyHeader } from "../../npy.js";
import { OutputFile } from "../../output-file.js";
import { CentersJson } from "./centers-json.js";
import type { FingerprintBlock } from "../../environments/fingerprint-block.js";
import { WriteBehind } from "./write-behind.js";
import type { FingerprintHeader, FingerprintPrecision, FingerprintWriter } from "./writer.js";

/** Writes `fingerprints.npy` and, beside it, `fingerprints.npy.json` with labels, centers and parameters. */
export class NpyWriter implements FingerprintWriter {
  readonly paths: readonly string[];
  private readonly rows: WriteBehind;
  private nRows = 0;

  private constructor(
    private readonly file: OutputFile,
    private readonly handle: FileHandle,
    private readonly centers: CentersJson,
    private readonly nFeatures: number,
    private readonly precision: FingerprintPrecision,
  ) {
    this.paths = [file.path, centers.path];
    this.rows = new WriteBehind(handle);
  }

  static async open(path: string, header: FingerprintHeader, precision: FingerprintPrecision): Promise<NpyWriter> {
    const file = await OutputFile.reserve(path);
    const centers = await CentersJson.open(`${path}.json`, header);
    try {
      const handle = await file.writing(open(file.temporaryPath, "w"));
      await file.writing(handle.write(npyHeader([0, header.features.length], precision), 0, NPY_HEADER_BYTES, 0));
      return new NpyWriter(file, handle, centers, header.features.length, precision);
    } catch (error) {
      await centers.discard();
      await file.discard();
      throw error;
    }
  }

  async write(block: FingerprintBlock): Promise<void> {
    const count = block.nRows * this.nFeatures;
    const values = block.values.subarray(0, count);
    const width = this.precision === "double" ? 8 : 4;
    const data = this.precision === "double" ? values : Float32Array.from(values);
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    await this.file.writing(this.rows.write(bytes, NPY_HEADER_BYTES + this.nRows * this.nFeatures * width));
    this.nRows += block.nRows;
    await this.centers.write(block);
  }

  async close(): Promise<void> {
    await this.file.writing(this.rows.settle());
    await this.file.writing(this.handle.write(npyHeader([this.nRows, this.nFeatures], this.precision), 0, NPY_HEADER_BYTES, 0));
    await this.file.writing(this.handle.close());
    await this.centers.close();
    await this.file.commit();
  }

  async discard(): Promise<void> {
    await this.rows.settle().catch(() => undefined);
    await this.handle.close().catch(() => undefined);
    await this.centers.discard();
    await this.file.discard();
  }
}
