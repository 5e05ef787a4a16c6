// A model of methane at high temperature, for sets of ordinary frames: harmonic bonds and angles,
//     E = Σ_j ½ k_r (r_j − r_0)² + Σ_{j<k} ½ k_θ (cos θ_jk + 1/3)²,
// Langevin dynamics with the splitting BAOAB (Leimkuhler & Matthews 2013, 10.1093/amrx/abs010). Many walkers, each with random numbers of its own.
import { units } from "pestle";
import { fourBodyEnergy } from "../../dist/analysis/index.js";
import { seededRandom, standardNormal } from "../../dist/math/random.js";

/** Å, eV/Å², eV */
const [LENGTH, STRETCH, BEND] = [1.09, 30, 3.4];
/** Of C and of H: amu */
const MASSES = [12.011, 1.008, 1.008, 1.008, 1.008];
export const ATOMIC_NUMBERS = Uint8Array.of(6, 1, 1, 1, 1);

/** What the frames of the results were made with: K, 1/fs, fs, steps. */
export const defaults = { firstWalker: 0, walkers: 300, samples: 10, burnIn: 2000, spacing: 100, temperature: 1500, friction: 0.02, timeStep: 0.5, seed: 1 };

/**
 * Energy of the model, eV, and its forces.
 * @param {Float64Array} positions Å, C and four H, 15 numbers
 * @param {Float64Array} forces eV/Å, out
 * @returns {number}
 */
export function energyAndForces(positions, forces) {
  const [unit, length] = [new Float64Array(12), new Float64Array(4)];
  let energy = 0;
  forces.fill(0);
  for (let j = 0; j < 4; j++) {
    for (let k = 0; k < 3; k++) unit[3 * j + k] = positions[3 * j + 3 + k] - positions[k];
    length[j] = Math.hypot(unit[3 * j], unit[3 * j + 1], unit[3 * j + 2]);
    const stretch = length[j] - LENGTH;
    energy += 0.5 * STRETCH * stretch ** 2;
    for (let k = 0; k < 3; k++) {
      unit[3 * j + k] /= length[j];
      forces[3 * j + 3 + k] -= STRETCH * stretch * unit[3 * j + k];
    }
  }
  for (let i = 0; i < 4; i++) {
    for (let j = 0; j < i; j++) {
      const cosine = unit[3 * i] * unit[3 * j] + unit[3 * i + 1] * unit[3 * j + 1] + unit[3 * i + 2] * unit[3 * j + 2];
      const bend = cosine + 1 / 3;
      energy += 0.5 * BEND * bend ** 2;
      for (let k = 0; k < 3; k++) {
        forces[3 * i + 3 + k] -= (BEND * bend * (unit[3 * j + k] - cosine * unit[3 * i + k])) / length[i];
        forces[3 * j + 3 + k] -= (BEND * bend * (unit[3 * i + k] - cosine * unit[3 * j + k])) / length[j];
      }
    }
  }
  for (let k = 0; k < 3; k++) forces[k] = -(forces[3 + k] + forces[6 + k] + forces[9 + k] + forces[12 + k]);
  return energy;
}

/** A molecule on its way: from the tetrahedron, with velocities of the temperature. */
export class Walker {
  /** @param {Partial<typeof defaults>} options @param {number} number of the walker, from 0 */
  constructor(options, number) {
    const { temperature, friction, timeStep, seed } = { ...defaults, ...options };
    this.random = seededRandom(1e6 * seed + number);
    this.timeStep = timeStep;
    this.positions = tetrahedron();
    this.forces = new Float64Array(15);
    this.potential = energyAndForces(this.positions, this.forces);
    this.inertia = MASSES.map((mass) => mass * units.amuAngstrom2PerFs2); // eV fs²/Å²
    this.spread = this.inertia.map((inertia) => Math.sqrt((units.boltzmann * temperature) / inertia)); // Å/fs
    this.velocities = Float64Array.from({ length: 15 }, (_, i) => this.spread[Math.floor(i / 3)] * standardNormal(this.random));
    this.decay = Math.exp(-friction * timeStep);
  }

  step() {
    this.kick();
    this.drift();
    const noise = Math.sqrt(1 - this.decay ** 2);
    for (let i = 0; i < 15; i++) this.velocities[i] = this.decay * this.velocities[i] + noise * this.spread[Math.floor(i / 3)] * standardNormal(this.random);
    this.drift();
    this.potential = energyAndForces(this.positions, this.forces);
    this.kick();
  }

  kick() {
    for (let i = 0; i < 15; i++) this.velocities[i] += (0.5 * this.timeStep * this.forces[i]) / this.inertia[Math.floor(i / 3)];
  }

  drift() {
    for (let i = 0; i < 15; i++) this.positions[i] += 0.5 * this.timeStep * this.velocities[i];
  }

  /** Kinetic temperature of the 15 velocities, K. */
  get temperature() {
    const twice = this.velocities.reduce((sum, velocity, i) => sum + this.inertia[Math.floor(i / 3)] * velocity ** 2, 0);
    return twice / (15 * units.boltzmann);
  }

  /** Å, the carbon atom at the origin. */
  centered() {
    return this.positions.map((value, i) => value - this.positions[i % 3]);
  }
}

function tetrahedron() {
  const a = LENGTH / Math.sqrt(3);
  return Float64Array.of(0, 0, 0, a, a, a, a, -a, -a, -a, a, -a, -a, -a, a);
}

/**
 * Frames one after the other: all walkers at one time, then at the next. Nothing is kept of those that were given.
 * @param {Partial<typeof defaults>} [options]
 * @returns {Generator<{ positions: Float64Array, walker: number, sample: number, temperature: number }>}
 */
export function* methaneFrames(options = {}) {
  const { firstWalker, walkers, samples, burnIn, spacing } = { ...defaults, ...options };
  const all = Array.from({ length: walkers }, (_, i) => new Walker(options, firstWalker + i));
  for (let sample = 0; sample < samples; sample++) {
    for (const [i, walker] of all.entries()) {
      for (let step = 0; step < (sample === 0 ? burnIn + spacing : spacing); step++) walker.step();
      yield { positions: walker.centered(), walker: firstWalker + i, sample, temperature: walker.temperature };
    }
  }
}

/**
 * A frame as pestle has structures: the energy of four bodies in the place of an energy (it has no unit).
 * @param {Float64Array} positions
 * @param {{ configType: string, label: string }} names
 */
export function methane(positions, names) {
  return { atomicNumbers: ATOMIC_NUMBERS, positions, cell: null, pbc: [false, false, false], targets: { energy: fourBodyEnergy(positions.subarray(3)) }, info: new Map(), atomInfo: [], ...names };
}
