// Every kind of fingerprint of the same silicon structures: how long they are, what they cost, and one of them standardized.
import { fileURLToPath } from "node:url";
import { columnStatistics, createDescriptor, createExecutor, describeStructures, learnFromData, readDataset } from "../dist/index.js";

const data = await readDataset(fileURLToPath(new URL("data/Si_test.xyz.gz", import.meta.url)));
const species = data.species();
const executor = await createExecutor({ threads: 1 });

const parameters = [
  { type: "soap", nMax: 8, lMax: 6, sigma: 0.5, cutoff: { radius: 5, function: "cosine" } },
  { type: "soap-turbo", nMax: 8, lMax: 8, cutoff: { radius: 5 } },
  { type: "acsf", cutoff: { radius: 5 } },
  { type: "bispectrum", twoJMax: 8, rcutfac: 5 },
  { type: "local-mbtr", k2: { geometry: "inverse-distance" } },
  { type: "distance-2b", species: ["Si", "Si"], cutoff: { radius: 5 } },
  { type: "angle-3b", center: "Si", species: ["Si", "Si"], cutoff: { radius: 3 } },
  { type: "mbtr", k2: { geometry: "inverse-distance" }, k3: { geometry: "cosine" } },
  { type: "ewald-sum-matrix", permutation: "eigenspectrum" },
];

console.log("descriptor          rows of    columns    µs/atom");
for (const each of parameters) {
  // the size of a matrix is that of the largest structure: what is left to the data is filled in here
  const descriptor = await learnFromData(executor, createDescriptor(each), data, { species });
  let start;
  for (const isTimed of [false, true]) {
    start = process.cpuUsage();
    for await (const { values } of describeStructures(executor, descriptor, data, { species })) {
      if (!isTimed && !values.every(Number.isFinite)) throw new Error(`${descriptor.name}: not a number`);
    }
  }
  const { user, system } = process.cpuUsage(start);
  const cost = ((user + system) / data.nAtoms).toFixed(1);
  console.log(`${descriptor.name.padEnd(20)}${descriptor.rows.padEnd(11)}${String(descriptor.featureCount(species)).padEnd(11)}${cost}`);
}

// Columns of mean 0 and deviation 1. The numbers that do this are parameters of the descriptor from now on.
const acsf = await learnFromData(executor, createDescriptor({ ...parameters[2], standardization: "standard" }), data, { species });
const { means, deviations } = await columnStatistics(executor, acsf, data, { species });
const varying = deviations.filter((deviation) => deviation > 0);
console.log(`standardized acsf: |mean| up to ${Math.max(...means.map(Math.abs)).toExponential(0)}, deviations ${Math.min(...varying).toFixed(6)} to ${Math.max(...varying).toFixed(6)}`);
await executor.close();
