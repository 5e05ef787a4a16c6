import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import type { z } from "zod";
import { filesIn, withoutFilePaths } from "../../file-path.js";
import { isRecord } from "../../plain-data.js";
import type { Executor } from "../../parallel/executor.js";
import type { Dataset } from "../../structures/dataset.js";
import type { CompleteRequest } from "../trainer.js";
import type { DataContent, FitIdentity } from "./checkpoint.js";

/** Of a trainer. */
export interface SectionSchemas {
  /** Of the `model` section. */
  readonly model: z.ZodType;
  /** Of the `fit` section. */
  readonly fit: z.ZodType;
}

/**
 * What the bits of a fit depend on.
 * @param others data beside those that are fitted to, by what they are
 */
export async function fitIdentity(
  schemas: SectionSchemas,
  { model, fit, seed }: CompleteRequest<unknown, unknown>,
  dataset: Dataset,
  { wasm }: Executor,
  others: Readonly<Record<string, Dataset | undefined>> = {},
): Promise<FitIdentity> {
  const named = [...filesIn(schemas.model, model, "model"), ...filesIn(schemas.fit, fit, "fit")];
  const identity: FitIdentity = {
    model: withoutFilePaths(schemas.model, model),
    fit: withoutFilePaths(schemas.fit, fit),
    seed,
    files: await Promise.all(named.map(async ({ role, path }) => ({ role, sha256: await digestOfFile(path) }))),
    data: contentOf(dataset),
    others: Object.entries(others).flatMap(([role, other]) => (other ? [{ role, ...contentOf(other) }] : [])),
    build: wasm.shared.build,
  };
  // as it comes back from a file
  return JSON.parse(JSON.stringify(identity)) as FitIdentity;
}

function contentOf(dataset: Dataset): DataContent {
  return { structures: dataset.nStructures, atoms: dataset.nAtoms, sha256: digestOfData(dataset) };
}

async function digestOfFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}

/** Of all that a fit may look at; not of where structures came from. */
function digestOfData({ offsets, atomicNumbers, positions, cells, pbc, columns, configTypes }: Dataset): string {
  const hash = createHash("sha256");
  for (const array of [offsets, atomicNumbers, positions, cells, pbc]) update(hash, array);
  for (const { values, ...shape } of columns.values()) update(hash.update(JSON.stringify([shape.name, shape.unit, shape.per, shape.width])), values);
  return hash.update(JSON.stringify(configTypes)).digest("hex");
}

/** Names numbers by their bits. */
export function digestOfNumbers(arrays: readonly Float64Array[]): string {
  const hash = createHash("sha256");
  for (const array of arrays) update(hash, array);
  return hash.digest("hex");
}

/** Names plain data, whatever the order of its keys, in a few characters. */
export function shortDigest(value: unknown): string {
  const text = JSON.stringify(value, (_, part: unknown) => (isRecord(part) ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1))) : part));
  return createHash("sha256").update(text).digest("hex").slice(0, 24);
}

function update(hash: ReturnType<typeof createHash>, array: Float64Array | Int32Array | Uint8Array): void {
  hash.update(`${array.length}\n`).update(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
}
