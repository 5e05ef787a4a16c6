// Ordinary frames of methane as files, and whether they are what they should be.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { writeStructures } from "pestle";
import { writeResults } from "../recipes/run-tools.mjs";
import { fourBodyEnergy } from "../../dist/analysis/index.js";
import { defaults, methane, methaneFrames } from "./methane.mjs";

/** Frames above it are left out: hydrogen atoms that swap places. */
export const MOST_ENERGY = 1.9;
/** The first walkers are for training, the others for validation: frames of one walker are alike. */
export const TRAINED = 0.8;

/** What long runs of another program gave (distances in Å, temperature in K): mean, or root mean square deviation. */
const expected = { distance: 1.098, distanceDeviation: 0.065, energy: 0.769, energyDeviation: 0.11, temperature: 1498 };
/** Half a unit of the last digit of these. */
const rounding = { distance: 5e-4, distanceDeviation: 5e-4, energy: 5e-4, energyDeviation: 5e-4, temperature: 0.5 };
/** Standard errors that a number may be off. */
const MOST_ERRORS = 4;

/**
 * Writes train.xyz, validation.xyz and statistics.json into a folder. Frames are written as they come, none is kept.
 * @param {string} folder
 * @param {Partial<typeof defaults>} options
 */
export async function writeSets(folder, options = {}, onFrames = () => {}) {
  mkdirSync(folder, { recursive: true });
  const { walkers, samples } = { ...defaults, ...options };
  const trained = Math.round(TRAINED * walkers);
  const statistics = new Statistics(walkers);
  for (const [name, firstWalker, count] of [["train", 0, trained], ["validation", trained, walkers - trained]]) {
    const frames = ordinaryFrames({ ...options, firstWalker, walkers: count }, statistics, (done) => onFrames(name, done, samples * count));
    await writeStructures(join(folder, `${name}.xyz`), frames);
  }
  const found = statistics.result();
  writeResults(join(folder, "statistics.json"), found);
  return found;
}

function* ordinaryFrames(options, statistics, onFrame) {
  let done = 0;
  for (const { positions, walker, sample, temperature } of methaneFrames(options)) {
    onFrame(++done);
    if (statistics.isOrdinary(positions, walker, temperature)) yield methane(positions, { configType: "dynamics", label: `walker ${walker}, sample ${sample}` });
  }
}

/** Means over walkers, which are independent of each other, and so their standard errors. */
export class Statistics {
  /** @param {number} walkers */
  constructor(walkers) {
    this.sums = Array.from({ length: walkers }, () => ({ frames: 0, temperature: 0, kept: 0, distance: 0, distanceSquare: 0, energy: 0, energySquare: 0 }));
    this.shortest = this.lowest = Infinity;
    this.longest = 0;
  }

  /** Counts a frame; whether it is kept. */
  isOrdinary(positions, walker, temperature) {
    const sum = this.sums[walker];
    const energy = fourBodyEnergy(positions.subarray(3));
    sum.frames++;
    sum.temperature += temperature;
    if (!(energy <= MOST_ENERGY)) return false;
    sum.kept++;
    sum.energy += energy;
    sum.energySquare += energy ** 2;
    this.lowest = Math.min(this.lowest, energy);
    for (let j = 3; j < 15; j += 3) {
      const distance = Math.hypot(positions[j], positions[j + 1], positions[j + 2]);
      sum.distance += distance / 4;
      sum.distanceSquare += distance ** 2 / 4;
      this.shortest = Math.min(this.shortest, distance);
      this.longest = Math.max(this.longest, distance);
    }
    return true;
  }

  /** Every number with its standard error, beside what is expected. */
  result() {
    const total = (key) => this.sums.reduce((sum, own) => sum + own[key], 0);
    const frames = total("frames");
    const [distance, energy] = [total("distance") / total("kept"), total("energy") / total("kept")];
    const ofWalkers = {
      temperature: (own) => own.temperature / own.frames,
      distance: (own) => own.distance / own.kept,
      energy: (own) => own.energy / own.kept,
      distanceDeviation: (own) => (own.distanceSquare - 2 * distance * own.distance) / own.kept + distance ** 2,
      energyDeviation: (own) => (own.energySquare - 2 * energy * own.energy) / own.kept + energy ** 2,
    };
    const numbers = Object.keys(expected).map((key) => {
      const { mean, error } = meanAndError(this.sums.filter((own) => own.kept > 0).map(ofWalkers[key]));
      const isDeviation = key.endsWith("Deviation"); // the mean of squares: its root, and the error of that
      const value = isDeviation ? Math.sqrt(mean) : mean;
      const standardError = isDeviation ? error / (2 * value) : error;
      const isAsExpected = Math.abs(value - expected[key]) <= MOST_ERRORS * standardError + rounding[key];
      return [key, { value, standardError, expected: expected[key], isAsExpected }];
    });
    const { shortest, longest, lowest } = this;
    return { frames, leftOut: frames - total("kept"), shortest, longest, lowest, numbers: Object.fromEntries(numbers), isAsExpected: numbers.every(([, { isAsExpected }]) => isAsExpected) };
  }
}

function meanAndError(values) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
  return { mean, error: Math.sqrt(variance / values.length) };
}
