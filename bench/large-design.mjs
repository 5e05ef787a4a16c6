// node bench/large-design.mjs [--structures 8200] [--threads 1] [--checkpoint FOLDER]: a fit whose design matrix, rows × columns × 8 bytes, would
// take 20 GB: quadratic SNAP (1595 columns) on rattled cells of diamond. Prints its size, the peak of resident memory and processor time.
import { parseArgs } from "node:util";
import { CheckpointFolder, createExecutor, evaluateStructures } from "../dist/index.js";
import { Dataset } from "../dist/structures/index.js";
import { fitLinear, planLinearFit } from "../dist/fit/index.js";

const { values } = parseArgs({
  options: {
    structures: { type: "string", default: "8200" },
    threads: { type: "string", default: "1" },
    checkpoint: { type: "string" },
  },
});

const LATTICE = 5.43; // Å
const CELLS = 2;
const SPRING = 10; // eV/Å²
const RATTLE = 0.12; // Å
const basis = [[0, 0, 0], [0, 2, 2], [2, 0, 2], [2, 2, 0], [1, 1, 1], [1, 3, 3], [3, 1, 3], [3, 3, 1]];

/** xorshift32, so that the data are the same everywhere. */
let state = 1;
function random() {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return (state >>> 0) / 2 ** 32;
}

const length = CELLS * LATTICE;
const sites = [];
for (let a = 0; a < CELLS; a++) for (let b = 0; b < CELLS; b++) for (let c = 0; c < CELLS; c++) {
  for (const [x, y, z] of basis) sites.push([a + x / 4, b + y / 4, c + z / 4].map((value) => value * LATTICE));
}
const nearest = (vector) => vector.map((value) => value - length * Math.round(value / length));
const between = (a, b) => nearest(a.map((value, axis) => sites[b][axis] - value));
const restLength = (LATTICE * Math.sqrt(3)) / 4;
const bonds = sites.flatMap((site, i) => sites.flatMap((_, j) => (j > i && Math.hypot(...between(site, j)) < 1.1 * restLength ? [[i, j]] : [])));

/** Springs between bonded atoms: E = ½ k Σ (r − r₀)². */
function structure(index) {
  const positions = Float64Array.from(sites.flat(), (value) => value + RATTLE * (2 * random() - 1));
  const forces = new Float64Array(positions.length);
  let energy = 0;
  for (const [i, j] of bonds) {
    const d = nearest([0, 1, 2].map((axis) => positions[3 * j + axis] - positions[3 * i + axis]));
    const r = Math.hypot(...d);
    energy += 0.5 * SPRING * (r - restLength) ** 2;
    for (let axis = 0; axis < 3; axis++) {
      const pull = (SPRING * (r - restLength) * d[axis]) / r;
      forces[3 * i + axis] += pull;
      forces[3 * j + axis] -= pull;
    }
  }
  return {
    atomicNumbers: new Uint8Array(sites.length).fill(14),
    positions,
    cell: Float64Array.of(length, 0, 0, 0, length, 0, 0, 0, length),
    pbc: [true, true, true],
    targets: { energy, forces },
    configType: "",
    label: `structure ${index}`,
    info: {},
  };
}

function* structures(count) {
  for (let i = 0; i < count; i++) yield structure(i);
}

const request = {
  model: {
    type: "linear",
    isolatedAtomEnergies: { Si: 0 },
    terms: [{ descriptor: { type: "bispectrum", twoJMax: 8, rcutfac: 4.5, radii: { Si: 0.5 } }, quadratic: true }],
  },
  fit: { sigma: { energy: 0.001, forces: 0.05 } },
};

/** Structures that the fit has not seen. */
async function forceError(model, executor) {
  let [squares, size, count] = [0, 0, 0];
  for await (const { structure: { targets: { forces } }, prediction } of evaluateStructures(model, structures(4), executor, { want: { forces: true } })) {
    forces.forEach((value, i) => {
      squares += (value - prediction.forces[i]) ** 2;
      size += value ** 2;
      count++;
    });
  }
  return { rmse: Math.sqrt(squares / count), rms: Math.sqrt(size / count) };
}

const threads = Number(values.threads);
const train = Dataset.from(structures(Number(values.structures)));
const plan = planLinearFit(request, train, threads);
const gigabytes = (bytes) => Number((bytes / 1e9).toPrecision(4));
console.log({ structures: train.nStructures, atoms: train.nAtoms, rows: plan.rows, columns: plan.columns, designMatrixGB: gigabytes(8 * plan.rows * plan.columns), plannedGB: gigabytes(plan.bytes), plannedSeconds: Math.round(plan.seconds) });
const executor = await createExecutor({ threads });
let shown = Date.now();
const onProgress = ({ stage, done, total, safe }) => {
  if (Date.now() - shown < 30_000) return;
  shown = Date.now();
  console.log(`${stage} ${done}/${total}${safe === undefined ? "" : `, safe ${safe}`}`);
};
const checkpoint = values.checkpoint && new CheckpointFolder(values.checkpoint, { resume: true, onNote: console.log });
const started = { wall: performance.now(), cpu: process.cpuUsage() };
const { model, summary } = await fitLinear(request, train, executor, { onProgress, checkpoint });
const { user, system } = process.cpuUsage(started.cpu);
checkpoint?.remove();
console.log({
  seconds: Math.round((performance.now() - started.wall) / 1000),
  cpuSeconds: Math.round((user + system) / 1e6),
  peakResidentGB: gigabytes(process.resourceUsage().maxRSS * 1024),
  wasmGB: gigabytes(summary.peakWasmBytes),
  weightedResidual: summary.weightedResidual,
  forces: await forceError(model, executor),
});
await executor.close();
