// Follows directions in which a fingerprint hardly changes although the atoms move, from a methane of the literature on, for several descriptors, and
// writes a page with the moving structures: node examples/methane-manifold.mjs [PAGE.html] [--smoke]
import { blindDirections, blindnessOf, createDescriptor, createExecutor, describeBlindDirections, EnvironmentDescriber, followManifold, methaneManifold, sensitivityOf, writeManifoldReport } from "../dist/index.js";

const smoke = process.argv.includes("--smoke");
const page = process.argv.slice(2).find((argument) => !argument.startsWith("--")) ?? "out/methane-manifold.html"; // in out/ nothing is committed
const size = smoke ? { nMax: 4, lMax: 6, sigma: 0.3 } : { nMax: 8, lMax: 8, sigma: 0.2 };

// the carbon's own density goes to the channel of hydrogen, as in the papers
const soap = { type: "soap", basis: "equispaced-gaussian", ...size, cutoff: { radius: 2.5, width: 0.5 }, species: ["H"], otherSpecies: "ignore", centralReference: "all" };
const angular = [0.01, 0.1, 1].flatMap((eta) => [1, 2, 4, 16].flatMap((zeta) => [1, -1].map((lambda) => [eta, zeta, lambda])));
const descriptors = {
  SOAP: soap,
  "symmetry functions": { type: "acsf", cutoff: { radius: 4 }, g2: [[0.1, 0], [1, 0], [4, 0], [16, 1], [16, 1.2], [64, 1.1]], g4: angular },
  soap_turbo: { type: "soap-turbo", nMax: size.nMax, lMax: size.lMax, cutoff: { radius: 2.5 } },
  "ACE, order 2": { type: "ace", cutoff: { radius: 2.5 }, order: 2, degree: 10, lWeight: 1 },
  "ACE, order 3": { type: "ace", cutoff: { radius: 2.5 }, order: 3, degree: 10, lWeight: 1 },
  "overlap matrix": { type: "overlap-matrix", cutoff: { radius: 4 }, maxNeighbors: 4 },
};

// latitude and azimuth of the fourth hydrogen: where Parsaeifard & Goedecker and their critics began
const start = methaneManifold([4.5, 130.5]);
const executor = await createExecutor({ threads: 1 });
const views = [];
for (const [name, parameters] of Object.entries(descriptors)) {
  const describer = new EnvironmentDescriber(executor, createDescriptor(parameters), [1, 6]);
  const sensitivity = sensitivityOf(executor, describer, start);
  const zeros = describeBlindDirections(blindDirections(executor, describer, start));
  const manifold = await followManifold(executor, describer, start, { length: smoke ? 0.1 : 0.85, step: smoke ? 0.02 : 0.01 });
  const blindness = blindnessOf(describer, manifold, start, { samples: smoke ? 20 : 200 });
  const [lowest, highest] = manifold.energyRange;
  console.log(`${name}: s_last/s_1 ${(sensitivity.singularValues.at(-1) / sensitivity.singularValues[0]).toExponential(1)}; path of ${manifold.points.length} points (${manifold.end}), variation ${manifold.variation.toExponential(3)}, displacement ${manifold.displacement.toFixed(3)} Å, blindness ratio ${blindness.ratio?.toFixed(4)}, four-body energy ${lowest.toFixed(4)} to ${highest.toFixed(4)}`);
  views.push({ name, environment: start, sensitivity, zeros, manifold, blindness });
  describer.release();
}
await writeManifoldReport(page, { title: "Methane that fingerprints hardly see move", description: "From the fourth hydrogen at latitude 4.5°, azimuth 130.5°, 1.09 Å from carbon", views });
console.log(`wrote ${page}`);
await executor.close();
