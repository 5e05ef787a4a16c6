// node bench/checkpoint-overhead.mjs [--fit sparse-gp|kernel-ridge|kernel-ridge-scan] [--rounds 3] [--points 2000] [--threads 1]: processor time of a fit with a checkpoint and without, in turns.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { CheckpointFolder, createExecutor, fitKernelRidge, fitSparseGp, readDataset } from "../dist/index.js";

const { values } = parseArgs({
  options: {
    fit: { type: "string", default: "sparse-gp" }, rounds: { type: "string", default: "3" }, points: { type: "string", default: "2000" }, threads: { type: "string", default: "1" },
  },
});
const read = (name) => readDataset(fileURLToPath(new URL(`../examples/data/${name}`, import.meta.url)));
const soap = { type: "soap", nMax: 6, lMax: 4, sigma: 0.5, cutoff: { radius: 5, function: "cosine" } };
/** Structures, and a fit to them that takes much longer than what it keeps takes to write, or not. */
const fits = {
  "sparse-gp": async () => ({
    train: await read("Si_train.xyz.gz"),
    fit: fitSparseGp,
    request: {
      model: { type: "sparse-gp", isolatedAtomEnergies: { Si: -0.79 }, terms: [{ descriptor: soap, kernel: { type: "dot-product", zeta: 4 }, sparse: { method: "random", count: Number(values.points) } }] },
      fit: { sigma: { energy: 0.01, forces: 0.1 } },
    },
  }),
  "kernel-ridge": async () => molecules({ type: "squared-exponential", lengthScale: 0.5 }, 1e-6),
  "kernel-ridge-scan": async () => molecules({ type: "squared-exponential" }, { scan: { lengthScale: { ofMedian: [0.5, 1, 2, 4] }, lambda: [1e-8, 1e-6] } }),
};
async function molecules(kernel, regularization) {
  const all = await read("QM9_2074.xyz.gz");
  const train = all.subset(Array.from({ length: Math.min(all.nStructures, Number(values.points)) }, (_, i) => i));
  return { train, fit: fitKernelRidge, request: { model: { type: "kernel-ridge", terms: [{ descriptor: { ...soap, nMax: 4, lMax: 3 }, kernel }] }, fit: { regularization } } };
}
const { train, fit, request } = await fits[values.fit]();
const executor = await createExecutor({ threads: Number(values.threads) });
const folder = mkdtempSync(join(tmpdir(), "pestle-overhead-"));

async function run(withCheckpoint) {
  const checkpoint = withCheckpoint ? new CheckpointFolder(join(folder, "fit.checkpoint"), { onNote: console.error }) : undefined;
  const [wall, cpu] = [performance.now(), process.cpuUsage()];
  const { model } = await fit(request, train, executor, { checkpoint });
  const { user, system } = process.cpuUsage(cpu);
  const safe = checkpoint?.safeShare;
  checkpoint?.remove();
  return { cpuSeconds: (user + system) / 1e6, seconds: (performance.now() - wall) / 1e3, safe, first: (model.terms[0].coefficients ?? model.targets[0].coefficients)[0] };
}

await run(false); // compiles
for (let round = 0; round < Number(values.rounds); round++) console.log(round % 2 ? [await run(true), await run(false)].reverse() : [await run(false), await run(true)]);
rmSync(folder, { recursive: true });
await executor.close();
