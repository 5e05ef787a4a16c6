// Makes dist/cli-bundle/ of dist/: the command line and the entry of the worker threads with their dependencies, in a few files instead of
// hundreds of modules. The library stays as modules. Why, and why CommonJS: docs/decisions/0020-bundled-command-line.md.
import { rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";
import { licenses } from "./licenses.mjs";
import { standIns } from "./stand-ins.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const folder = join(root, "dist", "cli-bundle");

/** Large and for one purpose, or with files of their own; loaded from node_modules where they are used. */
const external = /^(3dmol|gmp-wasm|h5wasm|piscina|vega|vega-lite)(\/|$)/u;

/** What a module finds from its own place (WebAssembly, package.json, benchmarks) is found from there, not from the bundle. */
const ownPlace = {
  name: "own-place",
  transform(code, id) {
    if (!code.includes("import.meta.url")) return undefined;
    const place = JSON.stringify(relative(folder, id).replaceAll(sep, "/"));
    return { code: code.replaceAll("import.meta.url", `new URL(${place}, import.meta.url).href`), map: null };
  },
};

/** Modules of Node that cost milliseconds to load, and that most commands do without; `process.stdout` brings some along where it is a pipe. */
const SELDOM = "child_process|crypto|fs/promises|net|os|stream|stream/promises|zlib";

/** Loads these when they are used. */
const lazyBuiltins = {
  name: "lazy-builtins",
  renderChunk(code) {
    const statement = new RegExp(`^(\\s*)(?:let|const) (\\w+) = require\\("(node:(?:${SELDOM}))"\\);$`, "gmu");
    return {
      code: code.replaceAll(statement, (_, indent, variable, name) => `${indent}const ${variable} = new Proxy({}, { get: (_, key) => require("${name}")[key] });`),
      map: null,
    };
  },
};

rmSync(folder, { recursive: true, force: true });
const modules = [
  // each command is a file that is loaded when it runs
  ...(await write("cli/main.js", { format: "cjs", entryFileNames: "main.cjs", chunkFileNames: "[name]-[hash].cjs" })),
  // one file: a thread needs all of it
  ...(await write("worker.js", { format: "cjs", entryFileNames: "worker.cjs", codeSplitting: false }, [standIns])),
];
writeFileSync(join(folder, "LICENSES.txt"), `${licenses(modules)}\n`);

/** Bundles one entry of dist/; returns the modules that went into it. */
async function write(entry, output, plugins = []) {
  const bundle = await rolldown({
    input: join(root, "dist", entry),
    platform: "node",
    external,
    plugins: [ownPlace, lazyBuiltins, ...plugins],
    onLog(level, log) {
      if (level === "warn") throw new Error(`rolldown warns: ${log.message}`);
    },
  });
  const { output: files } = await bundle.write({ dir: folder, ...output });
  await bundle.close();
  return files.flatMap((file) => Object.keys(file.modules ?? {}));
}
