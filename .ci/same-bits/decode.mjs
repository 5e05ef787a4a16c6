// Results as trees of plain data and typed arrays, without what differs from run to run.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";

/** Times, memory and versions: not what is computed. */
const passing = new Set(["at", "seconds", "elapsed", "atomsPerSecond", "peakWasmBytes", "versions", "program", "pestle", "check"]);

/** Everything that a scenario left in its folder: `{ "--json": …, "model.pestle": … }`. */
export async function readResult(folder, { name, keep }) {
  const result = { output: JSON.parse(readFileSync(join(folder, `${name}.stdout`), "utf8"), withoutPassing) };
  if (result.output.model?.sha256) delete result.output.model.sha256; // of the bytes, which hold versions
  for (const file of keep) result[file] = await readFile(join(folder, file));
  return result;
}

export function hashOf(tree) {
  const hash = createHash("sha256");
  const add = (value) => {
    if (ArrayBuffer.isView(value)) hash.update(`${value.constructor.name} ${value.length}:`).update(bytesOf(value));
    else if (typeof value === "object" && value !== null) {
      hash.update(Array.isArray(value) ? "[" : "{");
      for (const key of Object.keys(value)) {
        hash.update(`${JSON.stringify(key)}:`);
        add(value[key]);
      }
      hash.update("]");
    } else hash.update(Object.is(value, -0) ? "-0," : `${JSON.stringify(value)},`);
  };
  add(tree);
  return hash.digest("hex").slice(0, 8);
}

export function bytesOf(array) {
  return Buffer.from(array.buffer, array.byteOffset, array.byteLength);
}

function withoutPassing(key, value) {
  return passing.has(key) ? undefined : value;
}

function readFile(path) {
  if (path.endsWith(".h5")) return readHdf5(path);
  const bytes = readFileSync(path);
  if (path.endsWith(".pestle")) return readModel(bytes);
  if (path.endsWith(".npy")) return readNpy(bytes);
  if (path.endsWith(".journal.jsonl")) return readJournal(bytes.toString());
  if (path.endsWith(".jsonl")) return bytes.toString().trimEnd().split("\n").map((line) => JSON.parse(line, withoutPassing));
  if (path.endsWith(".json")) return JSON.parse(bytes.toString(), withoutPassing);
  return bytes.toString().split("\n").filter((line) => !line.startsWith("#"));
}

/** See src/models/model-format.ts. */
function readModel(bytes) {
  const headerBytes = bytes.readUInt32LE(12);
  const { arrays: list, provenance, ...header } = JSON.parse(bytes.toString("utf8", 16, 16 + headerBytes), withoutPassing);
  const { metrics, ...origin } = provenance;
  let offset = 16 + headerBytes;
  const arrays = {};
  for (const { name, shape } of list) {
    const end = offset + 8 * shape.reduce((product, size) => product * size, 1);
    arrays[name] = { shape, values: new Float64Array(bytes.buffer.slice(bytes.byteOffset + offset, bytes.byteOffset + end)) };
    offset = end;
  }
  return { version: bytes.readUInt32LE(8), ...header, provenance: origin, metrics, arrays, unread: bytes.length - offset - 32 };
}

function readNpy(bytes) {
  const start = 10 + bytes.readUInt16LE(8);
  const header = bytes.toString("latin1", 10, start).trim();
  const data = bytes.buffer.slice(bytes.byteOffset + start, bytes.byteOffset + bytes.length);
  return { header, values: header.includes("<f4") ? new Float32Array(data) : new Float64Array(data) };
}

/** Evaluations in the order of asking: which finishes first may differ. */
function readJournal(text) {
  const entries = text.trimEnd().split("\n").map((line) => JSON.parse(line, withoutPassing));
  const key = ({ stage = -1, id = -1, rung = -1 }) => [stage, id, rung];
  return entries.sort((a, b) => key(a).map((value, i) => value - key(b)[i]).find((order) => order !== 0) ?? 0);
}

async function readHdf5(path) {
  const { ready, File } = await import("h5wasm/node");
  await ready;
  const file = new File(resolve(path), "r");
  try {
    return readGroup(file);
  } finally {
    file.close();
  }
}

function readGroup(group) {
  const attributes = Object.fromEntries(Object.entries(group.attrs).filter(([key]) => !passing.has(key)).map(([key, { value }]) => [key, value]));
  const members = group.keys().map((key) => {
    const member = group.get(key);
    return [key, member.type === "Group" ? readGroup(member) : { shape: member.shape, dtype: member.dtype, values: copyOf(member.value) }];
  });
  return { attributes, ...Object.fromEntries(members) };
}

/** h5wasm gives views of its memory, which may move. */
function copyOf(value) {
  return ArrayBuffer.isView(value) ? value.slice() : value;
}
