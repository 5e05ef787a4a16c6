import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { atomForceErrors } from "../../src/analysis/metrics.js";
import type { ReportData, StructureRecord, WorstStructure } from "../../src/report/report-data.js";

/** Size and spread like the silicon data of Zuo et al., J. Phys. Chem. A 124, 731 (2020). */
const groups = [
  { group: "AIMD-NVT", nAtoms: 64, energy: -5.2, energySpread: 0.08, force: 1.4, energyError: 0.0035, forceError: 0.14 },
  { group: "Elastic", nAtoms: 8, energy: -5.37, energySpread: 0.03, force: 0.25, energyError: 0.0018, forceError: 0.03 },
  { group: "Surface", nAtoms: 96, energy: -5.1, energySpread: 0.05, force: 0.6, energyError: 0.009, forceError: 0.11 },
  { group: "Vacancy", nAtoms: 63, energy: -5.25, energySpread: 0.06, force: 1.1, energyError: 0.004, forceError: 0.12 },
];

export function randomNormal(seed: number): () => number {
  const generator = xoroshiro128plus(seed);
  const uniform = (): number => 1 - uniformFloat64(generator);
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}

function records(nPerGroup: readonly number[], quality: number, seed: number, file: string): StructureRecord[] {
  const normal = randomNormal(seed);
  const list: StructureRecord[] = [];
  groups.forEach(({ group, nAtoms, energy, energySpread, force, energyError, forceError }, g) => {
    for (let i = 0; i < nPerGroup[g]; i++) {
      const reference = Float64Array.from({ length: 3 * nAtoms }, () => force * normal());
      const predicted = reference.map((value) => value + quality * forceError * normal() * (1 + 0.25 * Math.abs(value / force)));
      const perAtom = energy + energySpread * normal();
      const virial = Float64Array.from({ length: 9 }, () => 0.3 * nAtoms * normal());
      list.push({
        group, nAtoms, label: `frame ${list.length + 1} of ${file}`, isolatedAtomEnergy: -0.79 * nAtoms,
        energy: { reference: perAtom * nAtoms, predicted: (perAtom + quality * energyError * normal()) * nAtoms },
        forces: { reference, predicted },
        virial: { reference: virial, predicted: virial.map((value) => value + 0.006 * quality * nAtoms * normal()) },
      });
    }
  });
  return list;
}

/** Diamond silicon in a supercell just large enough, with thermal displacements; superfluous atoms are left out. */
function silicon(label: string, group: string, forces: StructureRecord["forces"], nAtoms: number, seed: number): WorstStructure {
  const normal = randomNormal(seed);
  const a = 5.43;
  const basis = [[0, 0, 0], [0, 2, 2], [2, 0, 2], [2, 2, 0], [1, 1, 1], [1, 3, 3], [3, 1, 3], [3, 3, 1]];
  const width = nAtoms <= 8 ? 1 : 2;
  const height = Math.ceil(nAtoms / (8 * width * width));
  const all: number[] = [];
  for (let cell = 0; cell < width * width * height; cell++) {
    const shift = [cell % width, Math.floor(cell / width) % width, Math.floor(cell / (width * width))];
    for (const site of basis) {
      for (let axis = 0; axis < 3; axis++) all.push((shift[axis] + site[axis] / 4) * a + 0.12 * normal());
    }
  }
  return {
    label, group, dataset: "test", symbols: Array.from({ length: nAtoms }, () => "Si"), positions: all.slice(all.length - 3 * nAtoms),
    cell: [width * a, 0, 0, 0, width * a, 0, 0, 0, height * a], pbc: [true, true, true],
    forceErrors: forces ? atomForceErrors(forces) : new Float64Array(nAtoms),
  };
}

