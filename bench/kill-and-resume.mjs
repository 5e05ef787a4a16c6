// node bench/kill-and-resume.mjs [--kills 50] [--only NAME,…] [--seed 1] [--threads 2]: every kind of fit on the command line is ended by
// SIGKILL at random moments and gone on with by --resume; whenever one comes to its end, what it has written is compared with that of a fit
// that nothing interrupted, bit by bit. Exits with status 1 where any bit differs.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { gunzipSync } from "node:zlib";
import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { xorshift128plus } from "pure-rand/generator/xorshift128plus";

const { values } = parseArgs({ options: { kills: { type: "string", default: "50" }, only: { type: "string" }, seed: { type: "string", default: "1" }, threads: { type: "string", default: "2" } } });
const bin = fileURLToPath(new URL("../bin/pestle.js", import.meta.url));
const file = (name) => JSON.stringify(fileURLToPath(new URL(`../examples/data/${name}`, import.meta.url)));

const silicon = `data: { train: ${file("Si_train.xyz.gz")} }\n`;
const little = `data: { train: ${file("Si_test.xyz.gz")} }\n`;
const molecules = "data: { train: molecules.xyz }\n";
const sparse = (count) => `model:
  type: sparse-gp
  isolatedAtomEnergies: { Si: -0.79 }
  terms:
    - descriptor: { type: soap, nMax: 3, lMax: 2, sigma: 0.5, cutoff: { radius: 4.5, function: cosine } }
      kernel: { type: dot-product, zeta: 2 }
      sparse: { method: farthest-point, count: ${count} }
fit: { sigma: { energy: 0.01, forces: 0.1 } }
`;
const linear = `model:
  type: linear
  isolatedAtomEnergies: { Si: -0.79 }
  terms: [{ descriptor: { type: ace, cutoff: { radius: 5 }, order: 3, degree: [12, 8, 6] } }]
fit: { sigma: { energy: 0.01, forces: 0.1 }, solver: { type: ridge, regularization: 0.01 } }
`;
const ridge = (kernel, fit) => `model:
  type: kernel-ridge
  terms: [{ descriptor: { type: soap, nMax: 3, lMax: 2, sigma: 0.5, cutoff: { radius: 4, function: cosine } }, kernel: ${kernel} }]
fit: ${fit}
`;
const gaussian = "{ type: squared-exponential, lengthScale: 2 }";

/** Fit files and flags. */
const kinds = {
  linear: [silicon + linear],
  "sparse-gp": [silicon + sparse(120)],
  "kernel-ridge": [molecules + ridge(gaussian, "{ regularization: 1e-4 }")],
  "kernel-ridge scan": [molecules + ridge(gaussian, "{ regularization: { scan: { lengthScale: { ofMedian: [0.5, 1, 2, 4] }, lambda: [1e-6, 1e-4] } } }")],
  "kernel-ridge landmarks": [molecules + ridge(gaussian, "{ regularization: 1e-4, sparse: { method: random, count: 60 } }")],
  "kernel-ridge forces": [little.replace(" }\n", ", split: { test: 0.7 } }\n") + ridge(gaussian, "{ sigma: { energy: 0.01, forces: 0.1 } }")],
  committee: [`${little}${sparse(40)}committee: { members: 4 }\n`],
  Huber: [`${little}${sparse(40)}robust: { iterations: 3 }\n`],
  "posterior committee with Huber": [`${little}${sparse(40).replace("forces: 0.1 }", "forces: 0.1 }, errorBars: true")}robust: { iterations: 2 }\ncommittee: { members: 4, by: posterior }\n`],
  "cross-validation": [little + sparse(40), "--cross-validation"],
  "learning curve": [`${little}${sparse(30)}learningCurve: { sizes: [5, 10, 15], repeats: 2 }\n`],
};

