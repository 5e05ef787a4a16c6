// node examples/zuo/table.mjs --data FOLDER [--elements Ni,Li,Mo,Si] [--families ace-3,ace-4] [--output FOLDER] [--page FILE] [--threads N] [--smoke]
// The tables of docs/results/zuo.md: run.mjs for every element and family, each in a process of its own. What the output folder has of an earlier run
// with the same recipe stays; the tables are of everything there.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { chosen, fail } from "../recipes/run-tools.mjs";
import { writeTables } from "../recipes/tables.mjs";
import { digestOf, families } from "./families.mjs";
import { elements, tablesOf } from "./tables.mjs";

const { values } = parseArgs({
  options: {
    data: { type: "string" }, // with Ni_train.xyz.gz, Ni_test.xyz.gz, …
    elements: { type: "string", default: "Ni,Li,Mo,Si" },
    families: { type: "string", default: families.map(({ key }) => key).join(",") },
    output: { type: "string", default: "out/zuo" },
    page: { type: "string", default: "docs/results/zuo.md" }, // gets the tables between its marks
    threads: { type: "string", default: "2" },
    smoke: { type: "boolean", default: false }, // as run.mjs does; writes no page
  },
});
if (!values.data) fail("--data is missing: the folder with Ni_train.xyz.gz, Ni_test.xyz.gz, …");
const output = values.smoke ? `${values.output}-smoke` : values.output;
const runs = chosen("element", values.elements, elements).flatMap((element) =>
  chosen("family", values.families, families.map(({ key }) => key)).map((family) => ({ element, family })),
);
mkdirSync(output, { recursive: true });

let stopped = false;
process.on("SIGINT", () => (stopped = true)); // the run under way hears of it, too
for (const { element, family } of runs) {
  if (stopped || resultOf(element, family)) continue;
  const status = await run(element, family);
  if (status !== 0 && !stopped) fail(`${element} ${family} ended with status ${status}`);
}
const results = elements.flatMap((element) => families.flatMap(({ key }) => resultOf(element, key) ?? []));
const tables = tablesOf(results);
writeFileSync(join(output, "tables.md"), tables);
console.log(tables);
if (!values.smoke && !stopped) writeTables(values.page, tables);
process.exitCode = stopped ? 130 : 0;

async function run(element, family) {
  const parts = { train: `${element}_train.xyz.gz`, test: `${element}_test.xyz.gz` };
  const files = Object.entries(parts).flatMap(([part, name]) => [`--${part}`, join(values.data, name)]);
  const own = ["--json", pathOf(element, family), "--families", family, "--output", output, "--threads", values.threads];
  const script = fileURLToPath(new URL("run.mjs", import.meta.url));
  const [status] = await once(spawn(process.execPath, [script, ...files, ...own, ...(values.smoke ? ["--smoke"] : [])], { stdio: "inherit" }), "exit");
  return status;
}

/** Nothing where there is none of this recipe. */
function resultOf(element, family) {
  if (!existsSync(pathOf(element, family))) return undefined;
  const { families: { [family]: found }, ...about } = JSON.parse(readFileSync(pathOf(element, family), "utf8"));
  return found?.recipe === digestOf(family) ? { ...about, family, ...found } : undefined;
}

function pathOf(element, family) {
  return join(output, `${element}-${family}.json`);
}
