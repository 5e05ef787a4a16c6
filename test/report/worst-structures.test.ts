import { describe, expect, it } from "vitest";
import { structureRecord, worstStructures } from "../../src/report/index.js";
import type { Structure } from "../../src/structures/structure.js";

function structure(label: string, forces?: Float64Array): Structure {
  return {
    atomicNumbers: Uint8Array.of(14, 8), positions: Float64Array.of(0, 0, 0, 1, 2, 3), cell: null, pbc: [false, false, false],
    targets: { energy: -3, forces }, configType: "dimer", info: new Map(), atomInfo: [], label,
  };
}

describe("worstStructures", () => {
  const compared = [0.1, 0.5, 0.3, 0.4].map((error, i) => {
    const made = structure(`frame ${i + 1}`, new Float64Array(6));
    return { structure: made, record: structureRecord(made, { energy: -3, forces: Float64Array.of(0, 0, 0, 0, error, 0) }), dataset: "test" };
  });

  it("keeps the largest force errors, worst first", () => {
    const worst = worstStructures(compared, { count: 3 });
    expect(worst.map(({ label }) => label)).toEqual(["frame 2", "frame 4", "frame 3"]);
    expect(worst[0]).toMatchObject({ symbols: ["Si", "O"], group: "dimer", dataset: "test", cell: null });
    expect([...Array.from(worst[0].forceErrors)]).toEqual([0, 0.5]);
  });

  it("leaves out structures without reference forces and those that are too large", () => {
    const bare = structure("frame 9");
    const record = structureRecord(bare, { energy: -2.9, forces: new Float64Array(6) }, -1.5);
    expect(record).toMatchObject({ energy: { reference: -3, predicted: -2.9 }, isolatedAtomEnergy: -1.5, nAtoms: 2 });
    expect([record.forces, record.virial]).toEqual([undefined, undefined]);
    expect(worstStructures([{ structure: bare, record }])).toEqual([]);
    expect(worstStructures(compared, { maxAtoms: 1 })).toEqual([]);
  });
});
