// A small GAP of sodium chloride with made-up numbers, the linear system of its fit in plain loops, and the files that gap_fit would have written of both.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CholeskyDecomposition, Matrix, QrDecomposition } from "ml-matrix";
import { symbolOf, type Structure } from "../../src/structures/index.js";
import { randomSource } from "../linalg/dense.js";
import { makeStructure, randomStructure } from "../models/systems.js";
import { pairRows, type PlainAtoms, type PlainRow, soapRows, tripletRows } from "./gap-twin.js";

interface Part {
  readonly descriptor: string;
  readonly delta: number;
  /** f0, eV */
  readonly mean: number;
  /** θ of the coordinates, or ζ of dot products. */
  readonly lengthScales: readonly number[] | undefined;
  readonly zeta: number;
  rows(atoms: PlainAtoms): PlainRow[];
  readonly points: readonly PlainRow[];
}

const next = randomSource(29);
const between = (low: number, high: number): number => low + (high - low) * (0.5 + 0.5 * next());

/** Some rows of a structure that is not fitted. */
function somePoints(rows: Part["rows"], count: number): PlainRow[] {
  const all = rows(randomStructure(77, 8)).filter(({ fc }) => fc > 0.1);
  return Array.from({ length: count }, (_, s) => all[Math.floor((s * all.length) / count)]);
}

function pairs(z: readonly [number, number], count: number): Part {
  const [delta, length] = [between(0.5, 1), between(0.5, 1)];
  const rows: Part["rows"] = (atoms) => pairRows(atoms, z, { radius: 3.7, width: 0.8 }, [1]);
  return {
    descriptor: `distance_2b cutoff=3.7 cutoff_transition_width=0.8 covariance_type=ard_se delta=${delta} theta_uniform=${length} n_sparse=${count} sparse_method=uniform Z1=${z[0]} Z2=${z[1]}`,
    delta, mean: 0, lengthScales: [length], zeta: 1, rows, points: somePoints(rows, count),
  };
}

function triplets(center: number, z: readonly [number, number], count: number): Part {
  const rows: Part["rows"] = (atoms) => tripletRows(atoms, center, z, { radius: 3.3, width: 0.6 });
  return {
    descriptor: `angle_3b cutoff=3.3 cutoff_transition_width=0.6 covariance_type=ard_se delta=0.3 f0=0.2 theta_uniform=1.1 n_sparse=${count} sparse_method=uniform Z_center=${center} Z1=${z[0]} Z2=${z[1]}`,
    delta: 0.3, mean: 0.2, lengthScales: [1.1, 1.1, 1.1], zeta: 1, rows, points: somePoints(rows, count),
  };
}

function soap(center: number, list: readonly number[], sigma0: number, count: number): Part {
  const shape = { nMax: 2, lMax: 2, sigma: 0.5, radius: 3.4, width: 0.7, list, centerInAll: false, sigma0 };
  const rows: Part["rows"] = (atoms) => soapRows(atoms, center, shape);
  return {
    descriptor: `soap cutoff=3.4 cutoff_transition_width=0.7 n_max=2 l_max=2 atom_sigma=0.5 zeta=3 covariance_sigma0=${sigma0} delta=0.7 covariance_type=dot_product n_sparse=${count} sparse_method=cur_points n_species=2 species_Z={${list.join(" ")}} Z=${center}`,
    delta: 0.7, mean: 0, lengthScales: undefined, zeta: 3, rows, points: somePoints(rows, count),
  };
}

const parts: readonly Part[] = [pairs([11, 11], 2), pairs([11, 17], 3), pairs([17, 17], 2), triplets(11, [11, 17], 3), soap(11, [11, 17], 0, 2), soap(17, [17, 11], 0.2, 3)];
const e0: Readonly<Record<number, number>> = { 11: -1.25, 17: -3.5 };
const JITTER = 1e-8;

interface Sigma {
  readonly energy: number;
  readonly forces: number;
  readonly virial: number;
}
const sigmas: Readonly<Record<string, Sigma>> = { "": { energy: 0.002, forces: 0.05, virial: 0.02 }, dense: { energy: 0.01, forces: 0.2, virial: 0.1 } };

/** Three frames, the first and the last with all targets, one without a virial. */
export const frames: readonly Structure[] = [
  framed(randomStructure(31, 4), ""), framed(randomStructure(32, 3), "dense", false), framed(randomStructure(33, 4), "dense"),
];

