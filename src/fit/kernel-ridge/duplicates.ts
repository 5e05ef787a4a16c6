import type { Dataset } from "../../structures/dataset.js";
import type { Wasm } from "../../wasm/wasm.js";
import type { TermRows } from "./term-rows.js";

/** Digits that equal rows share: those of molecules that are turned differ in the last ones. */
const DIGITS = 10;

/** Labels of two structures whose descriptors are equal in every term, or undefined. */
export function findDuplicates(wasm: Wasm, rows: readonly TermRows[], dataset: Dataset): readonly [string, string] | undefined {
  const known = new Map<string, number>();
  const ofStructures = Array.from({ length: dataset.nStructures }, (): string[] => []);
  for (const { pointer, nFeatures, structures, atomicNumbers } of rows) {
    for (const [row, structure] of structures.entries()) {
      const values = wasm.f64(pointer + 8 * row * nFeatures, nFeatures);
      ofStructures[structure].push(`${atomicNumbers[row]}:${Array.from(values, (value) => value.toPrecision(DIGITS)).join(" ")}`);
    }
    ofStructures.forEach((texts) => texts.push(";"));
  }
  for (const [structure, texts] of ofStructures.entries()) {
    // atoms may come in any order
    const key = texts.sort().join();
    const first = known.get(key);
    if (first !== undefined) return [dataset.labels[first], dataset.labels[structure]];
    known.set(key, structure);
  }
  return undefined;
}
