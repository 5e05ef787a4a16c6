// node .ci/packed.mjs FOLDER [--built]: packs the package, installs the tarball into an empty folder and uses it there, without a build.
// Packing builds everything from nothing; with --built the caller has done so, and what is there is packed.
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { compile, writeExamples } from "./doc-examples.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const { values: options, positionals } = parseArgs({ allowPositionals: true, options: { built: { type: "boolean" } } });
const folder = resolve(positionals[0] ?? "out/packed");

function run(command, args, cwd) {
  console.log(`$ ${command} ${args.join(" ")}`);
  const output = execFileSync(command, args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
  if (output.trim()) console.log(output.trim().split("\n").slice(-12).join("\n"));
  return output;
}

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
run("npm", ["pack", "--pack-destination", folder, "--silent", ...(options.built ? ["--ignore-scripts"] : [])], root);
const tarball = readdirSync(folder).find((name) => name.endsWith(".tgz"));

const consumer = join(folder, "consumer");
mkdirSync(consumer);
writeFileSync(join(consumer, "package.json"), JSON.stringify({ name: "consumer", private: true, type: "module" }));
run("npm", ["install", join(folder, tarball), "--omit=dev", "--no-audit", "--no-fund", "--silent"], consumer);

const bin = join(consumer, "node_modules", ".bin", "pestle");
const data = join(consumer, "node_modules", "pestle", "examples", "data");
run(bin, ["--version"], consumer);
run(bin, ["info", join(data, "Si_test.xyz.gz")], consumer);
run(bin, ["bench", "--list"], consumer);
const soap = "nMax=4,lMax=3,cutoff.radius=4,sigma=0.5";
run(bin, ["describe", join(data, "Si_test.xyz.gz"), "-d", "soap", "-p", soap, "-o", "fingerprints.npy", "--threads", "2"], consumer);

writeFileSync(
  join(consumer, "use.mjs"),
  `import { createExecutor } from "pestle";
const executor = await createExecutor({ threads: 2 });
if (executor.threads !== 2) throw new Error("expected two threads");
await executor.close();
console.log("imported, two threads started and stopped");
`,
);
run(process.execPath, ["use.mjs"], consumer);

// The types, seen from a project that has no AssemblyScript.
writeFileSync(
  join(consumer, "use.ts"),
  `import { createExecutor, type Executor, PestleError } from "pestle";
const executor: Executor = await createExecutor({ threads: 1 });
const routine: (n: number, value: number, x: number) => number = executor.wasm.routines.fill;
export const isRoutine: boolean = typeof routine === "function";
export const isError = (error: unknown): error is PestleError => error instanceof PestleError;
`,
);
// What somebody's own project with the strictest options sees: this file, and the examples of README and docs.
const files = ["use.ts", ...writeExamples(consumer)];
const complaints = compile(consumer, files);
if (complaints) throw new Error(`the types or the examples of the documentation do not compile:\n${complaints}`);
console.log(`${files.length} files compile under strict TypeScript`);
console.log("the package works without a build");
