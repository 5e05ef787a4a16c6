// Makes dist/pestle-browser.js of dist/browser.js: one ES module with its dependencies and every WebAssembly build in it, for pages.
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { rolldown } from "rolldown";
import { licenseOf, licenses } from "./licenses.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const inDist = (...names) => join(root, "dist", ...names);

/** Pages run one thread: what they never come to would bring modules of Node along. */
const replacements = new Map([
  [inDist("parallel", "threads.js"), "export const ThreadExecutor = undefined;"],
  [inDist("wasm", "binary.js"), embeddedBuilds()],
]);

const bundle = await rolldown({
  input: inDist("browser.js"),
  platform: "browser",
  external: /^node:/,
  transform: { define: { "typeof process": '"undefined"' } },
  plugins: [{ name: "replace-modules", load: (id) => replacements.get(id) }],
  onLog(level, log) {
    if (level === "warn") throw new Error(`rolldown warns: ${log.message}`);
  },
});
const file = inDist("pestle-browser.js");
const { output } = await bundle.generate({ format: "esm", codeSplitting: false, minify: true, comments: false });
await bundle.close();
const [{ code, imports, dynamicImports, modules }, ...others] = output;
const left = [...imports, ...dynamicImports, ...others.map(({ fileName }) => fileName)];
if (left.length > 0) throw new Error(`${file} is not on its own: ${left.join(", ")}`);
const texts = `${licenseOf(root)}\n\nIt holds parts of:\n\n${licenses(Object.keys(modules))}`;
writeFileSync(file, `/*!\n${texts.replaceAll("*/", "* /")}\n*/\n${code}`);

/** The function that gives the bytes of a build, with all of them at hand as text: compressed, which saves more than half. */
function embeddedBuilds() {
  const names = Object.keys(JSON.parse(readFileSync(join(root, "asconfig.json"), "utf8")).targets);
  const texts = Object.fromEntries(names.map((name) => [name, gzipSync(readFileSync(join(root, "build", `${name}.wasm`)), { level: 9 }).toString("base64")]));
  return `const texts = ${JSON.stringify(texts)};
export async function binaryOf(build) {
  const compressed = Uint8Array.from(atob(texts[build]), (character) => character.charCodeAt(0));
  const stream = new Blob([compressed]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}`;
}
