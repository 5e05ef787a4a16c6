import type { DataFile, LoadedData } from "./data-schema.js";
import type { Dataset } from "./dataset.js";
import { isIsolatedAtom } from "./isolated-atom.js";
import { KnownStructures } from "./same-structure.js";
import type { DatasetPart } from "./split.js";

const parts: readonly DatasetPart[] = ["train", "validation", "test"];
const titles: Readonly<Record<DatasetPart, string>> = { train: "training", validation: "validation", test: "test" };
/** Structures that are named; the others are counted. */
const NAMED = 3;

/**
 * Sentences about structures that stand in several parts of the data, so that errors of one are no errors of new structures: files with
 * equal checksums, and structures with the same species, positions and cell (to 1e-5 Å) in the same order. Isolated atoms may stand in each.
 */
export function sharedDataWarnings(data: LoadedData): string[] {
  const warnings: string[] = [];
  for (const [i, one] of parts.entries()) {
    for (const other of parts.slice(i + 1)) {
      const [a, b] = [data[one], data[other]];
      if (!a || !b) continue;
      warnings.push(...sharedFiles(data.files, one, other), ...sharedStructures(a, b, one, other));
    }
  }
  return warnings;
}

function sharedFiles(files: readonly DataFile[], one: DatasetPart, other: DatasetPart): string[] {
  const first = files.filter(({ role }) => role === one);
  return files.flatMap(({ role, path, sha256 }) => {
    const same = role === other ? first.find((file) => file.sha256 === sha256) : undefined;
    if (!same) return [];
    const what = same.path === path ? `${path} is` : `${path} has the checksum of ${same.path}: it is`;
    return [`${what} ${titles[one]} and ${titles[other]} data; errors of the ${titles[other]} are not those of new structures`];
  });
}

function sharedStructures(a: Dataset, b: Dataset, one: DatasetPart, other: DatasetPart): string[] {
  const known = new KnownStructures(a);
  for (let i = 0; i < a.nStructures; i++) if (!isLeftOut(a, i)) known.add(i);
  const named: string[] = [];
  let count = 0;
  for (let i = 0; i < b.nStructures; i++) {
    const same = isLeftOut(b, i) ? undefined : known.find(b, i);
    if (same === undefined) continue;
    if (count++ < NAMED) named.push(a.labels[same] === b.labels[i] ? b.labels[i] : `${b.labels[i]} = ${a.labels[same]}`);
  }
  if (count === 0) return [];
  const rest = count > NAMED ? `, and ${count - NAMED} more` : "";
  return [
    `${count} of ${b.nStructures} structures of the ${titles[other]} stand in the ${titles[one]} data, too (${named.join("; ")}${rest}); ` +
      `errors of the ${titles[other]} are too small by them`,
  ];
}

function isLeftOut(dataset: Dataset, index: number): boolean {
  return dataset.atomCount(index) === 0 || isIsolatedAtom(dataset, index);
}
