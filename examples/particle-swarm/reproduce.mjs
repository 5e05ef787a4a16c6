// node examples/particle-swarm/reproduce.mjs CASE [--output FOLDER] [--threads N] [--budget N | "15 min"] [--seeds N] [--smoke]
// Repeats the numerical experiments of Kondati Natarajan & Caro, arXiv:2101.00049; see docs/results/particle-swarm.md.
import { parseArgs } from "node:util";
import { createExecutor, parseDuration } from "../../dist/index.js";
import { Session } from "./session.mjs";

const cases = ["c-dimer", "iron", "silicon", "silicon-target", "qm9", "transfer"];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    output: { type: "string", default: "out/particle-swarm" },
    threads: { type: "string", default: "2" },
    budget: { type: "string" }, // of every stage of every search, in place of what the tune files say
    seeds: { type: "string" },
    smoke: { type: "boolean", default: false }, // a few structures and evaluations: shows that it runs, the numbers mean nothing
  },
});
const [name] = positionals;
if (!cases.includes(name) || positionals.length > 1) {
  console.error(`name one case: ${cases.join(", ")}`);
  process.exit(2);
}

const budgetOf = (text) => (/^\d+$/.test(text) ? { evaluations: Number(text) } : { time: parseDuration(text) });
const executor = await createExecutor({ threads: Number(values.threads) });
const folder = values.smoke ? `${values.output}-smoke` : values.output;
try {
  const { run } = await import(`./cases/${name}.mjs`);
  await run(
    new Session({
      executor,
      folder,
      smoke: values.smoke,
      budget: values.budget && budgetOf(values.budget),
      seeds: values.smoke ? 1 : values.seeds && Number(values.seeds),
    }),
  );
} finally {
  await executor.close();
}
