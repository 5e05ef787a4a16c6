// npm start: fits a potential to the bundled silicon data and judges it on the test set, as
//   pestle fit examples/si.yaml -o out/si.pestle --report out/si
// does. Further arguments are passed on: npm start -- --threads 1
import { mkdirSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { main } from "../dist/cli/main.js";

const root = relative(process.cwd(), dirname(dirname(fileURLToPath(import.meta.url))));
const out = join(root, "out");
mkdirSync(out, { recursive: true });
const fitFile = join(root, "examples", "si.yaml");
process.exitCode = await main(["fit", fitFile, "-o", join(out, "si.pestle"), "--report", join(out, "si"), ...process.argv.slice(2)]);
