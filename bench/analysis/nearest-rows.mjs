// Ten nearest fingerprints of every environment of silicon (SOAP, n = 8, l = 6), columns over their deviations; verified against all pairs.
import { nearestRows } from "../../dist/analysis/blind-spots/nearest-rows.js";
import { standardizeRows } from "../../dist/analysis/blind-spots/standardize.js";
import { createDescriptor } from "../../dist/descriptors/index.js";
import { describeStructures } from "../../dist/environments/index.js";
import { matrix } from "../../dist/linalg/index.js";

const K = 10;
const VERIFIED = 40;
const soap = { type: "soap", nMax: 8, lMax: 6, sigma: 0.5, cutoff: { radius: 5 } };

/** All distances of a row by the definition, its K smallest, ascending. */
function smallest(values, n, d, i) {
  const distances = [];
  for (let j = 0; j < n; j++) {
    if (j === i) continue;
    let sum = 0;
    for (let f = 0; f < d; f++) sum += (values[i * d + f] - values[j * d + f]) ** 2;
    distances.push(Math.sqrt(sum));
  }
  return distances.sort((a, b) => a - b).slice(0, K);
}

async function run({ data, measureBoth, createExecutor, verifyClose }, threads) {
  const dataset = await data.si();
  const executor = await createExecutor({ threads });
  try {
    const d = createDescriptor(soap).featureCount(dataset.species());
    const n = dataset.nAtoms;
    const { pointer } = executor.pool.allocate(8 * n * d, "rows");
    let at = 0;
    for await (const { values } of describeStructures(executor, createDescriptor(soap), dataset, { species: dataset.species() })) {
      executor.wasm.f64(pointer + 8 * at, values.length).set(values);
      at += values.length;
    }
    standardizeRows(executor.wasm.f64(pointer, n * d), n, d);
    const rows = matrix(pointer, n, d);
    let found = await nearestRows(rows, K, { executor });
    const values = executor.wasm.f64(pointer, n * d);
    for (let k = 0; k < VERIFIED; k++) {
      const i = Math.floor((k * n) / VERIFIED);
      verifyClose(found.distances.slice(i * K, (i + 1) * K), smallest(values, n, d, i), 1e-12, `distances of row ${i}`);
    }
    // rows stand in groups already: that changes what is done by nothing
    const times = await measureBoth(async () => (found = await nearestRows(rows, K, { executor })), { minimumRuns: 3 });
    return { count: n, ...times, threads, takenPerRow: found.taken / n, shareOfPairs: found.taken / (n * (n - 1)), verified: true };
  } finally {
    await executor.close();
  }
}

export const cases = [
  { name: "nearest-rows-si", unit: "environment", run: (context) => run(context, 1) },
  { name: "nearest-rows-si-2-threads", unit: "environment", run: (context) => run(context, 2) },
];
