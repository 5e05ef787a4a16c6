// Extended XYZ: parsing of text in memory, reading of a compressed file, formatting. The unit is a byte of plain text.
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { formatStructure, parseStructures, readDataset } from "../../dist/structures/index.js";
import { extendedXyz } from "../../dist/structures/io/extxyz/extxyz.js";
import { ColumnReader } from "../../dist/structures/io/column-reader.js";
import { KeyTally } from "../../dist/structures/io/target-keys.js";

const CHUNK = 1 << 20;
const siPath = fileURLToPath(new URL("../../examples/data/Si_train.xyz.gz", import.meta.url));
const threeBpaPath = fileURLToPath(new URL("../data/3BPA_60.xyz.gz", import.meta.url));

async function textOf(path) {
  return gunzipSync(await readFile(path));
}

/** The bytes repeated until there are at least `size`. */
function repeat(bytes, size) {
  return Buffer.concat(new Array(Math.max(1, Math.ceil(size / bytes.length))).fill(bytes));
}

/** Numbers of the atom lines with 20 significant digits, more than fit the fast path of the parser. */
function withTwentyDigits(bytes) {
  const widen = (token) => (/^-?\d+\.\d+$/.test(token) ? (Number(token) + 1e-11).toPrecision(20) : token);
  const isAtom = (line) => /^[A-Z][a-z]?\s/.test(line);
  const lines = bytes.toString().split("\n");
  return Buffer.from(lines.map((line) => (isAtom(line) ? line.split(/\s+/).map(widen).join(" ") : line)).join("\n"));
}

/** Checks a frame against a plain split of its lines. */
function verifyFirstFrame(bytes, verify) {
  const [count, , ...rows] = bytes.toString("utf8", 0, 1 << 16).split("\n");
  const [structure] = parseStructures(bytes);
  const expected = rows.slice(0, Number(count)).flatMap((row) => row.trim().split(/\s+/).slice(1, 4).map(Number));
  verify(expected.length === structure.positions.length, "number of positions");
  verify(expected.every((value, i) => Object.is(value, structure.positions[i])), "positions of the first frame, bit by bit");
}

function parse(bytes) {
  const tally = new KeyTally();
  const parser = extendedXyz.read({ file: "bench.xyz", name: "bench.xyz", keys: {}, columns: new ColumnReader({}, {}, tally), tally });
  let atoms = 0;
  for (let start = 0; start < bytes.length; start += CHUNK) {
    for (const structure of parser.push(bytes.subarray(start, start + CHUNK))) atoms += structure.atomicNumbers.length;
  }
  for (const structure of parser.finish()) atoms += structure.atomicNumbers.length;
  return atoms;
}

async function benchParse({ smoke, measure, verify }, once) {
  verifyFirstFrame(once, verify);
  const bytes = smoke ? once : repeat(once, 20e6);
  verify(parse(bytes) === parse(once) * (bytes.length / once.length), "number of atoms");
  return { count: bytes.length, seconds: await measure(() => parse(bytes)), verified: true };
}

export const cases = [
  { name: "extxyz-parse-si", unit: "byte", run: async (context) => benchParse(context, await textOf(siPath)) },
  { name: "extxyz-parse-3bpa", unit: "byte", run: async (context) => benchParse(context, await textOf(threeBpaPath)) },
  { name: "extxyz-parse-20-digits", unit: "byte", run: async (context) => benchParse(context, withTwentyDigits(await textOf(threeBpaPath))) },
  {
    name: "extxyz-read-si-gz",
    unit: "byte",
    async run({ measure, verify }) {
      const dataset = await readDataset(siPath);
      verify(dataset.nStructures === 214 && dataset.nAtoms === 13233, "number of structures and atoms");
      return { count: (await textOf(siPath)).length, seconds: await measure(() => readDataset(siPath)), verified: true };
    },
  },
  {
    name: "extxyz-format-si",
    unit: "byte",
    async run({ measure, verify, data }) {
      const structures = [...(await data.si())];
      const write = () => structures.map((structure) => formatStructure(structure)).join("");
      const again = parseStructures(write());
      const isSame = again.every(({ positions }, i) => positions.every((value, k) => Object.is(value, structures[i].positions[k])));
      verify(again.length === structures.length && isSame, "positions read again, bit by bit");
      return { count: write().length, seconds: await measure(write), verified: true };
    },
  },
];
