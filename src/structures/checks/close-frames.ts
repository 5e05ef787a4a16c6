import { cartesianPositions, cellVolume, inverseCell, isSingular } from "../cell.js";
import type { Dataset } from "../dataset.js";
import { explain, type ExplanationLimits, forceHypotheses, type ScaledPair, virialHypotheses } from "./hypotheses.js";
import { nearestFrames } from "./nearest-frames.js";

/** Å: atoms move less from one frame to the next, so that energies change as forces say. */
const LARGEST_STEP = 0.15;
/** The same of the cell. */
const LARGEST_STRAIN = 0.03;
/** Cells that differ by less are the same. */
const SAME_CELL = 1e-7;
/** Between close frames the trapezoidal rule is good to some percent. */
const LIMITS = { disagreement: 0.3, agreement: 0.1 };
/** Between frames that are only the nearest it is good to a half, which tells other units, but not eV/bohr. */
const NEAREST_LIMITS = { disagreement: 0.8, agreement: 0.6, nearFactor: 3.5 };
/** Fewer pairs of frames say nothing. */
const FEWEST_PAIRS = 5;
const FEWEST_NEAREST = 12;

/** Two consecutive frames of the same atoms, close to each other. */
interface CloseFrames {
  readonly nAtoms: number;
  /** Å³, mean */
  readonly volume: number;
  /** Of the energies as they stand in the data. */
  readonly energyChange: number;
  /** −∫F·dr by the trapezoidal rule, beside the strain; 0 without forces */
  readonly byForces: number;
  /** −∫W:dε; undefined where the cell stays, or there are no virials */
  readonly byVirial: number | undefined;
}

/**
 * Sentences about forces and virials that contradict the energies of the same data: between frames that differ little, energies change by −F·Δr, and by −W:ε
 * as the cell is strained. A factor that is another unit, a wrong sign or the number of atoms is named. Where consecutive frames are not alike, those that
 * are nearest are compared, forces only.
 * @param name of the data: "training"
 * @param options whether forces are looked at; default: true
 */
export function derivativeWarnings(dataset: Dataset, name: string, options: { readonly forces?: boolean } = {}): string[] {
  const frames = closeFrames(dataset);
  return [...(options.forces === false ? [] : forceWarnings(dataset, frames, name)), ...virialWarnings(frames, name)];
}

function forceWarnings(dataset: Dataset, frames: readonly CloseFrames[], name: string): string[] {
  const moved = frames.filter(({ byVirial, byForces }) => byVirial === undefined && byForces !== 0);
  const judge = ({ nAtoms, energyChange, byForces }: Pick<CloseFrames, "nAtoms" | "energyChange" | "byForces">): Judged => ({ found: energyChange, expected: byForces, hypotheses: forceHypotheses(nAtoms) });
  if (moved.length >= FEWEST_PAIRS) return sentence(moved.map(judge), name, LIMITS, "consecutive");
  const nearest = nearestFrames(dataset).filter(({ byForces }) => byForces !== 0);
  return nearest.length < FEWEST_NEAREST ? [] : sentence(nearest.map(judge), name, NEAREST_LIMITS, "nearest");
}

function virialWarnings(frames: readonly CloseFrames[], name: string): string[] {
  const strained = frames.filter(({ byVirial }) => byVirial !== undefined && byVirial !== 0);
  if (strained.length < FEWEST_PAIRS) return [];
  const judge = ({ energyChange, byForces, byVirial, volume }: CloseFrames): Judged => ({
    found: energyChange - byForces, expected: byVirial!, hypotheses: virialHypotheses(volume).map((own) => ({ ...own, factor: 1 / own.factor })),
  });
  return sentence(strained.map(judge), name, LIMITS, "consecutive");
}

function closeFrames(dataset: Dataset): CloseFrames[] {
  const frames: CloseFrames[] = [];
  for (let i = 1; i < dataset.nStructures; i++) {
    const found = compareFrames(dataset, i - 1, i);
    if (found) frames.push(found);
  }
  return frames;
}

interface Judged extends Omit<ScaledPair, "factors"> {
  readonly hypotheses: ReturnType<typeof forceHypotheses>;
}

