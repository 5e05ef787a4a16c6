import { EnvironmentDescriber, type EnvironmentDerivatives, type MovingAtoms } from "../../environments/environment-derivatives.js";
import { environmentOf, type SingleEnvironment } from "../../environments/single-environment.js";
import type { Descriptor } from "../../descriptors/descriptor.js";
import { InvalidParameterError, NumericalError } from "../../errors.js";
import type { Geometry } from "../../environments/geometry.js";
import type { Workspace } from "../../linalg/dense.js";
import { matrix, readMatrix, rowBlock } from "../../linalg/matrix.js";
import { singularDecomposition, singularScratchBytes } from "../../linalg/singular.js";
import { Arena } from "../../wasm/memory.js";
import { coordinatesOf, TrivialModes } from "./trivial-modes.js";

/** Part of the largest derivative that rotations and translations may seem to have, by rounding. */
const ROUNDING = 1e-9;

/** What is moved, and in which units. */
export interface SensitivityOptions {
  /** neighbors: the center stays, 3 coordinates for each neighbor; all: 3 more for the center. Default: neighbors. */
  readonly moving?: MovingAtoms | undefined;
  /** Coordinates √m x (√amu Å) instead of x (Å). Default: false. */
  readonly massWeighted?: boolean | undefined;
  /**
   * f64 [nFeatures]: features are divided by these, such as their standard deviations over data (`columnStatistics`); those with deviation 0 are
   * dropped. Absent: features as they are.
   */
  readonly deviations?: ArrayLike<number> | undefined;
}

/** How much a fingerprint changes as the atoms of an environment move: singular values and modes of ∂X/∂R without trivial modes. */
export interface Sensitivity {
  /** Which atoms are moved. */
  readonly moving: MovingAtoms;
  /** Features that count: all, without those that were dropped. */
  readonly nFeatures: number;
  /** Rotations (2 for atoms in line) and translations: displacements that are left out. */
  readonly nTrivial: number;
  /** f64 [nModes], falling: features (or units of their deviations) per Å, or per √amu Å. As many as coordinates without trivial modes. */
  readonly singularValues: Float64Array;
  /** f64 [nModes × nCoordinates]: row k belongs to singular value k and has unit length in the coordinates; its largest component is positive. */
  readonly modes: Float64Array;
  /** f64 [nCoordinates], Å of displacement per unit of a coordinate. */
  readonly scales: Float64Array;
  /** |J T| / |J| for the trivial modes T: rounding, below about 1e-12. */
  readonly onTrivialModes: number;
}

/**
 * Sensitivity of a descriptor at one atom (from 0) of a structure. Neighbors within the cutoff move independently, also where they are images of one
 * atom. Parsaeifard, Tomerini, De & Goedecker, J. Chem. Phys. 153, 214104 (2020); Pozdnyakov et al., Open Res. Europe 1, 126 (2021),
 * doi:10.12688/openreseurope.14156.1. See docs/theory/sensitivity.md.
 * @throws {InvalidParameterError} for a descriptor without a row for each center, and for deviations of another number
 * @throws {InvalidStructureError} for atoms that coincide
 */
export function sensitivityAt(space: Workspace, descriptor: Descriptor, geometry: Geometry, atom: number, options: SensitivityOptions = {}): Sensitivity {
  const species = [...new Set(geometry.atomicNumbers)].sort((a, b) => a - b);
  const describer = new EnvironmentDescriber(space, descriptor, species);
  try {
    return sensitivityOf(space, describer, environmentOf(space, geometry, atom, describer.cutoff), options);
  } finally {
    describer.release();
  }
}

/** The same of an environment, by a descriptor that is open. */
export function sensitivityOf(space: Workspace, describer: EnvironmentDescriber, environment: SingleEnvironment, options: SensitivityOptions = {}): Sensitivity {
  return sensitivityFrom(space, describer.descriptor, environment, describer.derivatives(environment, options.moving), options);
}

/** The same of derivatives that are there already; they are for the atoms that `options` say. */
export function sensitivityFrom(
  space: Workspace,
  { name, turns }: Pick<Descriptor, "name" | "turns">,
  environment: SingleEnvironment,
  { values, jacobian }: EnvironmentDerivatives,
  { moving = "neighbors", massWeighted = false, deviations }: SensitivityOptions = {},
): Sensitivity {
  const coordinates = coordinatesOf(environment, moving, massWeighted);
  const trivial = new TrivialModes(coordinates, turns === undefined);
  const factors = featureFactors(values.length, deviations);
  const nFeatures = factors.columns.length;
  const rows = scaledRows(jacobian, values.length, coordinates.scales, factors);
  const whole = norm(rows);
  trivial.toComplement(rows, nFeatures);
  const onTrivial = norm(rows.subarray(0, trivial.count * nFeatures));
  const onTrivialModes = whole > 0 ? onTrivial / whole : 0;
  if (!(onTrivialModes <= ROUNDING)) {
    throw new NumericalError(`${environment.label}: ${name} changes as the environment turns or moves as a whole, by ${onTrivialModes.toExponential(1)} of its derivatives`);
  }
  const nModes = coordinates.count - trivial.count;
  const { singularValues, vectors } = decompose(space, rows.subarray(trivial.count * nFeatures), nModes, nFeatures);
  const modes = new Float64Array(nModes * coordinates.count);
  for (let k = 0; k < nModes; k++) modes.set(signed(trivial.fromComplement(vectors.subarray(k * nModes, (k + 1) * nModes))), k * coordinates.count);
  return { moving, nFeatures, nTrivial: trivial.count, singularValues, modes, scales: coordinates.scales, onTrivialModes };
}