/** A report on made-up predictions for a made-up data set of realistic size and errors. */
export function syntheticReport(): ReportData {
  const test = records([14, 5, 2, 4], 1, 2, "Si_test.xyz.gz");
  const worst = [...test].sort((a, b) => largestError(b) - largestError(a)).slice(0, 5);
  return {
    title: "Si GAP on the Zuo 2020 data",
    kind: "fit",
    description: "sparse-gp · soap · 1000 sparse environments",
    date: "2025-01-31 12:00 UTC",
    datasets: [
      { name: "train", source: "Si_train.xyz.gz", records: records([112, 38, 22, 42], 0.8, 1, "Si_train.xyz.gz") },
      { name: "test", source: "Si_test.xyz.gz", records: test },
    ],
    tables: [{
      title: "Sparse set",
      columns: ["descriptor", "method", "sparse", "of environments", "features", "by species"],
      rows: [["soap (equispaced-gaussian, nMax 8, lMax 8, σ 0.5 Å, cutoff 5.4 Å)", "cur", 1000, 13233, 325, [["Si", 1000]]]],
    }],
    timings: [
      { stage: "read data", seconds: 0.31 }, { stage: "fingerprints", seconds: 1.9 }, { stage: "sparse set", seconds: 4.2 },
      { stage: "kernel and design matrix", seconds: 48.4 }, { stage: "QR", seconds: 9.7 }, { stage: "test predictions", seconds: 0.46 },
    ],
    memory: [{ name: "WebAssembly memory", bytes: 612e6 }, { name: "process", bytes: 846e6 }],
    settings: "data: { train: Si_train.xyz.gz, test: Si_test.xyz.gz }\nmodel:\n  type: sparse-gp\n  isolatedAtomEnergies: { Si: -0.79 }\nseed: 1\n",
    provenance: [
      ["Si_train.xyz.gz", "sha256 57148b295cb2b124f3a4c5d6e7f8091a2b3c4d5e6f708192a3b4c5d6e7f80912"],
      ["isolated-atom energies", "Si −0.79 eV (given in the fit file)"], ["seed", "1"], ["pestle", "0.1.0"], ["Node.js", "20.20.2"],
    ],
    worstStructures: worst.map((record, i) => silicon(record.label, record.group, record.forces, record.nAtoms, 10 + i)),
  };
}

function largestError({ forces }: StructureRecord): number {
  return forces ? atomForceErrors(forces).reduce((a, b) => Math.max(a, b), 0) : 0;
}

/** What real data brings: long names, a validation set, numbers with many digits, a molecule in a box a hundred times its size. */
export function unwieldyReport(): ReportData {
  const plain = syntheticReport();
  const longNames = (record: StructureRecord, index: number): StructureRecord => ({
    ...record,
    group: `NNTSSD_configset_${record.group}_300K`,
    // an axis that ends at 10 000 meV/atom
    energy: record.energy && { ...record.energy, predicted: record.energy.predicted + (index % 7 === 0 ? 2 * record.nAtoms : 0) },
    forces: record.forces && { reference: record.forces.reference, predicted: record.forces.predicted.map((value, i) => value + (i === 0 ? 21 : 0)) },
  });
  const [train, test] = plain.datasets.map((dataset) => ({
    ...dataset, source: "data/ethanol_isolated_atoms.xyz.gz, data/ethanol_train_300K_and_600K.xyz.gz", records: dataset.records.map(longNames),
  }));
  return {
    ...plain,
    title: "Fit to ethanol_isolated_atoms.xyz.gz, ethanol_train_300K_and_600K.xyz.gz",
    datasets: [train, { ...test, name: "validation" }, test],
    isolatedAtomSource: "least-squares",
    worstStructures: [
      {
        label: "frame 22 of ethanol_test_norm_mode_874.xyz.gz", group: "ethanol", dataset: "test", symbols: ["C", "O", "H"],
        positions: [0, 0, 0, 1.43, 0, 0, 1.7, 0.9, 0], cell: [100, 0, 0, 0, 100, 0, 0, 0, 100], pbc: [true, true, true], forceErrors: [0.2, 1.5, 0.6],
      },
      ...(plain.worstStructures ?? []),
    ],
  };
}

/** With three structures of each group, for what a browser is asked about: how long it takes depends on the number of points. */
export function fewPoints(report: ReportData): ReportData {
  const isFew = ({ group }: StructureRecord, index: number, records: readonly StructureRecord[]): boolean =>
    records.slice(0, index).filter((record) => record.group === group).length < 3;
  return { ...report, datasets: report.datasets.map((dataset) => ({ ...dataset, records: dataset.records.filter(isFew) })) };
}
