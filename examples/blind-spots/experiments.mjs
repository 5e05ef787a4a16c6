// Which frames are learned, how, and what the fits are tried on.
import { createHash } from "node:crypto";
import { Dataset } from "pestle";
import { fingerprints } from "./fingerprints.mjs";
import { defaults, methane } from "./methane.mjs";
import { MOST_ENERGY, TRAINED } from "./methane-sets.mjs";
import { SAMPLES, STEP, STEPS } from "./manifolds.mjs";
import { LENGTHS } from "./paths.mjs";

/** Frames of manifolds that are added to the ordinary ones; `half`: only from the first half of the path. */
export const experiments = [
  { key: "none", title: "none", first: 0, second: 0 },
  { key: "first-16", title: "16 of M1", first: 16, second: 0 },
  { key: "first-160", title: "160 of M1", first: 160, second: 0 },
  { key: "first-1600", title: "1600 of M1", first: 1600, second: 0 },
  { key: "half-160", title: "160 of the first half of M1", first: 160, second: 0, half: true },
  { key: "second-160", title: "160 of M2", first: 0, second: 160 },
];
const short = ["none", "first-160", "second-160"];
/** Experiments of a fingerprint: all of them where `isWhole`. */
export const experimentsOf = ({ isWhole }) => experiments.filter(({ key }) => isWhole || short.includes(key));

/** Frames of each manifold that fits are tried on. */
const TESTED = 400;

const { SQRT2 } = Math;
/** Powers of two, and what lies between them where choices are made. */
const ofMedian = [1 / 4, 1 / 2, 1, SQRT2, 2, 2 * SQRT2, 4, 4 * SQRT2, 8, 16, 32, 64];
const lambda = Array.from({ length: 13 }, (_, k) => Number(`1e${k - 13}`));

/** @param descriptor with its columns' numbers filled in */
export function requestOf(descriptor, scan) {
  const terms = [{ descriptor, kernel: { type: "squared-exponential" }, centers: ["C"] }];
  return { model: { type: "kernel-ridge", isolatedAtomEnergies: "none", terms }, fit: { regularization: { scan }, errorBars: false } };
}

/** Of all experiments; a smoke run has a corner of it. */
export function scanOf(smoke) {
  return { lengthScale: { ofMedian: smoke ? [1, 4] : ofMedian }, lambda: smoke ? [1e-7, 1e-4] : lambda, by: "validation" };
}

/** Changes with the fingerprints. */
export function digestOfPaths() {
  return hash([LENGTHS, fingerprints.map(({ descriptor }) => descriptor)]);
}

/** Changes with everything that the numbers follow from. */
export function digestOf(fingerprint, experiment, { samples, seed, smoke, landmarks }) {
  const recipe = [landmarks ?? 0, fingerprint.descriptor, fingerprint.method, experiment, scanOf(smoke), { ...defaults, samples, seed }, MOST_ENERGY, TRAINED, SAMPLES, STEP, STEPS, TESTED];
  return hash(recipe);
}

function hash(recipe) {
  return createHash("sha256").update(JSON.stringify(recipe)).digest("hex").slice(0, 16);
}

/**
 * Frames of a manifold to be learned: evenly spread over the points with an even number of the path, or of its first half.
 * @param path all points of the spline, Å
 */
export function learnedFrames(path, name, count, half = false) {
  const among = SAMPLES / (half ? 4 : 2);
  return framesAt(path, name, Array.from({ length: count }, (_, k) => 2 * Math.floor(((k + 0.5) * among) / count)));
}

/**
 * Frames to be tried on: evenly spread over the points with an odd number, three points or more from every learned one.
 * @param half only of the second half of the path
 */
export function testedFrames(path, name, smoke, half = false) {
  const count = smoke ? 20 : TESTED;
  const [first, among] = half ? [SAMPLES / 4 + 8, SAMPLES / 4] : [13, SAMPLES / 2];
  return Dataset.from(framesAt(path, name, Array.from({ length: count }, (_, k) => 2 * (first + Math.floor((k * among) / count)) + 1)));
}

function framesAt(path, configType, indices) {
  return indices.map((index) => methane(Float64Array.of(0, 0, 0, ...path[index]), { configType, label: `point ${index} of the ${configType} manifold` }));
}
