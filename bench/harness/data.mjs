// Real data for bench cases, read once per process. `smoke` keeps a few frames of each set.
import { fileURLToPath } from "node:url";

const files = {
  si: new URL("../../examples/data/Si_train.xyz.gz", import.meta.url),
  threeBpa: new URL("../data/3BPA_60.xyz.gz", import.meta.url),
  mo: new URL("../data/Mo_194.xyz.gz", import.meta.url),
  nb: new URL("../data/Nb_334.xyz.gz", import.meta.url),
  qm9: new URL("../../examples/data/QM9_2074.xyz.gz", import.meta.url),
};
const SMOKE_FRAMES = 8;

/** Frames spread evenly over the set, so that a smoke run meets every kind of structure. */
function sample(count, wanted) {
  const stride = Math.max(1, Math.floor(count / wanted));
  return Array.from({ length: Math.min(count, wanted) }, (_, i) => i * stride);
}

async function load(url, smoke) {
  const { readDataset } = await import("../../dist/structures/index.js");
  const dataset = await readDataset(fileURLToPath(url));
  return smoke ? dataset.subset(sample(dataset.nStructures, SMOKE_FRAMES)) : dataset;
}

/** @returns {{ si(): Promise<Dataset>, threeBpa(): Promise<Dataset>, mo(): Promise<Dataset>, nb(): Promise<Dataset>, qm9(): Promise<Dataset> }} */
export function benchData(smoke) {
  const cache = new Map();
  const cached = (name) => {
    if (!cache.has(name)) cache.set(name, load(files[name], smoke));
    return cache.get(name);
  };
  return { si: () => cached("si"), threeBpa: () => cached("threeBpa"), mo: () => cached("mo"), nb: () => cached("nb"), qm9: () => cached("qm9") };
}
