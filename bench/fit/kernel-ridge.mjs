// Kernel ridge regression of QM9: a scan of length scales and λ on two threads, and predictions with and without error bars.
import { evaluateDataset, fitKernelRidge } from "../../dist/index.js";
import { median } from "../harness/measure.mjs";

const coulomb = { descriptor: { type: "coulomb-matrix", nAtomsMax: 29 }, kernel: { type: "laplacian" } };
/** SOAP with weighted neighbors of docs/results/kernel-ridge.md. */
const atoms = {
  descriptor: {
    type: "soap", basis: "gto", nMax: 3, lMax: 6, sigma: 0.35, cutoff: { radius: 4.5, function: "cosine", width: 1 },
    weighting: { function: "pow", r0: 1.5, m: 7 }, centralWeight: 0.2, normalize: false,
  },
  kernel: { type: "squared-exponential", lengthScale: 1 },
};

const requestOf = (term, fit) => ({ model: { type: "kernel-ridge", terms: [term] }, fit });
const firstOf = (dataset, count) => dataset.subset(Array.from({ length: Math.min(count, dataset.nStructures) }, (_, i) => i));

/** Solves A X = B by Gauss's elimination with pivots; rows of A and B are overwritten. */
function solvePlain(a, b) {
  const n = a.length;
  for (let k = 0; k < n; k++) {
    let pivot = k;
    for (let i = k + 1; i < n; i++) if (Math.abs(a[i][k]) > Math.abs(a[pivot][k])) pivot = i;
    [a[k], a[pivot], b[k], b[pivot]] = [a[pivot], a[k], b[pivot], b[k]];
    for (let i = 0; i < n; i++) {
      if (i === k) continue;
      const factor = a[i][k] / a[k][k];
      for (let j = k; j < n; j++) a[i][j] -= factor * a[k][j];
      for (let j = 0; j < b[i].length; j++) b[i][j] -= factor * b[k][j];
    }
  }
  return b.map((row, i) => row.map((value) => value / a[i][i]));
}

/** Kernels of the rows of structures, k of each two of the same element summed. */
function plainKernels(rows, kernel) {
  return rows.map((x) => rows.map((y) => x.reduce((sum, p) => y.reduce((total, q) => (p.kind === q.kind ? total + kernel(p.values, q.values) : total), sum), 0)));
}

/** Rows of every training structure as the model holds them. */
function rowsOf({ rows, structures, atomicNumbers }) {
  const width = rows.length / structures.length;
  const all = [];
  structures.forEach((structure, row) => (all[structure] ??= []).push({ kind: atomicNumbers[row], values: rows.subarray(row * width, (row + 1) * width) }));
  return all;
}

/** Root mean square of the errors of structures left out: α_i divided by the diagonal of the inverse. */
function plainLeftOut(kernels, lambda, y) {
  const n = y.length;
  const right = y.map((value, i) => [value, ...Array.from({ length: n }, (_, j) => Number(i === j))]);
  const found = solvePlain(kernels.map((row, i) => row.map((value, j) => value + (i === j ? lambda : 0))), right);
  return Math.sqrt(found.reduce((sum, row, i) => sum + (row[0] / row[1 + i]) ** 2, 0) / n);
}

const scanOf = (lengths, lambdas) => ({ regularization: { scan: { lengthScale: { ofMedian: lengths }, lambda: lambdas } }, errorBars: false });
const laplacian = (length) => (x, y) => Math.exp(-x.reduce((sum, value, f) => sum + Math.abs(value - y[f]), 0) / length);

/** A scan of a few molecules has the errors of plain algebra. */
async function verifyScan(dataset, executor, verifyClose) {
  const few = firstOf(dataset, 30);
  const { model, summary } = await fitKernelRidge({ ...requestOf(coulomb, scanOf([1, 4], [1e-6, 1e-3])), model: { ...requestOf(coulomb).model, isolatedAtomEnergies: "none" } }, few, executor);
  const mean = few.energies.reduce((sum, energy) => sum + energy, 0) / few.nStructures;
  const y = Array.from(few.energies, (energy) => energy - mean);
  const rows = rowsOf(model.terms[0]);
  const expected = summary.scan.map(({ lengthScales: [length], lambda }) => plainLeftOut(plainKernels(rows, laplacian(length)), lambda, y));
  verifyClose(summary.scan.map(({ leaveOneOut: [error] }) => error), expected, 1e-7, "errors of structures left out");
}

async function scan({ data, smoke, createExecutor, measureBoth, verifyClose }) {
  const dataset = firstOf(await data.qm9(), 2000);
  const threads = 2;
  const executor = await createExecutor({ threads });
  try {
    await verifyScan(dataset, executor, verifyClose);
    const lengths = smoke ? [1, 2] : [0.5, 1, 2, 4, 8, 16];
    const lambdas = smoke ? [1e-6, 1e-3] : Array.from({ length: 10 }, (_, k) => 10 ** (k - 11));
    const fit = () => fitKernelRidge(requestOf(coulomb, scanOf(lengths, lambdas)), dataset, executor);
    const times = await measureBoth(fit, { minimumRuns: 1, maximumRuns: 3, warmup: false });
    const n = dataset.nStructures;
    const pairs = lengths.length * lambdas.length;
    // decompositions, solutions and diagonals of the inverse for every λ, the last fit with its errors left out; distances are not counted
    const flops = (8 / 3) * n ** 3 * lengths.length + 6 * n ** 2 * pairs + (2 / 3) * n ** 3;
    return { count: n, ...times, flops, threads, pairs, wasmBytes: executor.pool.peakBytes, verified: true };
  } finally {
    await executor.close();
  }
}