function sentence(judged: readonly Judged[], name: string, limits: ExplanationLimits, which: string): string[] {
  // hypotheses of all frames stand in one order: leave out what only some have
  const count = Math.min(...judged.map(({ hypotheses }) => hypotheses.length));
  const pairs = judged.map(({ found, expected, hypotheses }) => ({ found, expected, factors: hypotheses.slice(0, count).map(({ factor }) => factor) }));
  const best = explain(pairs, limits);
  if (best === undefined) return [];
  const { what, factor } = judged[0].hypotheses[best];
  return [
    `it looks as if ${what}${limits.nearFactor === undefined ? "" : ", or in a unit of about that size"}: between ${judged.length} pairs of ${which} ${name} frames that differ little, energies change by ${factor.toPrecision(3)} times what follows from them; ` +
      "convert the data to eV, eV/Å and eV",
  ];
}

function compareFrames(dataset: Dataset, a: number, b: number): CloseFrames | undefined {
  const nAtoms = dataset.atomCount(a);
  const energyChange = dataset.energies[b] - dataset.energies[a];
  if (nAtoms < 2 || !Number.isFinite(energyChange) || !areAlike(dataset, a, b)) return undefined;
  const [one, two] = [dataset.structure(a), dataset.structure(b)];
  const strain = one.cell && two.cell ? strainBetween(one.cell, two.cell) : new Float64Array(9);
  if (!strain) return undefined;
  const size = Math.max(...strain.map(Math.abs));
  if (!(size < LARGEST_STRAIN)) return undefined;
  const steps = stepsBetween(one.positions, two.positions, strain, two.cell, two.pbc);
  if (!(steps.largest < LARGEST_STEP)) return undefined;
  const [forces, others] = [one.targets.forces, two.targets.forces];
  let byForces = 0;
  if (forces && others) for (let k = 0; k < forces.length; k++) byForces -= 0.5 * (forces[k] + others[k]) * steps.values[k];
  if (size < SAME_CELL) return { nAtoms, volume: 0, energyChange, byForces, byVirial: undefined };
  const [virial, other] = [one.targets.virial, two.targets.virial];
  // where atoms move beside the strain, their forces must be known
  if (!virial || !other || (steps.largest > 1e-3 && !forces)) return undefined;
  const byVirial = -strain.reduce((sum, value, k) => sum + 0.5 * value * (virial[k] + other[k]), 0);
  return { nAtoms, volume: 0.5 * (cellVolume(one.cell!) + cellVolume(two.cell!)), energyChange, byForces, byVirial };
}

/** Whether two frames have the same species in the same order, and the same axes repeat. */
function areAlike({ offsets, atomicNumbers, pbc }: Dataset, a: number, b: number): boolean {
  const count = offsets[a + 1] - offsets[a];
  if (offsets[b + 1] - offsets[b] !== count) return false;
  for (let axis = 0; axis < 3; axis++) if (pbc[3 * a + axis] !== pbc[3 * b + axis]) return false;
  for (let i = 0; i < count; i++) if (atomicNumbers[offsets[a] + i] !== atomicNumbers[offsets[b] + i]) return false;
  return true;
}

/** ε of h′ = h (1 + ε), rows of h are lattice vectors; undefined for a cell without volume */
function strainBetween(h: Float64Array, other: Float64Array): Float64Array | undefined {
  if (isSingular(h) || isSingular(other)) return undefined;
  return cartesianPositions(other, inverseCell(h)).map((value, k) => value - (k % 4 === 0 ? 1 : 0));
}

/** Displacements beside the strain, by the nearest image. */
function stepsBetween(from: Float64Array, to: Float64Array, strain: Float64Array, cell: Float64Array | null, pbc: readonly boolean[]): { values: Float64Array; largest: number } {
  const strained = cartesianPositions(strain, from);
  const values = to.map((value, k) => value - from[k] - strained[k]);
  if (cell && pbc.some(Boolean) && !isSingular(cell)) {
    const fractional = cartesianPositions(inverseCell(cell), values);
    for (let k = 0; k < values.length; k++) {
      const [atom, axis] = [k - (k % 3), k % 3];
      const turns = pbc[axis] ? Math.round(fractional[k]) : 0;
      if (turns !== 0) for (let b = 0; b < 3; b++) values[atom + b] -= turns * cell[3 * axis + b];
    }
  }
  let largest = 0;
  for (let i = 0; i < values.length; i += 3) largest = Math.max(largest, Math.hypot(values[i], values[i + 1], values[i + 2]));
  return { values, largest };
}
