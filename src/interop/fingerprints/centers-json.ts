import { type FileHandle, open } from "node:fs/promises";
import { OutputFile } from "../../output-file.js";
import { type FingerprintBlock, type FingerprintHeader, headerRecord } from "./writer.js";

/**
 * One JSON object whose last keys are lists that grow row by row, so that it can be written without knowing or holding the rows:
 * `centers` with [frame, atom, atomic number] of each row.
 */
export class CentersJson {
  private isFirst = true;

  private constructor(
    private readonly file: OutputFile,
    private readonly handle: FileHandle,
  ) {}

  get path(): string {
    return this.file.path;
  }

  static async open(path: string, header: FingerprintHeader): Promise<CentersJson> {
    const file = await OutputFile.reserve(path);
    const handle = await open(file.temporaryPath, "w");
    const record = { ...headerRecord(header), centerColumns: ["frame", "atom", "atomicNumber"] };
    await handle.write(`${JSON.stringify(record, null, 1).slice(0, -2)},\n "centers": [`);
    return new CentersJson(file, handle);
  }

  async write(block: FingerprintBlock): Promise<void> {
    let text = "";
    for (let row = 0; row < block.nRows; row++) {
      text += `${this.isFirst ? "\n" : ",\n"}  [${block.frames[row]}, ${block.atoms[row]}, ${block.atomicNumbers[row]}]`;
      this.isFirst = false;
    }
    await this.handle.write(text);
  }

  async close(): Promise<void> {
    await this.handle.write("\n ]\n}\n");
    await this.handle.close();
    await this.file.commit();
  }

  async discard(): Promise<void> {
    await this.handle.close().catch(() => undefined);
    await this.file.discard();
  }
}
