// Compiles assembly/index.ts to every target of asconfig.json and assembly/read/ to a module of its own, in parallel, and only when a source
// is newer than the outputs. Warnings of the compiler are errors.
import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const configs = ["asconfig.json", "assembly/read/asconfig.json"];
const targets = configs.flatMap((config) => Object.keys(JSON.parse(readFileSync(join(root, config), "utf8")).targets).map((name) => ({ name, config })));
const asc = join(dirname(createRequire(import.meta.url).resolve("assemblyscript/package.json")), "bin", "asc.js");

/** The target that also makes what the host reads: the types of the exports, and the layouts of records. They are the same for all. */
const DESCRIBED = "simd";

function modified(path) {
  try {
    return statSync(path).mtimeMs;
  } catch {
    return 0;
  }
}

function newestSource() {
  const sources = readdirSync(join(root, "assembly"), { recursive: true }).map((name) => join(root, "assembly", name));
  return Math.max(...[...sources, join(root, "asconfig.json"), asc].map(modified));
}

function compile({ name, config }) {
  return new Promise((resolve, reject) => {
    const layouts = name === DESCRIBED ? ["--transform", "./assembly/layouts.mjs"] : [];
    execFile(process.execPath, [asc, "--config", config, "--target", name, ...layouts], { cwd: root }, (error, stdout, stderr) => {
      const output = stdout + stderr;
      if (error || output.includes("WARNING")) reject(new Error(`asc --target ${name} ${error ? "failed" : "warns"}:\n${output}`));
      else resolve(undefined);
    });
  });
}

function keepTypes() {
  rmSync(join(root, "build", `${DESCRIBED}.js`), { force: true });
  renameSync(join(root, "build", `${DESCRIBED}.d.ts`), join(root, "build", "pestle.d.ts"));
}

const names = [...targets.map(({ name }) => `${name}.wasm`), "pestle.d.ts", "layouts.js", "layouts.d.ts"];
const outputs = names.map((name) => join(root, "build", name));
if (process.argv.includes("--force") || Math.min(...outputs.map(modified)) < newestSource()) {
  mkdirSync(join(root, "build"), { recursive: true });
  const queue = [...targets];
  const lane = async () => {
    for (let target = queue.shift(); target; target = queue.shift()) await compile(target);
  };
  try {
    await Promise.all(Array.from({ length: Math.max(1, availableParallelism()) }, lane));
    keepTypes();
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
