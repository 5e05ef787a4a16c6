// Structures to train on, to test on, and to ask more of.
import { join } from "node:path";
import { Dataset, readDataset } from "../../dist/index.js";
import { thinned } from "../recipes/run-tools.mjs";
import { shuffle } from "./statistics.mjs";

export async function readData(folder, smoke) {
  const [trainFile, testFile] = smoke ? ["Si_train.xyz.gz", "Si_test.xyz.gz"] : ["Nb_nbmotaw_train.xyz.gz", "Nb_nbmotaw_test.xyz.gz"];
  const [train, test] = await Promise.all([trainFile, testFile].map((file) => readDataset(join(folder, file))));
  return smoke ? { train: thinned(train, 2), test: thinned(test, 1) } : { train, test };
}

/** Every nth structure, for high precision. */
export function sampleOf(dataset, every) {
  return dataset.subset(range(dataset.nStructures).filter((i) => i % every === 0));
}

/** Two halves without a structure in common, each with half of every group. */
export function halvesOf(dataset) {
  const shuffled = shuffle(range(dataset.nStructures), 1);
  const parts = [[], []];
  const seen = new Map();
  for (const i of shuffled) {
    const group = dataset.configTypes[i];
    const count = seen.get(group) ?? 0;
    seen.set(group, count + 1);
    parts[count % 2].push(i);
  }
  return parts.map((part) => dataset.subset(part.sort((a, b) => a - b)));
}

/** The same structures with all lengths multiplied, without reference values. */
export function scaled(dataset, factor) {
  const times = (values) => Float64Array.from(values, (value) => factor * value);
  const structures = range(dataset.nStructures).map((i) => {
    const structure = dataset.structure(i);
    return { ...structure, positions: times(structure.positions), cell: structure.cell && times(structure.cell), targets: {} };
  });
  return Dataset.from(structures);
}

function range(n) {
  return Array.from({ length: n }, (_, i) => i);
}
