// node .ci/mutants.mjs [NAME…]: plants one fault after the other (.ci/mutants.yaml) in a copy of the working tree and runs the tests
// that should notice. Says which faults survive. NAME selects faults by a part of their name or file. Not part of the normal run:
// it takes about half an hour for all of them.
import { execFileSync, spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { parse } from "yaml";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
/** Seconds until a fault counts as noticed because nothing ends any more. */
const LIMIT = 300;
const GOAL = 0.95;

/** Faults: name, file, text (once in the file), becomes, tests. */
function readMutants(patterns) {
  const all = parse(readFileSync(join(root, ".ci", "mutants.yaml"), "utf8"));
  const names = new Set();
  for (const { name, file, text, becomes, tests } of all) {
    const count = readFileSync(join(root, file), "utf8").split(text).length - 1;
    if (count !== 1) throw new Error(`"${name}": its text occurs ${count} times in ${file}; it must occur once`);
    if (names.has(name) || becomes === undefined || becomes === text || !(tests?.length > 0)) throw new Error(`"${name}" is given twice or incomplete`);
    names.add(name);
  }
  return patterns.length === 0 ? all : all.filter(({ name, file }) => patterns.some((pattern) => name.includes(pattern) || file.includes(pattern)));
}

/** A copy of what git would see, with the build, that may be broken. */
function copyTree() {
  const folder = mkdtempSync(join(tmpdir(), "pestle-mutants-"));
  const files = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], { cwd: root, encoding: "utf8" });
  for (const name of new Set(files.split("\0").filter((name) => name !== ""))) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    cpSync(join(root, name), join(folder, name), { errorOnExist: false, force: true });
  }
  for (const output of ["build", "dist"]) cpSync(join(root, output), join(folder, output), { recursive: true });
  rmSync(join(folder, "dist", "cli-bundle"), { recursive: true }); // faults are planted in modules
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  return folder;
}

function run(folder, command, args) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: folder, stdio: ["ignore", "pipe", "pipe"], detached: true, env: { ...process.env, PESTLE_WASM: "simd", CI: "true" } });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (output += text));
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      process.kill(-child.pid, "SIGKILL");
    }, LIMIT * 1000);
    child.once("close", (status) => {
      clearTimeout(timer);
      resolve({ status, output, isLate });
    });
  });
}

/** Brings the outputs up to date with one changed source: threads and programs of the tests run from them. */
async function rebuild(folder, file) {
  if (file.startsWith("assembly/")) {
    const target = file.startsWith("assembly/read/") ? ["--config", "assembly/read/asconfig.json", "--target", "read"] : ["--target", "simd"];
    const { status, output } = await run(folder, process.execPath, ["node_modules/assemblyscript/bin/asc.js", ...target]);
    if (status !== 0) throw new Error(`it does not compile:\n${output}`);
    return;
  }
  const { outputText } = ts.transpileModule(readFileSync(join(folder, file), "utf8"), {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ES2022, verbatimModuleSyntax: true },
  });
  writeFileSync(join(folder, file.replace(/^src/, "dist").replace(/\.ts$/, ".js")), outputText);
}

/** The tests that failed, or undefined when all passed. */
async function failuresOf(folder, tests) {
  const report = join(folder, "mutant-report.json");
  rmSync(report, { force: true });
  const { output, isLate } = await run(folder, process.execPath, [
    "node_modules/vitest/vitest.mjs", "run", "--bail=1", "--reporter=json", `--outputFile.json=${report}`, ...tests,
  ]);
  if (isLate) return ["nothing ended in time"];
  let results;
  try {
    results = JSON.parse(readFileSync(report, "utf8")).testResults;
  } catch {
    throw new Error(`the tests did not run:\n${output.slice(-2000)}`);
  }
  if (results.length === 0) throw new Error(`no tests in ${tests.join(", ")}`);
  const failed = results.flatMap(({ assertionResults }) => assertionResults.filter(({ status }) => status === "failed").map(({ fullName }) => fullName));
  const unloaded = results.filter(({ status, assertionResults }) => status === "failed" && assertionResults.length === 0).map(({ message }) => message);
  return failed.length + unloaded.length > 0 ? [...failed, ...unloaded] : undefined;
}

async function tryMutant(folder, { file, text, becomes, tests }) {
  const path = join(folder, file);
  const original = readFileSync(path, "utf8");
  writeFileSync(path, original.replace(text, () => becomes));
  try {
    await rebuild(folder, file);
    return await failuresOf(folder, tests);
  } finally {
    writeFileSync(path, original);
    if (file.startsWith("assembly/")) cpSync(join(root, "build"), join(folder, "build"), { recursive: true });
    else await rebuild(folder, file);
  }
}

async function main() {
  const mutants = readMutants(process.argv.slice(2));
  execFileSync("npm", ["run", "build", "--silent"], { cwd: root, stdio: "inherit" });
  const folder = copyTree();
  const [survivors, broken] = [[], []];
  try {
    const tests = [...new Set(mutants.flatMap((mutant) => mutant.tests))];
    const before = await failuresOf(folder, tests);
    if (before) throw new Error(`tests fail without any fault: ${before.join("; ")}`);
    for (const mutant of mutants) {
      const start = performance.now();
      let verdict;
      try {
        const failures = await tryMutant(folder, mutant);
        if (!failures) survivors.push(mutant.name);
        verdict = failures ? `killed by "${failures[0].split("\n")[0]}"` : "SURVIVED";
      } catch (error) {
        broken.push(mutant.name);
        verdict = `BROKEN: ${error.message}`;
      }
      console.log(`${mutant.name} (${mutant.file}): ${verdict} (${Math.round((performance.now() - start) / 1000)} s)`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const killed = mutants.length - survivors.length - broken.length;
  console.log(`\n${killed} of ${mutants.length} killed, ${survivors.length} survived, ${broken.length} broken`);
  for (const name of survivors) console.log(`survived: ${name}`);
  if (broken.length > 0 || killed < GOAL * mutants.length) process.exitCode = 1;
}

await main();
