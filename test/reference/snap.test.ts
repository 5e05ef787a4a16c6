// Energies, forces and virials of SNAP potentials, computed by LAMMPS from their .snapcoeff and .snapparam.
import { describe, expect, it } from "vitest";
import { atomicNumberOf } from "../../src/structures/index.js";
import { flat, type Nested } from "./folder.js";
import { expectKnown } from "./not-there.js";
import { SnapModel } from "./snap-model.js";
import { referenceSuite } from "./suite.js";

interface Frame {
  readonly frame: string;
  readonly symbols: readonly string[];
  /** Å */
  readonly cell: Nested;
  readonly positions: Nested;
  /** eV, total and of each atom; eV/Å; eV */
  readonly energy: number;
  readonly energies: readonly number[];
  readonly forces: Nested;
  readonly virial: Nested;
}

const suite = referenceSuite("snap");
const { folder, comparisons } = suite;

describe.skipIf(!folder)("SNAP potentials", () => {
  for (const file of folder?.files.filter((name) => name.endsWith(".json")) ?? []) {
    it(file, () => {
      const { model, frames, ...rest } = folder!.json(file) as { model: string; frames: readonly Frame[] };
      expectKnown(file, Object.keys(rest), ["note", "source", "units", "elements"]);
      const potential = new SnapModel(folder!.text(`${model}.snapcoeff`), folder!.text(`${model}.snapparam`));
      for (const { frame, symbols, cell, positions, energy, energies, forces, virial, ...others } of frames) {
        expectKnown(file, Object.keys(others), []);
        const atoms = { atomicNumbers: symbols.map(atomicNumberOf), positions: Float64Array.from(flat(positions)), cell: Float64Array.from(flat(cell)) };
        const predicted = potential.predict(suite.executor, { name: frame, ...atoms, pbc: [true, true, true] });
        comparisons.compare("energies of atoms", file, predicted.energies, energies, 1e-11);
        comparisons.compare("energies", file, [predicted.energies.reduce((sum, own) => sum + own, 0)], [energy], 1e-11);
        // good to 4e-10 eV/Å, the virials went through pressures
        comparisons.compare("forces", file, predicted.forces, flat(forces), 1e-9);
        comparisons.compare("virials", file, predicted.virial, flat(virial), 1e-9);
      }
    });
  }

  it("were compared, and every file is part of one", () => {
    expect(comparisons.total).toBeGreaterThan(0);
    expect(folder!.unknown).toEqual([]);
  });
});