/** Energies and error bars of a small fit are those of plain algebra. */
async function verifyPredictions(dataset, executor, verifyClose) {
  const few = firstOf(dataset, 8);
  const lambda = 1e-3;
  const { model } = await fitKernelRidge(requestOf(atoms, { regularization: lambda, errorBars: true }), few, executor);
  const kernels = plainKernels(rowsOf(model.terms[0]), (x, y) => Math.exp(-0.5 * x.reduce((sum, value, f) => sum + (value - y[f]) ** 2, 0)));
  const { scale } = model.errorBars;
  const zero = (structure) => structure.atomicNumbers.reduce((sum, z) => sum + model.isolatedAtomEnergies[model.species.indexOf(z)], 0);
  const y = Array.from(few, (structure) => structure.targets.energy - zero(structure));
  const right = y.map((value, i) => [value, ...kernels[i]]);
  const solved = solvePlain(kernels.map((row, i) => row.map((value, j) => value + (i === j ? lambda : 0))), right);
  const along = (i, column) => kernels[i].reduce((sum, k, j) => sum + k * solved[j][column], 0);
  const predictions = [];
  for await (const { prediction } of evaluateDataset(model, few, executor, { want: { errorBars: true } })) predictions.push(prediction);
  verifyClose(predictions.map(({ energy }) => energy), Array.from(few, (structure, i) => zero(structure) + along(i, 0)), 1e-9, "energies");
  verifyClose(predictions.map(({ energyVariance }) => energyVariance), y.map((_, i) => scale * (kernels[i][i] - along(i, 1 + i))), 1e-6, "variances");
}

/** Multiplies and adds of the inner products of rows of the same element. */
function productFlops(term, nFeatures, train, test) {
  const count = (dataset, z) => dataset.atomicNumbers.reduce((sum, own) => sum + Number(own === z), 0);
  if (term !== atoms) return 0;
  return train.species().reduce((sum, z) => sum + 2 * nFeatures * count(train, z) * count(test, z), 0);
}

async function predict(context, term) {
  const { executor, data, smoke, verifyClose } = context;
  const dataset = await data.qm9();
  await verifyPredictions(dataset, executor, verifyClose);
  const half = Math.min(1000, dataset.nStructures >> 1);
  const train = firstOf(dataset, half);
  const known = train.species();
  const others = Array.from({ length: dataset.nStructures - half }, (_, i) => half + i).filter((i) => dataset.structure(i).atomicNumbers.every((z) => known.includes(z)));
  const test = dataset.subset(others.slice(-200));
  const { model } = await fitKernelRidge(requestOf(term, { regularization: 1e-4, errorBars: true }), train, executor);
  const wants = { energy: {}, errorBars: { errorBars: true }, forces: { forces: true } };
  const [wall, cpu] = [{}, {}];
  // alternating, so that what else the machine does meets all of them
  const rounds = smoke ? 1 : 3;
  for (let round = smoke ? 0 : -1; round < rounds; round++) {
    for (const [name, want] of Object.entries(wants)) {
      const [start, before] = [performance.now(), process.cpuUsage()];
      for await (const { prediction } of evaluateDataset(model, test, executor, { want })) if (!Number.isFinite(prediction.energy)) throw new Error("an energy is not finite");
      const { user, system } = process.cpuUsage(before);
      if (round >= 0) [(wall[name] ??= []).push((performance.now() - start) / 1e3), (cpu[name] ??= []).push((user + system) / 1e6)];
    }
  }
  const timesEnergy = (name) => median(cpu[name].map((seconds, i) => seconds / cpu.energy[i]));
  const flops = productFlops(term, model.terms[0].rows.length / model.terms[0].structures.length, train, test);
  return {
    count: test.nStructures, seconds: median(wall.energy), cpuSeconds: median(cpu.energy), ...(flops > 0 && { flops, cpuGflops: flops / median(cpu.energy) / 1e9 }),
    errorBarsOverEnergy: timesEnergy("errorBars"), forcesOverEnergy: timesEnergy("forces"), verified: true,
  };
}

export const cases = [
  { name: "krr-scan-qm9-2-threads", unit: "molecule", run: scan },
  { name: "krr-predict-qm9-atoms", unit: "molecule", run: (context) => predict(context, atoms) },
  { name: "krr-predict-qm9-structures", unit: "molecule", run: (context) => predict(context, { ...coulomb, kernel: { type: "laplacian", lengthScale: 1000 } }) },
];
