// Energies, forces and virials of classical potentials, computed by LAMMPS and by a plain program.
import { describe, expect, it } from "vitest";
import { buckinghamModel, evaluateStructure, lennardJonesModel, type Model, morseModel, ZblModel } from "../../src/models/index.js";
import { symbolOf, type Structure } from "../../src/structures/index.js";
import { units } from "../../src/units.js";
import { expectClose } from "../expect.js";
import { makeStructure } from "../models/systems.js";
import { referenceSuite } from "./suite.js";

interface ZblReference {
  readonly r_inner_A: number;
  readonly r_outer_A: number;
  readonly coulomb_constant: number;
  readonly pairs: readonly { readonly Z: readonly [number, number]; readonly r_A: readonly number[]; readonly U_eV: readonly number[]; readonly F_eV_A: readonly number[] }[];
}

type PairMatrix = readonly (readonly number[])[];

interface ClassicalReference {
  readonly zbl: ZblReference;
  readonly lj: { readonly species: readonly string[]; readonly epsilon_eV: PairMatrix; readonly sigma_A: PairMatrix; readonly rc_A: PairMatrix };
  readonly buckingham: { readonly species: readonly string[]; readonly A_eV: PairMatrix; readonly rho_A: PairMatrix; readonly C_eV_A6: PairMatrix; readonly rc_A: number };
  readonly morse: { readonly D0_eV: number; readonly alpha_1_A: number; readonly r0_A: number; readonly rc_A: number };
}

const notThere: readonly (readonly [RegExp, string])[] = [
  [/^sw_/u, "triplet potentials of closed form are not there yet"],
  [/eam/u, "embedded atoms are not there yet"],
  [/^alkali_/u, "Fumi–Tosi potentials are not there yet"],
];

const suite = referenceSuite("classical");
const { folder, comparisons } = suite;

const parameters = (): ClassicalReference => folder!.json("classical.json") as ClassicalReference;
const zbl = (): ZblReference => parameters().zbl;

/** What of a matrix of parameters belongs to each pair of species. */
function pairsOf<Values extends object>(species: readonly string[], values: (i: number, j: number) => Values): (Values & { species: [string, string] })[] {
  return species.flatMap((a, i) => species.slice(i).map((b, k) => ({ species: [a, b] as [string, string], ...values(i, i + k) })));
}

/** The potential of a frame, by the words of its comment line. */
function potentialOf({ info, atomicNumbers }: Structure): Model {
  const truncation = info.get("shift") === true ? "shifted" : "plain";
  const species = [...new Set(atomicNumbers)].sort((a, b) => a - b);
  const { lj, buckingham, morse } = parameters();
  switch (info.get("potential")) {
    case "lennard_jones": {
      const pairs = pairsOf(lj.species, (i, j) => ({ epsilon: lj.epsilon_eV[i][j], sigma: lj.sigma_A[i][j], cutoff: lj.rc_A[i][j] }));
      return lennardJonesModel(species, { type: "lennard-jones", pairs, cutoff: Math.max(...lj.rc_A.flat()), truncation });
    }
    case "buckingham": {
      const pairs = pairsOf(buckingham.species, (i, j) => ({ A: buckingham.A_eV[i][j], rho: buckingham.rho_A[i][j], C: buckingham.C_eV_A6[i][j] }));
      return buckinghamModel(species, { type: "buckingham", pairs, cutoff: buckingham.rc_A, truncation });
    }
    case "morse": {
      const own = { depth: morse.D0_eV, alpha: morse.alpha_1_A, distance: morse.r0_A };
      return morseModel(species, { type: "morse", pairs: pairsOf(species.map(symbolOf), () => own), cutoff: morse.rc_A, truncation });
    }
    default:
      throw new Error(`a frame of the potential ${String(info.get("potential"))}`);
  }
}

function dimer(z: readonly [number, number], r: number): Structure {
  return makeStructure({ atomicNumbers: Uint8Array.from(z), positions: Float64Array.of(0, 0, 0, r, 0, 0), cell: null, pbc: [false, false, false], label: `${symbolOf(z[0])} and ${symbolOf(z[1])}` });
}

describe.skipIf(!folder)("classical potentials", () => {
  it("classical.json: the ZBL repulsion of pairs", async () => {
    const { r_inner_A: inner, r_outer_A: outer, coulomb_constant: constant, pairs } = zbl();
    const share = constant / units.coulomb;
    for (const { Z, r_A, U_eV, F_eV_A } of pairs) {
      const model = new ZblModel([...new Set(Z)].sort((a, b) => a - b), { type: "zbl", inner, outer });
      for (const [i, r] of r_A.entries()) {
        const { energy, forces } = await evaluateStructure(model, dimer(Z, r), suite.executor);
        // what is left near the end of the switching is a small difference
        expectClose([energy * share, forces![3] * share], [U_eV[i], F_eV_A[i]], 1e-9 * Math.max(1, Math.abs(U_eV[i]), Math.abs(F_eV_A[i])));
        comparisons.compare("ZBL, pairs", "classical.json", [energy * share], [U_eV[i]], 1e-9 * Math.max(1, Math.abs(U_eV[i])), "absolute");
      }
    }
  });

  it("zbl.extxyz: a periodic frame", async () => {
    const { r_inner_A: inner, r_outer_A: outer, coulomb_constant: constant } = zbl();
    for (const structure of await folder!.dataset("zbl.extxyz")) {
      const model = new ZblModel([...new Set(structure.atomicNumbers)].sort((a, b) => a - b), { type: "zbl", inner, outer });
      const { energy, forces, virial, localEnergies } = await evaluateStructure(model, structure, suite.executor, { want: { forces: true, virial: true, localEnergies: true } });
      const share = constant / units.coulomb;
      comparisons.compare("ZBL, frames", "zbl.extxyz", [energy * share], [structure.targets.energy!], 1e-11);
      comparisons.compare("ZBL, frames", "zbl.extxyz", forces!.map((x) => x * share), structure.targets.forces!, 1e-11);
      comparisons.compare("ZBL, frames", "zbl.extxyz", virial!.map((x) => x * share), structure.targets.virial!, 1e-11);
      expectClose([localEnergies!.reduce((sum, x) => sum + x, 0)], [energy], 1e-12, "relative-to-max");
    }
  });

  for (const file of folder?.files.filter((name) => /^(lj|buck|morse)_.*\.extxyz$/u.test(name)) ?? []) {
    it(`${file}: frames of a pair potential`, async () => {
      for (const structure of await folder!.dataset(file)) {
        const { energy, forces, virial, localEnergies } = await evaluateStructure(potentialOf(structure), structure, suite.executor, { want: { forces: true, virial: true, localEnergies: true } });
        comparisons.compare("pair potentials", file, [energy], [structure.targets.energy!], 1e-11);
        comparisons.compare("pair potentials", file, forces!, structure.targets.forces!, 1e-11);
        comparisons.compare("pair potentials", file, virial!, structure.targets.virial!, 1e-11);
        const own = structure.atomInfo.find(({ name }) => name === "atom_energies")!;
        comparisons.compare("pair potentials", file, localEnergies!, own.values as Float64Array, 1e-11);
      }
    });
  }

  for (const file of folder?.files ?? []) {
    const missing = notThere.find(([pattern]) => pattern.test(file))?.[1];
    if (!missing) continue;
    folder!.know(file);
    comparisons.skip(file, missing);
    it.skip(`${file}: ${missing}`, () => undefined);
  }

  it("were compared, and every file is part of one", () => {
    expect(comparisons.total).toBeGreaterThan(0);
    expect(folder!.unknown).toEqual([]);
  });
});
