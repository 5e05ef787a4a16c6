// Fingerprints of the structures of a file, how alike they are, and a map of that: what the page shows, without the page.
import { createDescriptor, describeStructures, OuterAverage, parseStructures, symbolOf } from "../../dist/pestle-browser.js";

/** Rows that are compared with each other. */
export const MOST_ROWS = 400;
/** Atoms that are described for them. */
const MOST_ATOMS = 20_000;

/** `count` of `total` indices at equal distances, all where there are fewer. */
export function pickEvenly(total, count) {
  const kept = Math.min(total, count);
  return Array.from({ length: kept }, (_, i) => Math.floor((i * total) / kept));
}

/** The structures of a file, decompressed where its first bytes are those of gzip. */
export async function readFile(file) {
  const head = new Uint8Array(await file.slice(0, 2).arrayBuffer());
  const isGzip = head[0] === 0x1f && head[1] === 0x8b;
  const stream = isGzip ? file.stream().pipeThrough(new DecompressionStream("gzip")) : file.stream();
  return parseStructures(new Uint8Array(await new Response(stream).arrayBuffer()), file.name.replace(/\.gz$/, ""));
}

/**
 * Rows of SOAP fingerprints of unit length, and what each row is about.
 * @param settings `rows`: "structure" (mean over its atoms) or "atom"; nMax, lMax, radius (Å), sigma (Å)
 */
export async function fingerprintsOf(executor, all, settings, onProgress = () => undefined) {
  const species = [...new Set(all.flatMap(({ atomicNumbers }) => [...atomicNumbers]))].sort((a, b) => a - b);
  const { nMax, lMax, sigma, radius } = settings;
  const soap = createDescriptor({ type: "soap", nMax, lMax, sigma, cutoff: { radius } });
  const perStructure = settings.rows === "structure";
  const descriptor = perStructure ? new OuterAverage(soap) : soap;
  const structures = chooseStructures(all, perStructure);
  const nRows = perStructure ? structures.length : structures.reduce((sum, { atomicNumbers }) => sum + atomicNumbers.length, 0);
  const chosen = new Set(pickEvenly(nRows, MOST_ROWS));
  const nFeatures = descriptor.featureCount(species);
  const rows = [];
  let row = 0;
  for await (const block of describeStructures(executor, descriptor, structures, { species })) {
    for (let i = 0; i < block.nRows; i++, row++) {
      if (!chosen.has(row)) continue;
      // the values are a view that the next block overwrites
      const values = unitVector(block.values.slice(i * nFeatures, (i + 1) * nFeatures));
      rows.push({ values, ...describeRow(structures[block.frames[i]], block.atoms[i]) });
    }
    await onProgress(row / nRows);
  }
  const labels = descriptor.features(species).map(({ label }) => label);
  return { rows: rows.sort((a, b) => compare(a.group, b.group)), nRows, species, labels };
}

function chooseStructures(all, perStructure) {
  if (perStructure) return pickEvenly(all.length, MOST_ROWS).map((index) => all[index]);
  const nAtoms = all.reduce((sum, { atomicNumbers }) => sum + atomicNumbers.length, 0);
  return pickEvenly(all.length, Math.max(1, Math.floor((all.length * MOST_ATOMS) / nAtoms))).map((index) => all[index]);
}

/** Structures are told apart by config_type, else by composition; atoms by element. */
function describeRow({ label, configType, atomicNumbers }, atom) {
  if (atom < 0) return { name: label, group: configType || composition(atomicNumbers) };
  const symbol = symbolOf(atomicNumbers[atom]);
  return { name: `${symbol} ${atom + 1} of ${label}`, group: symbol };
}

function composition(atomicNumbers) {
  const counts = new Map();
  for (const z of atomicNumbers) counts.set(z, (counts.get(z) ?? 0) + 1);
  return [...counts].sort(([a], [b]) => a - b).map(([z, count]) => `${symbolOf(z)}${count > 1 ? count : ""}`).join("");
}

const compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

function unitVector(values) {
  const norm = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
  return norm > 0 ? values.map((value) => value / norm) : values;
}

/** k_ij = (x_i · x_j)^zeta, n × n. */
export function similarityMatrix(rows, zeta) {
  const n = rows.length;
  const matrix = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      const [x, y] = [rows[i].values, rows[j].values];
      let dot = 0;
      for (let f = 0; f < x.length; f++) dot += x[f] * y[f];
      matrix[i * n + j] = matrix[j * n + i] = dot ** zeta;
    }
  }
  return matrix;
}

/**
 * Kernel principal components: two coordinates for each row, so that rows that are alike lie close together. Schölkopf, Smola, Müller,
 * Neural Comput. 10, 1299 (1998), 10.1162/089976698300017467.
 * @returns points, and the share of the variance that each coordinate holds
 */
export function similarityMap(matrix, n) {
  const centered = doubleCentered(matrix, n);
  const trace = Array.from({ length: n }, (_, i) => centered[i * n + i]).reduce((a, b) => a + b, 0);
  const axes = [];
  for (let k = 0; k < 2; k++) axes.push(leadingEigenvector(centered, n, axes.map(({ vector }) => vector)));
  const points = Array.from({ length: n }, (_, i) => axes.map(({ vector, value }) => vector[i] * Math.sqrt(Math.max(0, value))));
  return { points, shares: axes.map(({ value }) => (trace > 0 ? Math.max(0, value) / trace : 0)) };
}

function doubleCentered(matrix, n) {
  const means = Array.from({ length: n }, (_, i) => matrix.subarray(i * n, (i + 1) * n).reduce((a, b) => a + b, 0) / n);
  const mean = means.reduce((a, b) => a + b, 0) / n;
  return matrix.map((value, at) => value - means[Math.floor(at / n)] - means[at % n] + mean);
}

/** By power iteration, at right angles to those that are known. */
function leadingEigenvector(matrix, n, known) {
  let vector = unitVector(Float64Array.from({ length: n }, (_, i) => Math.sin(1 + 1.7 * i + known.length)));
  let value = 0;
  for (let step = 0; step < 300; step++) {
    const next = new Float64Array(n);
    for (let i = 0; i < n; i++) {
      let sum = 0;
      for (let j = 0; j < n; j++) sum += matrix[i * n + j] * vector[j];
      next[i] = sum;
    }
    for (const other of known) {
      const overlap = next.reduce((sum, x, i) => sum + x * other[i], 0);
      for (let i = 0; i < n; i++) next[i] -= overlap * other[i];
    }
    const norm = Math.sqrt(next.reduce((sum, x) => sum + x * x, 0));
    if (!(norm > 1e-14)) return { vector: new Float64Array(n), value: 0 };
    vector = next.map((x) => x / norm);
    if (Math.abs(norm - value) < 1e-12 * norm) break;
    value = norm;
  }
  return { vector, value };
}

/** The rows that are most like one of them, best first. */
export function mostAlike(matrix, n, row, count) {
  return Array.from({ length: n }, (_, other) => ({ other, similarity: matrix[row * n + other] }))
    .filter(({ other }) => other !== row)
    .sort((a, b) => b.similarity - a.similarity)
    .slice(0, count);
}
