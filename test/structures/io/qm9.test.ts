import { describe, expect, it } from "vitest";
import { FormatError } from "../../../src/errors.js";
import { formatStructure, parseStructures } from "../../../src/structures/index.js";
import { expectClose } from "../../expect.js";

/** The first molecule of the set; one coordinate written as Mathematica writes small numbers, as it occurs in others. */
const METHANE = [
  "5",
  "gdb 1\t157.7118\t157.70997\t157.70699\t0.\t13.21\t-0.3877\t0.1171\t0.5048\t35.3641\t0.044749\t-40.47893\t-40.476062\t-40.475117\t-40.498597\t6.469\t",
  "C\t-0.0126981359\t 1.0858041578\t 0.0080009958\t-0.535689",
  "H\t 2.150416*^-3\t-0.0060313176\t 0.0019761204\t 0.133921",
  "H\t 1.0117308433\t 1.4637511618\t 0.0002765748\t 0.133922",
  "H\t-0.540815069\t 1.4475266138\t-0.8766437152\t 0.133923",
  "H\t-0.5238136345\t 1.4379326443\t 0.9063972942\t 0.133923",
  "1341.307\t1341.3284\t1341.365\t1562.6731\t1562.7453\t3038.3205\t3151.6034\t3151.6788\t3151.7078",
  "C\tC\t",
  "InChI=1S/CH4/h1H4\tInChI=1S/CH4/h1H4",
  "",
];
const text = METHANE.join("\n");

function refusal(broken: string): string {
  try {
    parseStructures(broken, "a.xyz");
  } catch (error) {
    if (error instanceof FormatError) return error.message;
    throw error;
  }
  throw new Error("it was read");
}

describe("QM9 files", () => {
  it("are known by their content, and read in units of pestle", () => {
    const [methane, again, ...others] = parseStructures(`${text}\n${text.replaceAll("\n", "\r\n")}`, "dsgdb9nsd_000001.xyz");
    expect(others).toEqual([]);
    expect({ ...again }).toEqual({ ...methane });
    expect([...methane.atomicNumbers]).toEqual([6, 1, 1, 1, 1]);
    expectClose(methane.positions.slice(0, 6), [-0.0126981359, 1.0858041578, 0.0080009958, 0.002150416, -0.0060313176, 0.0019761204], 0);
    // −40.47893 Hartree
    expectClose([methane.targets.energy!], [-1101.4877992], 1e-6);
    expect(methane).toMatchObject({ cell: null, pbc: [false, false, false], configType: "", label: "molecule 1 of dsgdb9nsd_000001.xyz" });
    expect(methane.targets).not.toHaveProperty("forces");
    expect(Object.fromEntries(methane.info)).toEqual({
      gdb: 1, A: 157.7118, B: 157.70997, C: 157.70699, mu: 0, alpha: 13.21, homo: -0.3877, lumo: 0.1171, gap: 0.5048, r2: 35.3641, zpve: 0.044749,
      U: -40.476062, H: -40.475117, G: -40.498597, Cv: 6.469, smiles: "C", inchi: "InChI=1S/CH4/h1H4",
    });
    expect(methane.atomInfo).toMatchObject([{ name: "mulliken", type: "real", width: 1 }]);
    expectClose(methane.atomInfo[0].values as Float64Array, [-0.535689, 0.133921, 0.133922, 0.133923, 0.133923], 0);
  });

  it("give another energy, none, and columns in units, where that is asked for", () => {
    const [free] = parseStructures(text, "a.xyz", { energy: "G" });
    expectClose([free.targets.energy!], [-40.498597 * 27.211386245988], 1e-12);
    expect(parseStructures(text, "a.xyz", { energy: false })[0].targets).toEqual({});
    const [molecule] = parseStructures(text, "a.xyz", {}, { gap: { unit: "hartree" }, charges: { key: "mulliken", unit: "e" } });
    expectClose(molecule.columns!.get("gap")!.values, [0.5048 * 27.211386245988], 1e-12);
    expect(molecule.columns!.get("charges")).toMatchObject({ per: "atom", width: 1, unit: "e" });
    expect(molecule.info.has("gap")).toBe(false);
  });

  it("are written as extended XYZ that says the same", () => {
    const [molecule] = parseStructures(text);
    const [again] = parseStructures(formatStructure(molecule));
    expect({ ...again, label: "", source: undefined }).toEqual({ ...molecule, label: "", source: undefined });
  });

  it.each([
    ["a property that is no number", text.replace("13.21", "None"), /^a\.xyz:2: the alpha is "None"/],
    ["a property too few", text.replace("\t6.469", ""), /^a\.xyz:2: expected "gdb", an index and 15 properties; found 14/],
    ["a coordinate that is no number", text.replace("1.0117308433", "*******"), /^a\.xyz:5: the position is "\*{7}"/],
    ["an element that is none", text.replace("H\t 1.01", "1\t 1.01"), /^a\.xyz:5: .*"1"/],
    ["an atom too few", METHANE.slice(0, 6).join("\n"), /^a\.xyz:6: the file ends within a molecule, where atom 5 of 5 should be/],
    ["no lines behind the atoms", METHANE.slice(0, 8).join("\n"), /the file ends within a molecule, where SMILES should be/],
    ["a number of atoms that is too small", text.replace("5\n", "4\n") + text, /^a\.xyz:10: expected the number of atoms of a molecule; found "InChI/],
  ])("are refused with %s", (_, broken, message) => {
    expect(refusal(broken)).toMatch(message);
  });
});
