// node examples/descriptor-cost/reproduce.mjs [SET…] [--output FOLDER] [--data FOLDER] [--threads N] [--smoke]
// What every descriptor costs and tells on real data: the tables of docs/results/descriptor-cost.md. A run that was stopped goes on where it was.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { compareDescriptors, createExecutor, FolderCache, readDataset } from "../../dist/index.js";
import { sets } from "./sets.mjs";
import { tablesOf } from "./tables.mjs";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    output: { type: "string", default: "out/descriptor-cost" },
    data: { type: "string" }, // with the water set, which is not part of the project: docs/results/descriptor-cost.md
    threads: { type: "string", default: "2" },
    smoke: { type: "boolean", default: false }, // a few frames and descriptors: shows that it runs, the numbers mean nothing
  },
});
const known = sets(values.data);
const unknown = positionals.find((key) => known.every((set) => set.key !== key));
if (unknown !== undefined) {
  console.error(`there is no set "${unknown}": name ${known.map(({ key }) => key).join(", ")}${values.data ? "" : ", or water with --data"}`);
  process.exit(2);
}
const smoke = values.smoke;
const wanted = known.filter(({ key }) => (positionals.length > 0 ? positionals.includes(key) : !smoke || ["si", "3bpa"].includes(key)));
const folder = smoke ? `${values.output}-smoke` : values.output;
mkdirSync(folder, { recursive: true });

const executor = await createExecutor({ threads: Number(values.threads) });
const controller = new AbortController();
process.once("SIGINT", () => controller.abort());
try {
  for (const { key, file, descriptors } of wanted) {
    const whole = await readDataset(file);
    const dataset = smoke ? whole.subset(Array.from({ length: 6 }, (_, i) => Math.floor((i * whole.nStructures) / 6))) : whole;
    let stage = "";
    const comparison = await compareDescriptors(dataset, executor, {
      name: key,
      descriptors: smoke ? descriptors.filter((_, i) => i % 5 === 0) : descriptors,
      ...(smoke && { isQuick: true, costSample: 40, informationSample: 60 }),
      cache: smoke ? undefined : new FolderCache(join(folder, "cache")),
      signal: controller.signal,
      onProgress: (progress) => {
        if (progress.stage !== stage) console.log(`${key}: ${(stage = progress.stage)}`);
      },
    });
    for (const { name, reason } of comparison.refused) console.log(`${key}: ${name} was left out: ${reason}`);
    // points of the map are for pages
    const short = { ...comparison, descriptors: comparison.descriptors.map(({ information, ...others }) => ({ ...others, information: information && { ...information, map: undefined } })) };
    writeFileSync(join(folder, `${key}.json`), `${JSON.stringify(short, null, 1)}\n`);
  }
} finally {
  await executor.close();
}
const found = readdirSync(folder).filter((name) => name.endsWith(".json"));
const results = known.flatMap((set) => (found.includes(`${set.key}.json`) ? [{ ...set, comparison: JSON.parse(readFileSync(join(folder, `${set.key}.json`), "utf8")) }] : []));
const text = tablesOf(results);
writeFileSync(join(folder, "tables.md"), text);
console.log(text);
