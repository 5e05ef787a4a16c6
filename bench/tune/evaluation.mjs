// Evaluations of a search by validation loss: silicon, n_max = l_max = 4, trained on energies, several in flight on two threads.
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { errorSummary, evaluateDataset, fitSparseGp, readDataset } from "../../dist/index.js";
import { createObjective, objectiveSchema } from "../../dist/tune/objectives/registry.js";

const testFile = fileURLToPath(new URL("../../examples/data/Si_test.xyz.gz", import.meta.url));
const THREADS = 2;
const IN_FLIGHT = 4;

function candidate({ sigma = 0.5, zeta = 4, count }) {
  const descriptor = { type: "soap", basis: "equispaced-gaussian", nMax: 4, lMax: 4, sigma, cutoff: { radius: 5.4, width: 0.5 } };
  const terms = [{ descriptor, kernel: { type: "dot-product", zeta, delta: 1 }, sparse: { method: "cur", count } }];
  return {
    model: { type: "sparse-gp", isolatedAtomEnergies: { Si: -0.79 }, terms },
    fit: { sigma: { energy: 0.01, forces: 0.05 }, jitter: 1e-6 },
    seed: 1,
  };
}

/** The loss as its definition says, by a fit and a prediction of their own. */
async function plainLoss(request, train, test, executor) {
  const { model } = await fitSparseGp({ ...request, fit: { sigma: { energy: 0.01 }, jitter: 1e-6 } }, train, executor);
  const records = [];
  for await (const { structure, prediction } of evaluateDataset(model, test, executor)) {
    const { energy, forces } = structure.targets;
    records.push({
      group: "",
      nAtoms: structure.atomicNumbers.length,
      energy: { reference: energy, predicted: prediction.energy },
      forces: { reference: forces, predicted: prediction.forces },
    });
  }
  const { energy, forces } = errorSummary(records).total;
  return energy.rmse + forces.rmse / 30;
}

/** Seconds that every thread of this process ran or waited for a core so far; undefined where the system does not tell. */
function busySeconds() {
  try {
    const threads = readdirSync("/proc/self/task").map((id) => [id, readFileSync(`/proc/self/task/${id}/schedstat`, "utf8").split(" ")]);
    return new Map(threads.map(([id, [running, waiting]]) => [id, (Number(running) + Number(waiting)) / 1e9]));
  } catch {
    return undefined;
  }
}

/** Share of the wall time that the busiest threads beside the main one had work. */
function poolShare(before, after, seconds) {
  if (!before || !after) return undefined;
  const shares = [...after].filter(([id]) => id !== String(process.pid)).map(([id, busy]) => (busy - (before.get(id) ?? 0)) / seconds);
  return shares.sort((a, b) => b - a).slice(0, THREADS).reduce((sum, share) => sum + share, 0) / THREADS;
}

async function evaluateAll(objective, candidates, executor) {
  const losses = [];
  let next = 0;
  const lane = async () => {
    while (next < candidates.length) {
      const index = next++;
      losses[index] = (await objective.evaluate(candidates[index], { executor })).loss;
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
  return losses;
}

/** Every candidate has what `vary` makes of its number. */
function evaluationCase(name, vary, cacheBytes) {
  return {
    name,
    unit: "evaluation",
    async run({ createExecutor, data, smoke, verify }) {
      const executor = await createExecutor({ threads: THREADS });
      const [train, all] = [await data.si(), await readDataset(testFile)];
      const test = smoke ? all.subset([0, 9, 19]) : all;
      const count = smoke ? 50 : 1000;
      const candidates = Array.from({ length: smoke ? 4 : 16 }, (_, i) => candidate({ ...vary(i), count }));
      const options = objectiveSchema.parse({ type: "validation-loss", on: "test", trainOn: "energies" });
      const objective = createObjective(options, { train, test }, executor, { seed: 1, cacheBytes });
      try {
        const losses = await evaluateAll(objective, candidates, executor);
        const expected = await plainLoss(candidates[2], train, test, executor);
        verify(Math.abs(losses[2] - expected) <= 1e-12, `the loss is ${losses[2]} instead of ${expected}`);
        const [start, cpu, before] = [performance.now(), process.cpuUsage(), busySeconds()];
        const again = await evaluateAll(objective, candidates.map((_, i) => candidate({ ...vary(i + 100), count })), executor);
        const seconds = (performance.now() - start) / 1000;
        const { user, system } = process.cpuUsage(cpu);
        verify(again.every((loss) => loss > 0 && loss < 1), `losses are ${again.join(", ")}`);
        return {
          count: candidates.length,
          seconds,
          threads: THREADS,
          verified: true,
          cpuSeconds: (user + system) / 1e6,
          poolShare: poolShare(before, busySeconds(), seconds),
        };
      } finally {
        objective.release();
        await executor.close();
      }
    },
  };
}

const kernels = (i) => ({ zeta: 2 + 0.05 * (i % 50) + 0.001 * i });
const descriptors = (i) => ({ sigma: 0.4 + 0.002 * i });

export const cases = [
  evaluationCase("tune-descriptors", descriptors),
  evaluationCase("tune-descriptors-uncached", descriptors, 0),
  evaluationCase("tune-kernels", kernels),
  evaluationCase("tune-kernels-uncached", kernels, 0),
];