const folder = mkdtempSync(join(tmpdir(), "pestle-kills-"));
writeFileSync(join(folder, "molecules.xyz"), firstFrames(new URL("../examples/data/QM9_2074.xyz.gz", import.meta.url), 130));
const random = xorshift128plus(Number(values.seed));
const threads = Number(values.threads);

/** Of an extended XYZ file. */
function firstFrames(url, count) {
  const lines = gunzipSync(readFileSync(url)).toString().split("\n");
  let end = 0;
  for (let frame = 0; frame < count; frame++) end += Number(lines[end]) + 2;
  return `${lines.slice(0, end).join("\n")}\n`;
}

/** Runs a fit, and ends it after so many ms, or not. */
function fit(name, flags, { after = Infinity, nThreads = threads } = {}) {
  return new Promise((resolve) => {
    const started = performance.now();
    const child = spawn(process.execPath, [bin, "fit", "fit.yaml", "-o", name, "--threads", String(nThreads), "--json", ...flags], { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (text) => (stdout += text));
    child.stderr.on("data", (text) => (stderr += text));
    const timer = after === Infinity ? undefined : setTimeout(() => child.kill("SIGKILL"), after);
    child.once("close", (status) => {
      clearTimeout(timer);
      resolve({ status, stdout, stderr, ms: performance.now() - started });
    });
  });
}

/** Model, and all that is printed but times, memory and file names. */
function bitsOf(name, stdout) {
  const leftOut = new Set(["seconds", "stages", "peakWasmBytes", "output", "versions"]);
  const record = JSON.stringify(JSON.parse(stdout), (key, value) => (leftOut.has(key) ? undefined : value));
  return createHash("sha256").update(readFileSync(join(folder, name))).update(record).digest("hex");
}

async function killOften(name, [text, ...flags]) {
  writeFileSync(join(folder, "fit.yaml"), text);
  const first = await fit("whole.pestle", [...flags, "--no-checkpoint"]);
  if (first.status !== 0) throw new Error(`${name}: ${first.stderr}`);
  const whole = bitsOf("whole.pestle", first.stdout);
  const found = { kills: 0, wentOn: 0, ends: 0, differ: 0, other: 0, seconds: first.ms / 1000 };
  const resume = [...flags, "--resume", "--checkpoint-every", "0.1s"];
  for (let run = 0; found.kills < Number(values.kills) && run < 4 * Number(values.kills); run++) {
    const { status, stdout, stderr } = await fit("killed.pestle", resume, { after: first.ms * uniformFloat64(random), nThreads: 1 + (run % threads) });
    found.wentOn += Number(stderr.includes("goes on with the checkpoint"));
    if (status === null) found.kills++;
    else if (status === 0) check(found, stdout);
    else found.other += Number(console.error(`${name}: status ${status}: ${stderr}`) ?? 1);
  }
  const last = await fit("killed.pestle", resume);
  if (last.status === 0) check(found, last.stdout);
  else found.other += Number(console.error(`${name}: status ${last.status}: ${last.stderr}`) ?? 1);
  if (existsSync(join(folder, "killed.checkpoint"))) found.other += Number(console.error(`${name}: the checkpoint is left`) ?? 1);
  return found;

  function check(counts, stdout) {
    counts.ends++;
    if (bitsOf("killed.pestle", stdout) !== whole) counts.differ++;
    rmSync(join(folder, "killed.pestle"));
  }
}

let failed = false;
const only = values.only?.split(",");
console.log("| fit | time of one | kills | of them went on with something | ends | with other bits |\n|---|---|---|---|---|---|");
for (const [name, kind] of Object.entries(kinds)) {
  if (only && !only.includes(name)) continue;
  const { kills, wentOn, ends, differ, other, seconds } = await killOften(name, kind);
  console.log(`| ${name} | ${seconds.toFixed(1)} s | ${kills} | ${wentOn} | ${ends} | ${differ} |`);
  failed ||= differ > 0 || other > 0 || kills < Number(values.kills) || wentOn === 0;
}
rmSync(folder, { recursive: true });
process.exitCode = failed ? 1 : 0;