function framed(structure: Structure, configType: string, hasVirial = true): Structure {
  const [xx, yy, zz, yz, xz, xy] = Array.from({ length: 6 }, () => between(-2, 2));
  const targets = {
    energy: between(-20, -10),
    forces: structure.positions.map(() => between(-1, 1)),
    ...(hasVirial && { virial: Float64Array.of(xx, xy, xz, xy, yy, yz, xz, yz, zz) }),
  };
  return makeStructure(structure, targets, configType);
}

/** δ² exp(−½ Σ ((x − x′)/θ)²) + f0², or δ² (x · x′)^ζ, with the f_c of both */
function covariance({ delta, mean, lengthScales, zeta }: Part, a: PlainRow, b: PlainRow): number {
  const k = lengthScales
    ? delta ** 2 * Math.exp(-0.5 * a.x.reduce((sum, x, d) => sum + ((x - b.x[d]) / lengthScales[d]) ** 2, 0)) + mean ** 2
    : delta ** 2 * a.x.reduce((sum, x, d) => sum + x * b.x[d], 0) ** zeta;
  return a.fc * b.fc * k;
}

/** A value for each sparse point: the sum over all rows of a structure. */
function sums(atoms: PlainAtoms): number[] {
  return parts.flatMap((part) => {
    const rows = part.rows(atoms);
    return part.points.map((point) => rows.reduce((sum, row) => sum + covariance(part, row, point), 0));
  });
}

/** By central differences of the fourth order. */
function slopes(at: (step: number) => PlainAtoms, h = 1e-4): number[] {
  const [a, b, c, d] = [-2, -1, 1, 2].map((steps) => sums(at(steps * h)));
  return a.map((_, s) => (a[s] - d[s] + 8 * (c[s] - b[s])) / (12 * h));
}

const moved = (atoms: PlainAtoms, coordinate: number, step: number): PlainAtoms => ({ ...atoms, positions: atoms.positions.map((x, i) => (i === coordinate ? x + step : x)) });

/** Component `row` of every vector grows by a share of its component `column`. */
function strained(atoms: PlainAtoms, row: number, column: number, step: number): PlainAtoms {
  const strain = (vectors: Float64Array): Float64Array => vectors.map((x, i) => (i % 3 === row ? x + step * vectors[i - row + column] : x));
  return { ...atoms, positions: strain(atoms.positions), cell: atoms.cell && strain(atoms.cell) };
}

interface Target {
  /** Of K_MN: one for each sparse point. */
  readonly kernels: readonly number[];
  readonly target: number;
  readonly variance: number;
}

/** (1,1), (2,1), (3,1), (2,2), (3,2), (3,3) */
const STRAINS = [[0, 0], [1, 0], [2, 0], [1, 1], [2, 1], [2, 2]] as const;

const energyTarget = (frame: Structure): Target => ({
  kernels: sums(frame),
  target: frame.targets.energy! - frame.atomicNumbers.reduce((sum, z) => sum + e0[z], 0),
  variance: (sigmas[frame.configType].energy * Math.sqrt(frame.atomicNumbers.length)) ** 2,
});

function derivativeTargets(frame: Structure): Target[] {
  const sigma = sigmas[frame.configType];
  const { forces, virial } = frame.targets;
  const ofForces = [...forces!].map((force, i) => ({ kernels: slopes((step) => moved(frame, i, step)), target: -force, variance: sigma.forces ** 2 }));
  const ofVirial = virial
    ? STRAINS.map(([row, column]) => ({
        kernels: slopes((step) => strained(frame, row, column, step)),
        target: -virial[3 * row + column],
        variance: (sigma.virial * Math.sqrt(frame.atomicNumbers.length)) ** 2,
      }))
    : [];
  return [...ofForces, ...ofVirial];
}

/** K_MM with jitter, by blocks. */
function priorMatrix(): number[][] {
  const points = parts.flatMap((part) => part.points.map((point) => ({ part, point })));
  return points.map((a, i) => points.map((b, j) => (a.part === b.part ? covariance(a.part, a.point, b.point) : 0) + (i === j ? JITTER : 0)));
}

/** The c that makes |Λ^−½ (K_NM c − y)|² + cᵀ K_MM c least. */
function solution(prior: readonly number[][], targets: readonly Target[]): number[] {
  const weighted = targets.map(({ kernels, variance }) => kernels.map((k) => k / Math.sqrt(variance)));
  const lower = new CholeskyDecomposition(new Matrix(prior)).lowerTriangularMatrix;
  const right = [...targets.map(({ target, variance }) => [target / Math.sqrt(variance)]), ...prior.map(() => [0])];
  return new QrDecomposition(new Matrix([...weighted, ...lower.transpose().to2DArray()])).solve(new Matrix(right)).to1DArray();
}

