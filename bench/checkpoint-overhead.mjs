// node bench/checkpoint-overhead.mjs [--rounds 3] [--points 2000] [--threads 1]: processor time of a fit with a checkpoint and without, in turns.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { CheckpointFolder, createExecutor, fitSparseGp, readDataset } from "../dist/index.js";

const { values } = parseArgs({ options: { rounds: { type: "string", default: "3" }, points: { type: "string", default: "2000" }, threads: { type: "string", default: "1" } } });
const train = await readDataset(fileURLToPath(new URL("../examples/data/Si_train.xyz.gz", import.meta.url)));
const request = {
  model: {
    type: "sparse-gp",
    isolatedAtomEnergies: { Si: -0.79 },
    terms: [{ descriptor: { type: "soap", nMax: 6, lMax: 4, sigma: 0.5, cutoff: { radius: 5, function: "cosine" } }, kernel: { type: "dot-product", zeta: 4 }, sparse: { method: "random", count: Number(values.points) } }],
  },
  fit: { sigma: { energy: 0.01, forces: 0.1 } },
};
const executor = await createExecutor({ threads: Number(values.threads) });
const folder = mkdtempSync(join(tmpdir(), "pestle-overhead-"));

async function run(withCheckpoint) {
  const checkpoint = withCheckpoint ? new CheckpointFolder(join(folder, "fit.checkpoint"), { onNote: console.error }) : undefined;
  const [wall, cpu] = [performance.now(), process.cpuUsage()];
  const { model } = await fitSparseGp(request, train, executor, { checkpoint });
  const { user, system } = process.cpuUsage(cpu);
  const safe = checkpoint?.safeShare;
  checkpoint?.remove();
  return { cpuSeconds: (user + system) / 1e6, seconds: (performance.now() - wall) / 1e3, safe, first: model.terms[0].coefficients[0] };
}

await run(false); // compiles
for (let round = 0; round < Number(values.rounds); round++) console.log(round % 2 ? [await run(true), await run(false)].reverse() : [await run(false), await run(true)]);
rmSync(folder, { recursive: true });
await executor.close();