/**
 * Displacements (Å, three for each atom that moves) of mode k, 0 for the stiffest, −1 for the softest: together of unit length.
 * @throws {InvalidParameterError} for a mode that is not there
 */
export function modeDisplacements({ modes, singularValues, scales }: Sensitivity, k: number): Float64Array {
  const nModes = singularValues.length;
  const index = k < 0 ? nModes + k : k;
  if (!(Number.isInteger(index) && index >= 0 && index < nModes)) throw new InvalidParameterError(`there is no mode ${k} among ${nModes}`);
  const moved = scales.map((scale, i) => scale * modes[index * scales.length + i]);
  const length = Math.hypot(...moved);
  return moved.map((value) => value / length);
}

interface FeatureFactors {
  readonly columns: Int32Array;
  readonly factors: Float64Array;
}

/** Columns that count, and by what they are multiplied. */
function featureFactors(nFeatures: number, deviations: ArrayLike<number> | undefined): FeatureFactors {
  if (deviations === undefined) return { columns: Int32Array.from({ length: nFeatures }, (_, f) => f), factors: new Float64Array(nFeatures).fill(1) };
  if (deviations.length !== nFeatures) throw new InvalidParameterError(`${deviations.length} deviations for ${nFeatures} features; there must be one of each`);
  const all = Array.from(deviations);
  const wrong = all.findIndex((value) => !(value >= 0 && value < Infinity));
  if (wrong >= 0) throw new InvalidParameterError(`the deviation of feature ${wrong + 1} is ${all[wrong]}; it must be a finite number, not below 0`);
  const columns = Int32Array.from(all.flatMap((value, f) => (value > 0 ? [f] : [])));
  return { columns, factors: Float64Array.from(columns, (f) => 1 / all[f]) };
}

/** Derivatives by the coordinates, features scaled. */
function scaledRows(jacobian: Float64Array, width: number, scales: Float64Array, { columns, factors }: FeatureFactors): Float64Array {
  const rows = new Float64Array(scales.length * columns.length);
  for (let k = 0, at = 0; k < scales.length; k++) {
    for (let f = 0; f < columns.length; f++, at++) rows[at] = scales[k] * factors[f] * jacobian[k * width + columns[f]];
  }
  return rows;
}

/** Singular values (n) and right vectors (rows, n × n) of the transpose of rows (n × nFeatures), by QR: no matrix is squared. */
function decompose({ wasm, pool }: Workspace, rows: Float64Array, n: number, nFeatures: number): { readonly singularValues: Float64Array; readonly vectors: Float64Array } {
  if (n === 0) return { singularValues: new Float64Array(0), vectors: new Float64Array(0) };
  // rows of zeros for features that would be missing, so that there is a vector for each mode
  const height = Math.max(n, nFeatures);
  const region = pool.allocate(8 * height * n + singularScratchBytes(height, n, 0), "the decomposition of a Jacobian");
  try {
    const arena = new Arena(region);
    const a = matrix(arena.f64(height * n), height, n);
    const elements = wasm.f64(a.pointer, height * n).fill(0);
    for (let k = 0, from = 0; k < n; k++) for (let f = 0; f < nFeatures; f++, from++) elements[f * n + k] = rows[from];
    const singularValues = singularDecomposition(wasm, arena, a, n);
    return { singularValues, vectors: readMatrix(wasm, rowBlock(a, 0, n)) };
  } finally {
    pool.release(region);
  }
}

/** The same direction with its component of largest modulus positive. */
function signed(vector: Float64Array): Float64Array {
  const largest = vector.reduce((best, value) => (Math.abs(value) > Math.abs(best) ? value : best), 0);
  return largest < 0 ? vector.map((value) => -value) : vector;
}

function norm(values: Float64Array): number {
  let largest = 0;
  for (const value of values) largest = Math.max(largest, Math.abs(value));
  if (!(largest > 0)) return largest;
  let sum = 0;
  for (const value of values) sum += (value / largest) ** 2;
  return largest * Math.sqrt(sum);
}
