// SOAP fingerprints of structures in memory: how alike are the environments of two atoms?
import { createDescriptor, createExecutor, describeStructures, parseStructures } from "../dist/index.js";

const structures = parseStructures(`3
Properties=species:S:1:pos:R:3
O 0.000 0.000 0.119
H 0.000 0.763 -0.477
H 0.000 -0.763 -0.477
`);
const species = [1, 8]; // atomic numbers, ascending
const soap = createDescriptor({ type: "soap", nMax: 6, lMax: 4, sigma: 0.4, cutoff: { radius: 4 } });

const executor = await createExecutor({ threads: 1 });
const vectors = [];
for await (const { nRows, values } of describeStructures(executor, soap, structures, { species })) {
  const nFeatures = soap.featureCount(species);
  // the values are a view that the next block overwrites
  for (let row = 0; row < nRows; row++) vectors.push(values.slice(row * nFeatures, (row + 1) * nFeatures));
}
await executor.close();

const dot = (a, b) => a.reduce((sum, value, i) => sum + value * b[i], 0);
const similarity = (a, b) => dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
console.log(`${soap.featureCount(species)} features, the first is "${soap.features(species)[0].label}"`);
console.log(`H and H: ${similarity(vectors[1], vectors[2]).toFixed(12)}`);
console.log(`O and H: ${similarity(vectors[0], vectors[1]).toFixed(12)}`);
