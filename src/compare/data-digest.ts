import { createHash } from "node:crypto";
import type { Dataset } from "../structures/dataset.js";

/** Names the content of a data set: structures, energies and forces. */
export function dataDigest({ offsets, atomicNumbers, positions, cells, pbc, energies, forces }: Dataset): string {
  const hash = createHash("sha256");
  for (const array of [offsets, atomicNumbers, positions, cells, pbc, energies, forces]) {
    hash.update(`${array.constructor.name} ${array.length}\n`);
    hash.update(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
  }
  return hash.digest("hex");
}
