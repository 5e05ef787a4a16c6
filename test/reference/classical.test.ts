// Energies, forces and virials of classical potentials, computed by LAMMPS and by a plain program.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { evaluateStructure, ZblModel } from "../../src/models/index.js";
import type { Executor } from "../../src/parallel/index.js";
import { symbolOf, type Structure } from "../../src/structures/index.js";
import { units } from "../../src/units.js";
import { expectClose, testExecutor } from "../expect.js";
import { makeStructure } from "../models/systems.js";
import { Comparisons } from "./comparisons.js";
import { referenceFolder } from "./folder.js";

interface ZblReference {
  readonly r_inner_A: number;
  readonly r_outer_A: number;
  readonly coulomb_constant: number;
  readonly pairs: readonly { readonly Z: readonly [number, number]; readonly r_A: readonly number[]; readonly U_eV: readonly number[]; readonly F_eV_A: readonly number[] }[];
}

const notThere: readonly (readonly [RegExp, string])[] = [
  [/^(sw_|lj_|buck_|morse_)/u, "pair and triplet potentials of closed form are not there yet"],
  [/eam/u, "embedded atoms are not there yet"],
  [/^alkali_/u, "Fumi–Tosi potentials are not there yet"],
];

const folder = referenceFolder("classical");
const comparisons = new Comparisons();
let executor: Executor;
beforeAll(async () => {
  executor = await testExecutor();
});
afterAll(async () => {
  await executor.close();
  comparisons.print("reference/classical");
});

const zbl = (): ZblReference => (folder!.json("classical.json") as { zbl: ZblReference }).zbl;

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
        const { energy, forces } = await evaluateStructure(model, dimer(Z, r), executor);
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
      const { energy, forces, virial, localEnergies } = await evaluateStructure(model, structure, executor, { want: { forces: true, virial: true, localEnergies: true } });
      const share = constant / units.coulomb;
      comparisons.compare("ZBL, frames", "zbl.extxyz", [energy * share], [structure.targets.energy!], 1e-11);
      comparisons.compare("ZBL, frames", "zbl.extxyz", forces!.map((x) => x * share), structure.targets.forces!, 1e-11);
      comparisons.compare("ZBL, frames", "zbl.extxyz", virial!.map((x) => x * share), structure.targets.virial!, 1e-11);
      expectClose([localEnergies!.reduce((sum, x) => sum + x, 0)], [energy], 1e-12, "relative-to-max");
    }
  });

  for (const file of folder?.files ?? []) {
    const missing = notThere.find(([pattern]) => pattern.test(file))?.[1];
    if (!missing) continue;
    folder!.know(file);
    comparisons.skip(file, missing);
    it.skip(`${file}: ${missing}`, () => undefined);
  }

  it("were compared, and every file is part of one", () => {
    expect(comparisons.total).toBeGreaterThan(0);
    comparisons.skip("lj, buckingham, morse of classical.json", "pair and triplet potentials of closed form are not there yet");
    expect(folder!.unknown).toEqual([]);
  });
});
