import { JsonText } from "./json-text.js";
import { type FingerprintBlock, neighborsOfRow } from "../../environments/fingerprint-block.js";
import { type FingerprintHeader, type FingerprintWriter, headerRecord } from "./writer.js";

/**
 * JSON: one object with a list `fingerprints` of rows. JSON lines: the header on the first line, then one row per line.
 * A row is `{ frame, atom, atomicNumber, values }`, without atom where it belongs to a whole frame, with `neighbors` where it is a tuple.
 */
export class JsonWriter implements FingerprintWriter {
  readonly paths: readonly string[];
  private isFirst = true;

  private constructor(
    private readonly text: JsonText,
    private readonly nFeatures: number,
    private readonly isLines: boolean,
  ) {
    this.paths = text.path === undefined ? [] : [text.path];
  }

  /** To a file, or to a stream that stays open. */
  static async open(target: string | NodeJS.WritableStream, header: FingerprintHeader, isLines: boolean): Promise<JsonWriter> {
    const text = await JsonText.open(target);
    const record = headerRecord(header);
    await text.write(isLines ? `${JSON.stringify(record)}\n` : `${JSON.stringify(record, null, 1).slice(0, -2)},\n "fingerprints": [`);
    return new JsonWriter(text, header.features.length, isLines);
  }

  async write(block: FingerprintBlock): Promise<void> {
    for (let row = 0; row < block.nRows; row++) {
      const values = Array.from(block.values.subarray(row * this.nFeatures, (row + 1) * this.nFeatures));
      const frame = block.frames[row];
      const atom = block.atoms[row];
      const neighbors = neighborsOfRow(block, row);
      const place = { frame, atom, atomicNumber: block.atomicNumbers[row], ...(neighbors && { neighbors: [...neighbors] }) };
      const record = JSON.stringify(atom < 0 ? { frame, values } : { ...place, values });
      await this.text.write(this.isLines ? `${record}\n` : `${this.isFirst ? "" : ","}\n  ${record}`);
      this.isFirst = false;
    }
  }

  async close(): Promise<void> {
    if (!this.isLines) await this.text.write("\n ]\n}\n");
    await this.text.close();
  }

  discard(): Promise<void> {
    return this.text.discard();
  }
}
