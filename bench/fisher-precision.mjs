// Where precision ends: log10 of kappa of Chebyshev potentials C8 … C40 from a J in 256 bits, from a J rounded to doubles with F in 256 bits, from the singular
// values of that J, and from the eigenvalues of a double JᵀJ. The numbers are in docs/theory/fisher-information.md.
//   node bench/fisher-precision.mjs FRAMES.xyz [radius]
import { HighPrecision } from "../dist/analysis/fisher/high-precision.js";
import { DoubleInformation } from "../dist/analysis/fisher/double-information.js";
import { fisherData } from "../dist/analysis/fisher/fisher-data.js";
import { PreciseInformation } from "../dist/analysis/fisher/precise/information-matrix.js";
import { preciseRows } from "../dist/analysis/fisher/precise/information-task.js";
import { preciseSpectrum } from "../dist/analysis/fisher/precise/spectrum.js";
import { logKappa, logKappaOfProduct } from "../dist/analysis/fisher/precision.js";
import { createExecutor, readDataset } from "../dist/index.js";
import { PreciseArithmetic } from "../dist/math/precise/arithmetic.js";
import { layoutParameters } from "../dist/models/composed/parameters.js";
import { parseNotation } from "../dist/models/composed/notation.js";
import { withScratch } from "../dist/wasm/scratch.js";

const [path, radius = "5"] = process.argv.slice(2);
if (!path) throw new Error("name the structures: node bench/fisher-precision.mjs FRAMES.xyz [radius]");
const dataset = await readDataset(path);
const species = dataset.species();
const data = fisherData(dataset, { energy: 1, forces: 1, perAtom: false, configTypes: {} }, species);
const executor = await createExecutor();

/** log10 of the largest over the smallest number. */
const spread = (numbers, { values, count }) => {
  const logarithms = [0, count - 1].map((k) => {
    const t = numbers.scalar();
    numbers.absolute(t, numbers.at(values, k));
    numbers.logarithm10(t, t);
    return numbers.number(t);
  });
  return logarithms[0] - logarithms[1];
};

async function roundedRows(potential, n) {
  const numbers = await PreciseArithmetic.open(256);
  const information = new PreciseInformation(numbers, n);
  const all = [];
  for (const structure of data.structures) {
    const { geometry } = structure();
    const mark = numbers.mark();
    const nRows = 1 + geometry.positions.length;
    const rows = withScratch(executor.pool, (scratch) => preciseRows({ wasm: executor.wasm, scratch }, numbers, potential, geometry, { forces: true, virial: false, linearOnly: true }));
    const rounded = numbers.numbers(rows, nRows * n);
    rounded.forEach((value, k) => numbers.setNumber(numbers.at(rows, k), value));
    information.add(rows, new Float64Array(nRows).fill(1));
    all.push(...rounded);
    numbers.reset(mark);
  }
  const kappa = spread(numbers, preciseSpectrum(numbers, information.block(Array.from({ length: n }, (_, p) => p)), n, [], false));
  numbers.close();
  return { kappa, j: Float64Array.from(all) };
}

console.log(`${data.nRows} rows of ${data.structures.length} structures, cutoff ${radius} Å\n      256 bits  J rounded  SVD of J  eigenvalues of JᵀJ  s`);
for (const size of [8, 16, 24, 32, 40]) {
  const form = { ...parseNotation(`C${size}`), cutoff: { radius: Number(radius), function: "poly4" } };
  const n = layoutParameters(form, species.length).parameters.length;
  const potential = { form, species, values: new Float64Array(n).fill(1) };
  const set = { name: "linear", parameters: Array.from({ length: n }, (_, p) => p), unused: [], gauge: [] };
  const start = performance.now();
  const high = await HighPrecision.of(potential, data.structures, 256, { executor, linearOnly: true });
  const exact = logKappa(await high.source.eigenSystem(set, false));
  const seconds = (performance.now() - start) / 1000;
  high.close();
  const { kappa, j } = await roundedRows(potential, n);
  const double = new DoubleInformation(executor, j, n);
  const svd = logKappa(await double.eigenSystem(set, false));
  const cells = [exact.toFixed(2), kappa.toFixed(2), svd.toFixed(2), logKappaOfProduct(double, set)?.toFixed(2) ?? "negative", seconds.toFixed(1)];
  console.log(`C${String(size).padEnd(4)} ${cells.map((cell, k) => cell.padStart([8, 10, 9, 19, 4][k])).join(" ")}`);
}
await executor.close();