/** Values of the dumps, by file. */
export type Dump = Readonly<Record<"dump_Kmm" | "dump_Kmn.0" | "dump_lambda.0" | "dump_globalY.0", readonly number[]>>;

const all = [...frames.map(energyTarget), ...frames.flatMap(derivativeTargets)];
const kernelMatrix = priorMatrix();

/** The linear system: energies of all frames, then the derivatives of each in turn. */
export const dump: Dump = {
  dump_Kmm: kernelMatrix.flat(),
  "dump_Kmn.0": all.flatMap(({ kernels }) => kernels),
  "dump_lambda.0": all.map(({ variance }) => variance),
  "dump_globalY.0": all.map(({ target }) => target),
};

export function writeDump(folder: string, values: Dump): void {
  for (const [name, numbers] of Object.entries(values)) writeFileSync(join(folder, name), (numbers).map((value) => `  ${value.toExponential(17)}\n`).join(""));
}

/** Writes gap.xml with its sparseX files, the training file and the dumps into a folder of that name. */
export function writePlainGap(root: string, name: string): void {
  const folder = join(root, name);
  mkdirSync(folder);
  writeFileSync(join(folder, "train_salt.xyz"), frames.map(frameText).join(""));
  writeDump(folder, dump);
  const coefficients = solution(kernelMatrix, all);
  let first = 0;
  const coordinates = parts.map(({ descriptor, delta, mean, lengthScales, zeta, points }, c) => {
    writeFileSync(join(folder, `gap.xml.sparseX.GAP${c + 1}`), points.flatMap(({ x }) => [...x]).map((x) => `${x}\n`).join(""));
    const alphas = coefficients.slice(first, (first += points.length));
    const kind = lengthScales ? 'covariance_type="1"' : `covariance_type="2" zeta="${zeta}"`;
    return `<gpCoordinates label="GAP${c + 1}" dimensions="${points[0].x.length}" signal_variance="${delta}" signal_mean="${mean}" sparsified="T" n_permutations="1" ${kind} n_sparseX="${points.length}" sparseX_filename="gap.xml.sparseX.GAP${c + 1}">
      ${lengthScales ? `<theta>${lengthScales.join(" ")}</theta>` : ""}<descriptor>${descriptor}</descriptor><permutation i="1">1</permutation>
      ${points.map(({ fc }, s) => `<sparseX i="${s + 1}" alpha="${alphas[s]}" sparseCutoff="${fc}"/>`).join("\n")}</gpCoordinates>`;
  });
  writeFileSync(join(folder, "gap.xml"), `<GAP><Potential label="GAP" init_args="IP GAP label=GAP"/><GAP_params label="GAP" gap_version="1">
    <GAP_data do_core="F">${Object.entries(e0).map(([z, value]) => `<e0 Z="${z}" value="${value}"/>`).join("")}</GAP_data>
    <gpSparse label="GAP" n_coordinate="${parts.length}" fitted="T">${coordinates.join("\n")}</gpSparse><command_line><![CDATA[ ${commandLine()}]]></command_line></GAP_params></GAP>\n`);
}

function commandLine(): string {
  const numbers = ({ energy, forces, virial }: Sigma, separator: string): string => [energy, forces, virial, 0].join(separator);
  return `at_file=../salt.xyz gap={${parts.map(({ descriptor }) => descriptor).join(" : ")}} e0={Na:${e0[11]}:Cl:${e0[17]}} default_sigma={${numbers(sigmas[""], " ")}} config_type_sigma={dense:${numbers(sigmas.dense, ":")}} sparse_jitter=${JITTER} energy_parameter_name=dft_energy force_parameter_name=dft_force virial_parameter_name=dft_virial`;
}

function frameText({ atomicNumbers, positions, cell, configType, targets: { energy, forces, virial } }: Structure): string {
  const group = configType && ` config_type=${configType}`;
  const tensor = virial ? ` dft_virial="${[...virial].join(" ")}"` : "";
  const lines = [...atomicNumbers].map((z, i) => `${symbolOf(z)} ${[...positions.subarray(3 * i, 3 * i + 3), ...forces!.subarray(3 * i, 3 * i + 3)].join(" ")}`);
  return `${atomicNumbers.length}\nLattice="${[...cell!].join(" ")}" Properties=species:S:1:pos:R:3:dft_force:R:3 dft_energy=${energy}${tensor}${group} pbc="T T T"\n${lines.join("\n")}\n`;
}
