// The direction of data as a rule: a folder imports only from folders above it in these lists (docs/architecture.md).
import { readFileSync, readdirSync, statSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";

/** Entries of `src/`, in order; a name stands for the folder or for the file of that name. Names in one row may import each other. */
export const sourceLayers = [
  ["errors", "version", "library-mark"],
  ["suggestion", "parameter-path", "plain-data", "units", "npy", "system-error"],
  ["validation", "file-path", "held-files", "differences"],
  ["output-file", "file-lock"],
  ["wasm"],
  ["parallel"],
  ["math"],
  ["linalg"],
  ["optimizers"],
  ["structures"],
  ["neighbors"],
  ["descriptors"],
  ["environments"],
  ["kernels"],
  ["models"],
  ["select"],
  ["fit"],
  ["analysis"],
  ["tune"],
  ["compare"],
  ["audit"],
  ["compose"],
  ["md"],
  ["interop"],
  ["report"],
  ["config"],
  ["cli"],
  ["worker", "index", "core", "browser"],
  ["worker-with-modules"],
];

/** The same for `assembly/`. */
export const assemblyLayers = [
  ["status", "records"],
  ["math"],
  ["linalg"],
  ["neighbors"],
  ["descriptors"],
  ["kernels"],
  ["models"],
  ["select"],
  ["fit"],
  ["md"],
  ["analysis"],
  ["index"],
  ["read"],
];

/** What the build makes beside the WebAssembly; `src/wasm/` alone imports it. */
const generated = ["pestle.js", "layouts.js"];

const trees = { src: sourceLayers, assembly: assemblyLayers };

/** Where a file stands: its tree, its top-level name and the index of its layer (−1 if the name is in no list). */
function placeOf(file, root) {
  const [tree, first, ...rest] = relative(root, file).split(sep);
  const layers = trees[tree];
  if (!layers || first === undefined) return undefined;
  const name = rest.length > 0 ? first : first.replace(/(\.d)?\.(ts|js)$/, "");
  return { tree, name, layer: layers.findIndex((row) => row.includes(name)) };
}

/** Why `file` may not import `specifier`, or undefined when it may. Only relative specifiers are judged. */
export function layerViolation(file, specifier, root) {
  const from = placeOf(file, root);
  if (!from) return undefined;
  if (from.layer < 0) return `${from.tree}/${from.name} is in no layer: add it to .ci/layers.mjs, in order`;
  if (!specifier.startsWith(".")) return undefined;
  const target = resolve(dirname(file), specifier);
  const to = placeOf(target, root);
  if (!to) {
    if (from.name === "wasm" && generated.some((name) => target === resolve(root, "build", name))) return undefined;
    return `${from.tree}/${from.name} may not import "${specifier}": it lies outside ${from.tree}/`;
  }
  if (to.tree !== from.tree) return `${from.tree}/${from.name} may not import "${specifier}": the trees meet only through the compiled exports`;
  if (to.layer < 0) return `${to.tree}/${to.name} is in no layer: add it to .ci/layers.mjs, in order`;
  if (to.name === from.name || to.layer <= from.layer) return undefined;
  return `${from.tree}/${from.name} may not import ${to.tree}/${to.name}: ${to.name} is below ${from.name}`;
}

const IMPORT = /\b(?:import|export)\b[^;"']*?\bfrom\s*["']([^"']+)["']|\bimport\s*\(\s*["']([^"']+)["']\s*\)|\bimport\s*["']([^"']+)["']/g;
const TYPE_ONLY = /^(?:import|export)\s+type\b/;

/** The specifiers that a source text imports or re-exports; `isType` marks those that leave nothing in the JavaScript. */
export function importsOf(text) {
  const code = text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/(^|\s)\/\/.*$/gm, "$1");
  return [...code.matchAll(IMPORT)].map((match) => ({
    specifier: match[1] ?? match[2] ?? match[3],
    isType: TYPE_ONLY.test(match[0]),
    isDynamic: match[2] !== undefined,
  }));
}

/** All TypeScript sources of a tree. */
export function sourceFiles(folder) {
  return readdirSync(folder, { recursive: true })
    .map((name) => join(folder, name))
    .filter((path) => path.endsWith(".ts") && statSync(path).isFile())
    .sort();
}

function resolveImport(file, specifier) {
  const base = resolve(dirname(file), specifier).replace(/\.js$/, "");
  return [`${base}.ts`, join(base, "index.ts")].find((path) => statSync(path, { throwIfNoEntry: false })?.isFile());
}

/** The import graph of some files: path → paths of the files it imports, types included unless `runtimeOnly`, `import()` unless `staticOnly`. */
export function importGraph(files, { runtimeOnly = false, staticOnly = false } = {}) {
  const graph = new Map();
  for (const file of files) {
    const targets = importsOf(readFileSync(file, "utf8"))
      .filter(({ specifier, isType, isDynamic }) => specifier.startsWith(".") && !(runtimeOnly && isType) && !(staticOnly && isDynamic))
      .map(({ specifier }) => resolveImport(file, specifier))
      .filter((path) => path !== undefined);
    graph.set(file, [...new Set(targets)]);
  }
  return graph;
}

/** One cycle of the graph as a list of files, or undefined. */
export function findCycle(graph) {
  const finished = new Set();
  const path = [];
  const visit = (file) => {
    const start = path.indexOf(file);
    if (start >= 0) return [...path.slice(start), file];
    if (finished.has(file)) return undefined;
    path.push(file);
    for (const target of graph.get(file) ?? []) {
      const cycle = visit(target);
      if (cycle) return cycle;
    }
    path.pop();
    finished.add(file);
    return undefined;
  };
  for (const file of graph.keys()) {
    const cycle = visit(file);
    if (cycle) return cycle;
  }
  return undefined;
}
