// What the scripts of several recipes have in common.
import { renameSync, writeFileSync } from "node:fs";

/** Processor time of all threads of this process from now on, s. */
export function processorSeconds() {
  const before = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1e6;
  };
}

/** Writes results with numbers of eight digits; the file is there as a whole or as it was. */
export function writeResults(path, json) {
  const rounded = (_, value) => (typeof value === "number" && !Number.isInteger(value) ? Number(value.toPrecision(8)) : value);
  writeFileSync(`${path}.part`, `${JSON.stringify(json, rounded, 1)}\n`);
  renameSync(`${path}.part`, path);
}

export function fail(message) {
  console.error(`error: ${message}`);
  process.exit(2);
}

/** The words of an option with commas between them, each of which must be known. */
export function chosen(what, text, known) {
  const keys = text.split(",");
  const unknown = keys.find((key) => !known.includes(key));
  if (unknown !== undefined) fail(`there is no ${what} "${unknown}"; there are ${known.join(", ")}`);
  return keys;
}

/** The first few structures of each group. */
export function thinned(dataset, most) {
  const counts = new Map();
  const isKept = (i) => {
    const group = dataset.configTypes[i];
    counts.set(group, (counts.get(group) ?? 0) + 1);
    return counts.get(group) <= most;
  };
  return dataset.subset(Array.from({ length: dataset.nStructures }, (_, i) => i).filter(isKept));
}

/** A line for every tenth of a stage. */
export function progress() {
  let last = "";
  return ({ stage, done, total }) => {
    const line = total ? `${stage}: ${Math.floor((10 * done) / total) * 10} %` : stage;
    if (line !== last) console.error(line);
    last = line;
  };
}
