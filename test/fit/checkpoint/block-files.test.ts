// Blocks of a matrix in files: each is written once, as it is before it changes.
import { expect, it } from "vitest";
import { BlockFiles } from "../../../src/fit/checkpoint/block-files.js";
import { FakeFolder } from "./fake-folder.js";

const sizes = [1, 3, 2, 0, 4];

/** Blocks of a memory that is overwritten when the files have finished with it. */
function blocksIn(folder: FakeFolder, share?: number): { memory: number[]; files: BlockFiles } {
  const memory = sizes.map(() => NaN);
  const read = (block: number): Float64Array => new Float64Array(sizes[block]).fill(memory[block]);
  return { memory, files: new BlockFiles(folder, { name: "tiles", count: sizes.length, elementsOf: (block) => sizes[block], read, share }) };
}

async function restored(folder: FakeFolder): Promise<[number, number[]][]> {
  const { files } = blocksIn(folder);
  const placed: [number, number[]][] = [];
  const found = await files.restore((block, values) => placed.push([block, [...values]]));
  expect([...found].sort()).toEqual(placed.map(([block]) => block).sort());
  expect(files.safeBlocks).toBe(found.size);
  return placed.sort(([a], [b]) => a - b);
}

it("gives back blocks that were done in any order, as they were when they were done", async () => {
  const folder = new FakeFolder();
  const { memory, files } = blocksIn(folder, 0.5);
  const done = (block: number): void => {
    memory[block] = 10 + block;
    files.done(block);
  };
  done(2);
  memory[2] = -1; // the copy is made at once, and written later
  done(0);
  done(4);
  expect(files.safeBlocks).toBe(0);
  folder.finish();
  expect([...folder.parts.keys()]).toEqual(["tiles, part 1"]);
  done(3);
  folder.finish();
  expect(await restored(folder)).toEqual([[0, [10]], [2, [12, 12]], [3, []], [4, [14, 14, 14, 14]]]);
  // half of the fit, and four of five blocks of it
  expect(folder.reports.slice(0, 2)).toEqual([0.1, 0.4]);
});

it("goes on behind the files that are there, and removes them all", async () => {
  const folder = new FakeFolder();
  folder.isHasty = true;
  const first = blocksIn(folder);
  first.memory[1] = 7;
  first.files.done(1);
  const second = blocksIn(folder);
  await second.files.restore((block, values) => (second.memory[block] = values[0]));
  second.memory[0] = 5;
  second.files.done(0);
  expect([...folder.parts.keys()]).toEqual(["tiles, part 1", "tiles, part 2"]);
  expect(await restored(folder)).toEqual([[0, [5]], [1, [7, 7, 7]]]);
  second.files.settle();
  expect(folder.parts.size).toBe(0);
});

it("keeps what is not safe when the work is interrupted, and nothing that has changed", async () => {
  const folder = new FakeFolder();
  const { memory, files } = blocksIn(folder);
  memory.fill(3);
  for (const block of [0, 1, 2]) files.done(block); // the second and the third wait for the first to be written
  folder.isHasty = true;
  await files.interrupted();
  expect((await restored(folder)).map(([block]) => block)).toEqual([0, 1, 2]);
  const other = new FakeFolder();
  const late = blocksIn(other);
  late.memory.fill(3);
  late.files.done(0);
  late.files.done(1);
  late.files.finished();
  late.memory.fill(-3);
  other.finish();
  await late.files.interrupted();
  expect(await restored(other)).toEqual([[0, [3]], [1, [3, 3, 3]]]);
});
