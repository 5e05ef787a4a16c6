// Compiles assembly/index.ts to every target of asconfig.json, in parallel, and only when a source is newer than the outputs.
import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const targets = Object.keys(JSON.parse(readFileSync(join(root, "asconfig.json"), "utf8")).targets);
const asc = join(dirname(createRequire(import.meta.url).resolve("assemblyscript/package.json")), "bin", "asc.js");

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

function compile(target) {
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [asc, "--target", target], { cwd: root }, (error, stdout, stderr) => {
      if (error) reject(new Error(`asc --target ${target} failed:\n${stdout}${stderr}`));
      else resolve(undefined);
    });
  });
}

// `build/pestle.d.ts` holds the generated types of the exports: the same for every target, so one build makes them.
function keepTypes() {
  rmSync(join(root, "build", "simd.js"), { force: true });
  renameSync(join(root, "build", "simd.d.ts"), join(root, "build", "pestle.d.ts"));
}

const outputs = [...targets.map((target) => join(root, "build", `${target}.wasm`)), join(root, "build", "pestle.d.ts")];
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
