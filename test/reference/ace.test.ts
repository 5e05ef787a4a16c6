// Energies, forces and virials of atomic cluster expansions in the .yace form.
import { describe, expect, it } from "vitest";
import { atomicNumberOf } from "../../src/structures/index.js";
import { flat, type Nested } from "./folder.js";
import { expectKnown } from "./not-there.js";
import { PlainYace } from "./plain-yace.js";
import { referenceSuite } from "./suite.js";
import { YaceModel } from "./yace-model.js";

interface Frame {
  readonly symbols: readonly string[];
  /** Å */
  readonly cell: Nested;
  readonly positions: Nested;
  readonly pbc: readonly [number, number, number];
  /** eV, of each atom; eV/Å; eV: with exact radial functions */
  readonly energies: readonly number[];
  readonly forces: Nested;
  readonly virial: Nested;
  /** eV, eV/Å: with tabulated radial functions */
  readonly pace_energies: readonly number[];
  readonly pace_forces: Nested;
}

const suite = referenceSuite("ace");
const { folder, comparisons } = suite;

describe.skipIf(!folder)("ACE potentials", () => {
  for (const file of folder?.files.filter((name) => name.endsWith(".json")) ?? []) {
    it(file, () => {
      const { potential, frames, ...rest } = folder!.json(file) as { potential: string; frames: readonly Frame[] };
      expectKnown(file, Object.keys(rest), ["note", "units", "max_difference"]);
      const model = new YaceModel(potential, folder!.text(potential));
      const plain = PlainYace.of(folder!.text(potential));
      for (const { symbols, cell, positions, pbc, energies, forces, virial, pace_energies, pace_forces, ...others } of frames) {
        expectKnown(file, Object.keys(others), []);
        const periodic = pbc.map(Boolean) as [boolean, boolean, boolean];
        const system = { name: file, atomicNumbers: symbols.map(atomicNumberOf), positions: Float64Array.from(flat(positions)), cell: Float64Array.from(flat(cell)), pbc: periodic };
        const predicted = model.predict(suite.executor, system);
        comparisons.compare("energies of atoms", file, predicted.energies, energies, 1e-11);
        comparisons.compare("forces", file, predicted.forces, flat(forces), 1e-9);
        comparisons.compare("virials", file, predicted.virial, flat(virial), 1e-9);
        comparisons.compare("energies of atoms, tabulated", file, predicted.energies, pace_energies, 1e-9);
        if (plain) comparisons.compare("energies of atoms by the plain evaluator", file, plain.energies(system, symbols), energies, 1e-11);
        comparisons.compare("forces, tabulated", file, predicted.forces, flat(pace_forces), 1e-7);
      }
    });
  }

  it("were compared, and every file is part of one", () => {
    expect(comparisons.total).toBeGreaterThan(0);
    expect(folder!.unknown).toEqual([]);
  });
});
