import { z } from "zod";
import { FormatError } from "../errors.js";
import { MODEL_FILE_MARK, startsModelFile } from "./model-file-mark.js";
import type { Model, NamedArray } from "./model-type.js";
import { findModelType, modelNames, modelTypeOf, partTypes } from "./registry.js";

/**
 * A model file is
 *
 *     magic (8 bytes) · version (u32) · length of the header (u32) · header (JSON, padded with spaces to a multiple of 8)
 *     · arrays (f64) · SHA-256 of everything before (32 bytes)
 *
 * with all numbers little-endian; magic is `MODEL_FILE_MARK`.
 */

/** Version of the model files that this program writes. */
export const MODEL_FILE_VERSION = 1;
const PREFIX = 16;
const DIGEST = 32;
/** "<", with which XML begins */
const LESS_THAN = 0x3c;

const headerSchema = z.object({
  type: z.string(),
  units: z.object({ energy: z.literal("eV"), length: z.literal("angstrom") }),
  parameters: z.unknown(),
  provenance: z.record(z.string(), z.unknown()),
  arrays: z.array(z.object({ name: z.string(), shape: z.array(z.int().nonnegative()) })),
});

/** The bytes of a model file. The same model gives the same bytes. */
export async function encodeModel(model: Model): Promise<Uint8Array> {
  const { parameters, arrays } = modelTypeOf(model).encode(model, partTypes);
  const header = canonicalJson({
    type: model.type,
    units: { energy: "eV", length: "angstrom" },
    parameters,
    provenance: model.provenance,
    arrays: arrays.map(({ name, shape }) => ({ name, shape })),
  });
  const text = new TextEncoder().encode(header);
  const headerBytes = Math.ceil(text.length / 8) * 8;
  const count = arrays.reduce((sum, { values }) => sum + values.length, 0);
  const bytes = new Uint8Array(PREFIX + headerBytes + 8 * count + DIGEST);
  const view = new DataView(bytes.buffer);
  bytes.set(MODEL_FILE_MARK);
  view.setUint32(8, MODEL_FILE_VERSION, true);
  view.setUint32(12, headerBytes, true);
  bytes.fill(0x20, PREFIX, PREFIX + headerBytes);
  bytes.set(text, PREFIX);
  let offset = PREFIX + headerBytes;
  for (const { values } of arrays) {
    for (const value of values) {
      view.setFloat64(offset, value, true);
      offset += 8;
    }
  }
  bytes.set(await digest(bytes.subarray(0, offset)), offset);
  return bytes;
}

/** JSON with sorted keys, so that equal models give equal bytes however their parameters were put together. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) => {
    if (typeof inner !== "object" || inner === null || Array.isArray(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

/**
 * @param file name for messages
 * @throws {FormatError} for bytes that are not a model file, a version or type this program does not know, or damage
 */
export async function decodeModel(bytes: Uint8Array, file: string): Promise<Model> {
  const location = { file };
  if (bytes.length < PREFIX + DIGEST || !startsModelFile(bytes)) throw new FormatError(location, `not a pestle model file${bytes[0] === LESS_THAN ? "; if it is a gap.xml, pestle import-gap makes a model file of it" : ""}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const version = view.getUint32(8, true);
  if (version !== MODEL_FILE_VERSION) {
    throw new FormatError(location, `model file version ${version}; this program reads version ${MODEL_FILE_VERSION}: use the program that wrote it`);
  }
  const end = bytes.length - DIGEST;
  const expected = await digest(bytes.subarray(0, end));
  if (!expected.every((byte, i) => bytes[end + i] === byte)) {
    throw new FormatError(location, "the checksum does not fit: the file is damaged or incomplete; copy or fit it again");
  }
  const start = PREFIX + view.getUint32(12, true);
  const header = parseHeader(bytes.subarray(PREFIX, start), file);
  const type = findModelType(header.type);
  if (!type) throw new FormatError(location, `model of type "${header.type}"; this program knows ${modelNames().join(", ")}`);
  const arrays = readArrays(header.arrays, view, start, end, file);
  return type.decode({ parameters: header.parameters, arrays }, header.provenance, file, partTypes);
}

function parseHeader(bytes: Uint8Array, file: string): z.output<typeof headerSchema> {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    throw new FormatError({ file }, "the header is not JSON", { cause: error });
  }
  const result = headerSchema.safeParse(json);
  if (!result.success) throw new FormatError({ file }, `the header is not that of a model: ${result.error.issues[0].message}`);
  return result.data;
}

function readArrays(list: readonly Pick<NamedArray, "name" | "shape">[], view: DataView, start: number, end: number, file: string): NamedArray[] {
  let offset = start;
  return list.map(({ name, shape }) => {
    const count = shape.reduce((product, size) => product * size, 1);
    if (offset + 8 * count > end) throw new FormatError({ file }, `the array "${name}" is longer than the file`);
    const values = Float64Array.from({ length: count }, (_, i) => view.getFloat64(offset + 8 * i, true));
    offset += 8 * count;
    return { name, shape, values };
  });
}

/** WebCrypto, because models are read in browsers too. */
async function digest(bytes: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await globalThis.crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>));
}
