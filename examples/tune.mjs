// Better parameters for a small potential, with the library: what is searched, how it is judged, which optimizer; then the fit file.
import { fileURLToPath } from "node:url";
import { createExecutor, readDataset, searchParameters, splitDataset, tunedFitFile, tuneSchema, validate } from "../dist/index.js";

const path = fileURLToPath(new URL("data/Si_test.xyz.gz", import.meta.url));
const { train, validation } = splitDataset(await readDataset(path), { seed: 1, fractions: { validation: 0.4 }, stratify: true });

// the values that are not searched, and the start of those that are: as in a fit file
const base = {
  model: {
    type: "sparse-gp",
    isolatedAtomEnergies: { Si: -0.79 },
    terms: [
      {
        descriptor: { type: "soap", basis: "equispaced-gaussian", nMax: 4, lMax: 3, sigma: 0.5, cutoff: { radius: 5 } },
        kernel: { type: "dot-product", zeta: 4 },
        sparse: { method: "random", count: 50 },
      },
    ],
  },
  fit: { sigma: { energy: 0.005, forces: 0.1 } },
  seed: 1,
};

// the same options as under `tune` in a tune file
const options = validate(tuneSchema, {
  parameters: {
    "model.terms[0].descriptor.sigma": { from: 0.25, to: 1, scale: "log" },
    "model.terms[0].descriptor.cutoff.radius": { from: 3.5, to: 6 },
    "model.terms[0].kernel.zeta": { from: 1, to: 8 },
  },
  objective: { type: "validation-loss", trainOn: "energies" },
  optimizer: { type: "particle-swarm", particles: 8 },
  budget: { evaluations: 24 },
});

const executor = await createExecutor();
const onEvent = (event) => {
  if (event.kind === "generation") console.log(`generation ${event.progress.generation + 1}: best loss ${event.progress.best.loss.toPrecision(3)}`);
};
const { stages, candidate } = await searchParameters(options, base, { train, validation }, executor, { onEvent });
await executor.close();

const [{ best, records }] = stages;
console.log(`loss ${records[0].loss.toPrecision(3)} at the start, ${best.loss.toPrecision(3)} found in ${records.length} evaluations`);
console.log(tunedFitFile({ data: { train: path }, candidate, path: "tuned.yaml", comment: "ready for pestle fit" }));
