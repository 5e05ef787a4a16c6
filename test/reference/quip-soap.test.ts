// SOAP strings of QUIP with lists of species in any order, species that are not listed, one density for all of them, against the definition in plain loops, in
// QUIP's own order of components: Bartók, Kondor & Csányi, Phys. Rev. B 87, 184115 (2013); Darby et al., npj Comput. Mater. 8, 166 (2022).
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createEnvironmentDescriptor } from "../../src/descriptors/index.js";
import type { Executor } from "../../src/parallel/index.js";
import { Calculator, type System, type SystemEnvironments } from "../descriptors/calculator.js";
import { range } from "../descriptors/soap/radial-twin.js";
import { rattledCrystal, speciesOf } from "../descriptors/systems.js";
import { expectClose, testExecutor } from "../expect.js";
import { fromQuip } from "./quip.js";
import { type Coefficients, components, densityCoefficients, type PlainSoap, radialOf, type SoapShape } from "./quip-soap-twin.js";

let executor: Executor;
beforeAll(async () => {
  executor = await testExecutor();
});
afterAll(() => executor.close());

const SHAPE: SoapShape = { nMax: 3, lMax: 2, sigma: 0.5, radius: 3.4, width: 0.7 };
const shape = `soap cutoff=${SHAPE.radius} cutoff_transition_width=${SHAPE.width} n_max=${SHAPE.nMax} l_max=${SHAPE.lMax} atom_sigma=${SHAPE.sigma}`;
const radial = radialOf(SHAPE);

interface Plain extends PlainSoap {
  /** Whether there is one vector, of the mean density of these centers. */
  readonly average?: readonly number[];
}

/** c[channel][n][lm] of a center. */
function coefficients(plain: Plain, { atomicNumbers }: System, { list, offsets, displacements }: SystemEnvironments, center: number): Coefficients {
  const pairs = range(offsets[center + 1] - offsets[center]).map((k) => offsets[center] + k);
  const neighbors = pairs.map((pair) => ({ z: atomicNumbers[list.neighborAtoms[pair]], d: [...displacements.subarray(3 * pair, 3 * pair + 3)] }));
  return densityCoefficients(plain, SHAPE, radial, atomicNumbers[list.centerAtoms[center]], neighbors);
}

const cases: readonly (readonly [string, Plain])[] = [
  ["n_species=3 species_Z={6 8 14} Z=14", { list: [6, 8, 14], centerInAll: false }],
  ["n_species=3 species_Z={14 6 8} Z=6", { list: [14, 6, 8], centerInAll: false }],
  ["n_species=2 species_Z={ 14, 8 } n_Z=2 Z={8 14} normalise=F", { list: [14, 8], centerInAll: false, normalise: false }],
  ["n_species=2 species_Z={14 8} central_reference_all_species=T central_weight=0.6", { list: [14, 8], centerInAll: true, weight: 0.6 }],
  ["n_species=1 species_Z={8} Z=14", { list: [8], centerInAll: true }],
  ["n_species=1 species_Z=8 Z=14 central_reference_all_species=F normalise=F", { list: [8], centerInAll: false, normalise: false }],
  ["n_species=1 species_Z={0}", { list: [0], centerInAll: true }],
  ["n_species=1", { list: [0], centerInAll: true }],
  ["species_Z=0 nu_R=1 nu_S=2 n_species=1 normalise=F", { list: [0], centerInAll: true, nuR: 1, normalise: false }],
  ["n_species=3 species_Z={14 6 8} diagonal_radial=T Z=8", { list: [14, 6, 8], centerInAll: false, diagonal: true }],
  ["n_species=3 species_Z={14 6 8} nu_R=2 nu_S=0", { list: [14, 6, 8], centerInAll: false, nuS: 0 }],
  ["n_species=3 species_Z={14 6 8} nu_R=1 nu_S=2", { list: [14, 6, 8], centerInAll: false, nuR: 1 }],
  ["n_species=3 species_Z={14 6 8} nu_R=2 nu_S=1 Z=6", { list: [14, 6, 8], centerInAll: false, nuS: 1 }],
  ["n_species=3 species_Z={14 6 8} nu_R=1 nu_S=1 normalise=F", { list: [14, 6, 8], centerInAll: false, nuR: 1, nuS: 1, normalise: false }],
  ["n_species=3 species_Z={14 6 8} nu_R=0 nu_S=2", { list: [14, 6, 8], centerInAll: false, nuR: 0 }],
  ["n_species=3 species_Z={14 6 8} Z=8 average=T normalise=F", { list: [14, 6, 8], centerInAll: false, normalise: false, average: [8] }],
  ["n_species=2 species_Z={8 6} average=T", { list: [8, 6], centerInAll: false, average: [6, 8, 14] }],
];

const systems = [
  rattledCrystal("three species", [6, 8, 14, 8, 14, 6, 8, 14], 4.6, [true, true, true], 2),
  rattledCrystal("a cell smaller than the cutoff", [14, 8, 6], 3, [true, true, true], 4),
  { ...rattledCrystal("a molecule", [8, 14, 6, 6], 4.2, [true, true, true], 3), cell: null, pbc: [false, false, false] as const },
];

describe.each(cases)("soap %s", (text, plain) => {
  it.each(systems.map((system) => [system.name, system] as const))("is its definition: %s", (_, system) => {
    const species = speciesOf(system);
    const { descriptor: parameters, columns, centers } = fromQuip(`${shape} ${text}`, species, (name) => name);
    const descriptor = createEnvironmentDescriptor(parameters as { type: string }, "this test");
    const calculator = new Calculator(executor, descriptor, species);
    try {
      const atoms = system.atomicNumbers.flatMap((z, atom) => (!centers || centers.includes(z) ? [atom] : []));
      if (plain.average) expect(atoms.map((atom) => system.atomicNumbers[atom]).every((z) => plain.average!.includes(z))).toBe(true);
      const environments = calculator.environments(system, { centers: Int32Array.from(atoms) });
      const { values } = calculator.compute(environments);
      const all = atoms.map((_, center) => coefficients(plain, system, environments, center));
      const mean = (): Coefficients => all[0].map((rows, a) => rows.map((row, n) => row.map((__, lm) => all.reduce((sum, c) => sum + c[a][n][lm], 0) / all.length)));
      const expected = (plain.average ? [mean()] : all).map((c) => components(c, plain, SHAPE.lMax));
      const width = descriptor.featureCount(species);
      const found = expected.map((row, i) => row.map((__, column) => values[i * width + (columns?.[column] ?? column)]));
      expect(expected[0].length).toBe(width);
      expectClose(found.flat(), expected.flat(), 1e-9, "relative-to-max");
    } finally {
      calculator.release();
    }
  });
});

it("says what of a list of species is missing or not there", () => {
  const read = (text: string) => () => fromQuip(`${shape} ${text}`, [8, 14], (name) => name);
  expect(read("n_species=2 Z=14")).toThrow("n_species is 2, but species_Z is missing");
  expect(read("n_species=2 species_Z={14}")).toThrow("species_Z names 1 species, n_species is 2");
  expect(read("n_Z=2 Z=14 species_Z=14")).toThrow("n_Z is 2, but Z names 1 species");
  expect(read("species_Z={0 14} n_species=2")).toThrow("a density of all species beside those of single ones is not there");
  expect(read("species_Z=14 R_mix=T K=4")).toThrow("it draws from random numbers of QUIP's own");
  expect(read("species_Z=14 R_mix=F Z_mix=F")).not.toThrow();
  expect(read("species_Z=14 natom_sigma=3")).toThrow(/no option "natom_sigma".*atom_sigma/u);
});
