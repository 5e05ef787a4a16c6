// Copies that are written while the caller goes on.
import { mkdtempSync, rmSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { WriteBehind } from "../../src/interop/fingerprints/write-behind.js";

describe("writing behind", () => {
  const folder = mkdtempSync(join(tmpdir(), "pestle-behind-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  it("keeps what it was given, whatever the caller does with its memory", async () => {
    const written = new Uint8Array(60_000);
    let [onTheWay, most] = [0, 0];
    // looks at the bytes late, and takes a part of them at a time
    const write = async (bytes: Uint8Array, offset: number, length: number, position: number): Promise<{ bytesWritten: number }> => {
      most = Math.max(most, ++onTheWay);
      for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
      const bytesWritten = Math.min(length, 1000);
      written.set(bytes.subarray(offset, offset + bytesWritten), position);
      onTheWay--;
      return { bytesWritten };
    };
    const behind = new WriteBehind({ write } as unknown as FileHandle);
    const memory = new Uint8Array(3000);
    const expected: number[] = [];
    for (let block = 0; block < 20; block++) {
      const length = 1 + ((block * 977) % 3000); // longer and shorter ones
      memory.fill(block + 1);
      await behind.write(memory.subarray(0, length), expected.length);
      for (let i = 0; i < length; i++) expected.push(block + 1);
      memory.fill(255);
    }
    await behind.settle();
    expect([...written.subarray(0, expected.length)]).toEqual(expected);
    expect(most).toBe(4);
  });

  it("throws what went wrong, at the latest when everything should be there", async () => {
    const path = join(folder, "closed");
    const handle = await open(path, "w");
    await handle.close();
    const behind = new WriteBehind(handle);
    await behind.write(new Uint8Array(10), 0);
    await expect(behind.settle()).rejects.toThrow(/closed|EBADF/u);
    await expect(behind.write(new Uint8Array(10), 10)).rejects.toThrow(/closed|EBADF/u);
  });
});
