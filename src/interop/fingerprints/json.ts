import { type FileHandle, open } from "node:fs/promises";
import { OutputFile } from "../../output-file.js";
import { type FingerprintBlock, type FingerprintHeader, type FingerprintWriter, headerRecord } from "./writer.js";

/**
 * JSON: one object with a list `fingerprints` of rows. JSON lines: the header on the first line, then one row per line.
 * A row is `{ frame, atom, atomicNumber, values }`, without atom where it belongs to a whole frame.
 */
export class JsonWriter implements FingerprintWriter {
  readonly paths: readonly string[];
  private isFirst = true;

  private constructor(
    private readonly file: OutputFile,
    private readonly handle: FileHandle,
    private readonly nFeatures: number,
    private readonly isLines: boolean,
  ) {
    this.paths = [file.path];
  }

  static async open(path: string, header: FingerprintHeader, isLines: boolean): Promise<JsonWriter> {
    const file = await OutputFile.reserve(path);
    const handle = await open(file.temporaryPath, "w");
    const record = headerRecord(header);
    const start = isLines ? JSON.stringify(record) : `${JSON.stringify(record, null, 1).slice(0, -2)},\n "fingerprints": [`;
    await handle.write(start);
    return new JsonWriter(file, handle, header.features.length, isLines);
  }

  async write(block: FingerprintBlock): Promise<void> {
    const rows: string[] = [];
    for (let row = 0; row < block.nRows; row++) {
      const values = Array.from(block.values.subarray(row * this.nFeatures, (row + 1) * this.nFeatures));
      const frame = block.frames[row];
      const atom = block.atoms[row];
      rows.push(JSON.stringify(atom < 0 ? { frame, values } : { frame, atom, atomicNumber: block.atomicNumbers[row], values }));
    }
    if (rows.length === 0) return;
    const separator = this.isLines ? "\n" : ",\n  ";
    await this.handle.write((this.isLines ? "\n" : this.isFirst ? "\n  " : separator) + rows.join(separator));
    this.isFirst = false;
  }

  async close(): Promise<void> {
    await this.handle.write(this.isLines ? "\n" : "\n ]\n}\n");
    await this.handle.close();
    await this.file.commit();
  }

  async discard(): Promise<void> {
    await this.handle.close().catch(() => undefined);
    await this.file.discard();
  }
}
