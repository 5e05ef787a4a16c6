// Files of a checkpoint: whole and unchanged, or refused.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CancelledError, FormatError } from "../../../src/errors.js";
import { readPart, writePart } from "../../../src/fit/checkpoint/part-file.js";

let folder: string;
let path: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "pestle-part-"));
  path = join(folder, "rows.part");
});
afterAll(() => rmSync(folder, { recursive: true }));

const name = { name: "rows, chain 1", key: "0123" };
const bitsOf = ({ buffer, byteOffset, byteLength }: Float64Array): Buffer => Buffer.from(buffer, byteOffset, byteLength);

/** Numbers whose bits are lost easily; the payload of a NaN, too. */
const special = new Float64Array(new BigUint64Array([0x8000000000000000n, 0x7ff0000000000000n, 0x7ff8000000000abcn, 0x1n, 0x3fd5555555555555n]).buffer);

describe("a part", () => {
  it.each([0, 1, 7, (8 << 20) / 8, 2 ** 20 + 5])("of %i numbers comes back with every bit", async (length) => {
    const long = Float64Array.from({ length }, (_, i) => 1 / (i + 3));
    // a view into something longer
    const arrays = [long, new Float64Array(0), Float64Array.of(1, ...special, 2).subarray(1, 6)];
    const meta = { blocks: 12, text: 'ö" \\ \n', state: [1, -2] };
    await writePart(path, name, { meta, arrays });
    const read = await readPart(path);
    expect(read.meta).toEqual(meta);
    expect(read.header).toMatchObject({ ...name, lengths: [length, 0, 5] });
    expect(read.arrays.map((array) => bitsOf(array).equals(bitsOf(arrays[read.arrays.indexOf(array)])))).toEqual([true, true, true]);
    expect((await readPart(path, false)).arrays).toEqual([]);
    expect(readdirSync(folder)).toEqual(["rows.part"]);
  });

  it("that is cut off anywhere is refused, with the file and the remedy", async () => {
    await writePart(path, name, { meta: 3, arrays: [special] });
    const whole = readFileSync(path);
    for (let end = 0; end < whole.length; end++) {
      writeFileSync(path, whole.subarray(0, end));
      const error: unknown = await readPart(path, end % 2 === 0).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(FormatError);
      expect((error as Error).message).toMatch(/rows\.part: this .*damaged.*: delete it, and what it held is computed again/);
    }
    writeFileSync(path, Buffer.concat([whole, Buffer.of(0)]));
    await expect(readPart(path)).rejects.toThrow("damaged");
  });

  it("of which any byte has changed is refused", async () => {
    await writePart(path, name, { meta: 3, arrays: [special] });
    const whole = readFileSync(path);
    for (let byte = 0; byte < whole.length; byte++) {
      const changed = Buffer.from(whole);
      changed[byte] ^= 1 << byte % 8;
      writeFileSync(path, changed);
      await expect(readPart(path, byte % 2 === 0), `byte ${byte}`).rejects.toBeInstanceOf(FormatError);
    }
  });

  it("of another version says so", async () => {
    await writePart(path, name, { arrays: [] });
    const later = readFileSync(path);
    later.write("pestle checkpoint 2\n", "latin1");
    writeFileSync(path, later);
    await expect(readPart(path)).rejects.toThrow("has version 2 of the format, and this program reads version 1");
  });

  it("that is given up leaves the one before", async () => {
    await writePart(path, name, { meta: 1, arrays: [special] });
    let chunks = 0;
    const giveUp = writePart(path, name, { meta: 2, arrays: [special, special] }, () => ++chunks === 3);
    await expect(giveUp).rejects.toBeInstanceOf(CancelledError);
    expect((await readPart(path)).meta).toBe(1);
    expect(readdirSync(folder)).toEqual(["rows.part"]);
  });
});
