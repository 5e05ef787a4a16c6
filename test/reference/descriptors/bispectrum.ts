// Components, their derivatives, and SNAP potentials of LAMMPS.
import { Bispectrum } from "../../../src/descriptors/index.js";
import { atomicNumberOf } from "../../../src/structures/index.js";
import { Calculator } from "../../descriptors/calculator.js";
import { fromJacobian } from "../../descriptors/differences.js";
import { expect } from "vitest";
import { flat, type Nested } from "../folder.js";
import { expectKnown } from "../not-there.js";
import { bispectrumFromSnap, snapKeys, type SnapKeys, SnapModel, snapOptions, withQuadratic } from "../snap-model.js";
import { headKeys, type IndexEntry, type ReferenceRun } from "./run.js";

interface SnaFile {
  /** of each type */
  readonly species: readonly string[];
  readonly params: {
    readonly rcutfac: number;
    readonly rfac0: number;
    readonly twojmax: number;
    readonly R: readonly number[];
    readonly w: readonly number[];
    readonly rmin0?: number;
    readonly options?: string;
  };
  /** doubled angular momenta of each component */
  readonly jindex_2j1_2j2_2j?: readonly (readonly number[])[];
  /** rows of all atoms, or of the first */
  readonly values: Nested;
}

interface PotentialFile {
  readonly snapcoeff: string;
  readonly snapparam: string;
  /** eV; pressures in bar */
  readonly thermo: Readonly<Record<string, number>>;
  readonly pe_atom: readonly number[];
  readonly forces: Nested;
}

/** Relative to the largest value; LAMMPS prints 16 digits. */
const VALUES = 1e-11;
const DERIVATIVES = 1e-10;
/** The constant of LAMMPS for pressures in `metal` units, bar Å³/eV. */
const BAR = 1.6021765e6;

function readSna(file: string, data: SnaFile): { keys: SnapKeys; symbols: readonly string[] } {
  const { species: symbols, params, values, jindex_2j1_2j2_2j, ...rest } = data;
  void values;
  void jindex_2j1_2j2_2j;
  expectKnown(file, Object.keys(rest), [...headKeys, "lammps"]);
  expectKnown(file, Object.keys(params), ["rcutfac", "rfac0", "twojmax", "R", "w", "rmin0", "options"]);
  const { options = "", ...given } = params;
  return { keys: snapKeys({ ...given, ...snapOptions(options, symbols.length) }), symbols };
}

const speciesOf = (symbols: readonly string[]): number[] => symbols.map(atomicNumberOf).sort((a, b) => a - b);

/** `compute sna/atom`: rows of components, quadratic ones from products of ours. */
export async function compareSna({ folder: from, executor, comparisons }: ReferenceRun, { file, frame }: IndexEntry): Promise<void> {
  const data = from.json(file) as SnaFile;
  const { keys, symbols } = readSna(file, data);
  const system = await from.system(frame);
  const descriptor = new Bispectrum(bispectrumFromSnap(keys, symbols));
  const calculator = new Calculator(executor, descriptor, speciesOf(symbols));
  try {
    const { values } = calculator.compute(calculator.environments(system));
    const { nFeatures } = calculator;
    const rows = system.atomicNumbers.map((_, atom) => values.subarray(atom * nFeatures, (atom + 1) * nFeatures));
    const all = rows.flatMap((row) => (keys.quadraticflag === 1 ? withQuadratic(row) : [...row]));
    const expected = flat(data.values);
    comparisons.compare(keys.quadraticflag === 1 ? "bispectrum, quadratic" : "bispectrum, values", file, all.slice(0, expected.length), expected, VALUES);
    const labels = descriptor.features(speciesOf(symbols)).map(({ label }) => /2j1=(\d+) 2j2=(\d+) 2j=(\d+)$/u.exec(label)!.slice(1).map(Number));
    if (data.jindex_2j1_2j2_2j) expect(labels.slice(0, data.jindex_2j1_2j2_2j.length)).toEqual(data.jindex_2j1_2j2_2j);
  } finally {
    calculator.release();
  }
}

/** `compute snad/atom`: for each type of the center, axis and component −Σ_j ∂B_k(j)/∂r_i. */
export async function compareSnad({ folder: from, executor, comparisons }: ReferenceRun, { file, frame }: IndexEntry): Promise<void> {
  const data = from.json(file) as SnaFile;
  const { keys, symbols } = readSna(file, data);
  const system = await from.system(frame);
  const calculator = new Calculator(executor, new Bispectrum(bispectrumFromSnap(keys, symbols)), speciesOf(symbols));
  try {
    const environments = calculator.environments(system);
    const computed = calculator.compute(environments, { jacobian: true });
    const { positions } = fromJacobian(calculator, system, environments, computed);
    const { nFeatures: n } = calculator;
    const nAtoms = system.atomicNumbers.length;
    const columns = system.atomicNumbers.map((_, atom) =>
      symbols.map(atomicNumberOf).flatMap((z) =>
        [0, 1, 2].flatMap((axis) => {
          const rows = system.atomicNumbers.flatMap((own, center) => {
            if (own !== z) return [];
            const at = ((center * nAtoms + atom) * 3 + axis) * n;
            const slopes = positions.subarray(at, at + n);
            return [keys.quadraticflag === 1 ? withQuadratic(computed.values.subarray(center * n, (center + 1) * n), slopes) : [...slopes]];
          });
          return rows.reduce((sum, row) => sum.map((value, k) => value - row[k]), Array<number>(rows[0]?.length ?? n).fill(0));
        }),
      ),
    );
    const expected = flat(data.values);
    comparisons.compare("bispectrum, derivatives", file, columns.flat().slice(0, expected.length), expected, DERIVATIVES);
  } finally {
    calculator.release();
  }
}

/** `pair_style snap`: energies, forces by `backward`, pressures. */
export async function compareSnapPotential({ folder: from, executor, comparisons }: ReferenceRun, { file, frame }: IndexEntry): Promise<void> {
  const { snapcoeff, snapparam, thermo, pe_atom, forces, ...rest } = from.json(file) as PotentialFile;
  expectKnown(file, Object.keys(rest), [...headKeys, "lammps"]);
  const predicted = new SnapModel(snapcoeff, snapparam).predict(executor, await from.system(frame));
  comparisons.compare("SNAP, energies of atoms", file, predicted.energies.slice(0, pe_atom.length), pe_atom, VALUES);
  comparisons.compare("SNAP, energies", file, [predicted.energies.reduce((sum, energy) => sum + energy, 0)], [thermo.PotEng], VALUES);
  const expected = flat(forces);
  comparisons.compare("SNAP, forces", file, predicted.forces.slice(0, expected.length), expected, DERIVATIVES);
  const pressures = ([["Pxx", 0], ["Pyy", 4], ["Pzz", 8], ["Pxy", 1], ["Pxz", 2], ["Pyz", 5]] as const).filter(([name]) => name in thermo);
  const ours = pressures.map(([, at]) => (predicted.virial[at] / thermo.Volume) * BAR);
  comparisons.compare("SNAP, pressures", file, ours, pressures.map(([name]) => thermo[name]), DERIVATIVES);
}
