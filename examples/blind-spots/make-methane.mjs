// node examples/blind-spots/make-methane.mjs [--samples 100] [--walkers 300] [--seed 1] [--output FOLDER]
// Frames of methane at 1500 K with the energy of four bodies in the place of an energy: train.xyz, validation.xyz, and their statistics.
import { parseArgs } from "node:util";
import { fail, progress } from "../recipes/run-tools.mjs";
import { writeSets } from "./methane-sets.mjs";

const { values } = parseArgs({
  options: {
    samples: { type: "string", default: "100" }, // of each walker, 50 fs apart
    walkers: { type: "string", default: "300" },
    seed: { type: "string", default: "1" },
    output: { type: "string", default: "out/methane" },
  },
});
const options = Object.fromEntries(["samples", "walkers", "seed"].map((key) => [key, Number(values[key])]));
const wrong = Object.keys(options).find((key) => !Number.isInteger(options[key]) || options[key] < (key === "walkers" ? 5 : 1));
if (wrong) fail(`--${wrong} ${values[wrong]}: a whole number, ${wrong === "walkers" ? "5 or more (every fifth is for validation)" : "1 or more"}`);
const tell = progress();
const statistics = await writeSets(values.output, options, (stage, done, total) => tell({ stage, done, total }));
console.log(statistics);
if (!statistics.isAsExpected) fail("the frames are not those of the model: see isAsExpected");
