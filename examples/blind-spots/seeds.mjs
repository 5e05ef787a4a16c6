// node examples/blind-spots/seeds.mjs RESULTS.json… — what the learning tests of several seeds have in common: smallest and largest value of each
// number that a table of one seed has. RESULTS.json are those of run.mjs, each with another --seed and --output.
import { readFileSync } from "node:fs";
import { fail } from "../recipes/run-tools.mjs";
import { significant, table } from "../recipes/tables.mjs";
import { experiments } from "./experiments.mjs";
import { fingerprints } from "./fingerprints.mjs";
import { choicesOf } from "./tables.mjs";

const files = process.argv.slice(2);
if (files.length < 2) fail("give the results.json of at least two seeds");
const runs = files.map((file) => JSON.parse(readFileSync(file, "utf8")));
const seeds = runs.map(({ seed }) => seed);
if (new Set(seeds).size < seeds.length) fail(`the seeds are ${seeds.join(", ")}: give each once`);
if (new Set(runs.map(({ samples }) => samples)).size > 1) fail("the files are of different sizes: compare those of the same --samples");

const rows = fingerprints.flatMap(({ key, title }) =>
  experiments.flatMap((experiment) => {
    const found = runs.flatMap(({ learning }) => learning.filter((result) => result.fingerprint === key && result.experiment === experiment.key));
    if (found.length < runs.length) return [];
    const choices = found.map((result) => choicesOf(result));
    const range = (of) => {
      const values = choices.map(of).sort((a, b) => a - b);
      const [low, high] = [values[0], values.at(-1)].map((value) => significant(value, 2));
      return low === high ? low : `${low}–${high}`;
    };
    return [[
      title, experiment.title, range(({ chosen }) => chosen.validation), range(({ chosen }) => chosen.first), range(({ chosen }) => chosen.firstCorrelation), range(({ oracle }) => oracle.first), range(({ chosen }) => chosen.second),
      range(({ secondOracle }) => secondOracle.second),
    ]];
  }),
);
console.log(`seeds ${seeds.join(", ")}\n`);
console.log(table(["fingerprint", "added", "MD", "M1", "r on M1", "M1, best choice", "M2", "M2, best choice"], rows));
