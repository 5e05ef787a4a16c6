import { JsonText } from "./json-text.js";
import { type FingerprintBlock, neighborsOfRow } from "../../environments/fingerprint-block.js";
import { type FingerprintHeader, headerRecord } from "./writer.js";

/**
 * One JSON object whose last key is a list that grows row by row, so that it can be written without knowing or holding the rows:
 * `centers` with [frame, atom, atomic number] of each row, and behind them the neighbors of a row that is a tuple.
 */
export class CentersJson {
  private isFirst = true;

  private constructor(
    readonly path: string,
    private readonly text: JsonText,
  ) {}

  static async open(path: string, header: FingerprintHeader): Promise<CentersJson> {
    const text = await JsonText.open(path);
    const record = { ...headerRecord(header), centerColumns: ["frame", "atom", "atomicNumber"] };
    await text.write(`${JSON.stringify(record, null, 1).slice(0, -2)},\n "centers": [`);
    return new CentersJson(path, text);
  }

  async write(block: FingerprintBlock): Promise<void> {
    let text = "";
    for (let row = 0; row < block.nRows; row++) {
      const numbers = [block.frames[row], block.atoms[row], block.atomicNumbers[row], ...(neighborsOfRow(block, row) ?? [])];
      text += `${this.isFirst ? "\n" : ",\n"}  [${numbers.join(", ")}]`;
      this.isFirst = false;
    }
    await this.text.write(text);
  }

  async close(): Promise<void> {
    await this.text.write("\n ]\n}\n");
    await this.text.close();
  }

  discard(): Promise<void> {
    return this.text.discard();
  }
}
