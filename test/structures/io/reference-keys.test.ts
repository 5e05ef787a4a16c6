// The rule for reference keys (docs/conventions.md): key × spelling × situation.
import { describe, expect, it } from "vitest";
import { FormatError } from "../../../src/errors.js";
import { Dataset, type DatasetReport, formatStructure, parseStructures, type Structure, type TargetKeys } from "../../../src/structures/index.js";
import { KeyTally } from "../../../src/structures/io/target-keys.js";
import { expectClose } from "../../expect.js";
import { extxyzReader } from "./extxyz-reader.js";

const CELL = 'Lattice="4 0 0 0 5 0 0 0 6" Properties=species:S:1:pos:R:3';

function frame(entries: string, header = CELL): string {
  return `1\n${header} ${entries} pbc="T T T"\nH 0 0 0\n`;
}

function read(text: string, keys: TargetKeys = {}): { structures: Structure[]; report: DatasetReport } {
  const tally = new KeyTally();
  const parser = extxyzReader("f.xyz", keys, tally);
  const structures = [...parser.push(new TextEncoder().encode(text)), ...parser.finish()];
  for (const { targets } of structures) tally.addFound(targets);
  return { structures, report: Dataset.from(structures, tally.report()).report };
}

const one = (entries: string, keys?: TargetKeys): Structure => read(frame(entries), keys).structures[0];
const warningsOf = (text: string, keys?: TargetKeys): readonly string[] => read(text, keys).report.warnings;

function expectRefused(entries: string, reason: RegExp, keys?: TargetKeys): void {
  try {
    read(frame(entries), keys);
  } catch (error) {
    expect(error, entries).toBeInstanceOf(FormatError);
    const { location, message } = error as FormatError;
    expect([location.file, location.line], entries).toEqual(["f.xyz", 2]);
    expect(location.column, entries).toBeGreaterThan(CELL.length);
    expect(message, entries).toMatch(reason);
    return;
  }
  expect.fail(`${entries} was accepted`);
}

/** Keys that say that they are this value and nothing else. */
const NAMED = {
  energy: ["energy", "Energy", "ENERGY", "REF_energy", "ref_energy", "Ref-Energy", "refEnergy", "REF::energy", "reference_energy", "DFT_energy", "dft.energy", "dft/Energy", '"dft energy"'],
  virial: ["virial", "virials", "Virial", "REF_virial", "dft_virials", "DFT::virial"],
  stress: ["stress", "stresses", "STRESS", "REF_stress", "Ref_Stress", "dft_stress", "dft-stress"],
};
/** Longer names, which may mean something else. */
const LONGER = {
  energy: ["total_energy", "free_energy", "vasp_energy", "lda.pbe_energy", "mtt::energy", "totalEnergy", "2_energy", "α_energy"],
  virial: ["vasp_virial", "mtt::virial"],
  stress: ["ase_stress", "lda.pbe_stress"],
};

describe("a value that can be read", () => {
  const energies = ["-3.5", '"-3.5"', "'-3.50'", "-35d-1", "-35*^-1", "[-3.5]", '"[-3.5]"', '"[[-3.5]]"', "{-3.5}", "-3.5,", '"-3.5,"', "np.float64(-3.5)", "array(-3.5)", '"tensor(-3.5, dtype=torch.float64)"'];
  it.each([...NAMED.energy, ...LONGER.energy])("%s", (key) => {
    for (const value of energies) expect(one(`${key}=${value}`).targets.energy, value).toBe(-3.5);
  });

  const six = "0.01 0.02 0.03 0.004 0.005 0.006";
  const rows = [[0.01, 0.006, 0.005], [0.006, 0.02, 0.004], [0.005, 0.004, 0.03]];
  const tensors = [
    `"${six}"`, `"${six.replaceAll(" ", ", ")}"`, `[${six}]`, `"[${six}]"`, `"[${six.replaceAll(" ", ", ")}]"`, `"(${six.replaceAll(" ", ", ")})"`, `"array([${six.replaceAll(" ", ", ")}])"`,
    `{${six}}`, `"[[${six}]]"`, JSON.stringify(rows), `"${JSON.stringify(rows)}"`, `"${JSON.stringify(rows).replaceAll(",", ", ")}"`, `"_JSON ${JSON.stringify(rows)}"`,
    `"[[${rows.map((row) => row.join(" ")).join("]\\n [")}]]"`, `"array(${JSON.stringify(rows)})"`, `"tensor(${JSON.stringify(rows)}, dtype=torch.float64)"`, `"${rows.flat().join(" ")}"`,
  ];
  it.each([...NAMED.virial, ...LONGER.virial])("%s", (key) => {
    for (const value of tensors) expectClose(one(`${key}=${value}`).targets.virial!, rows.flat(), 0);
  });
  it.each([...NAMED.stress, ...LONGER.stress])("%s", (key) => {
    for (const value of tensors) expectClose(one(`${key}=${value}`).targets.virial!, rows.flat().map((s) => -120 * s), 1e-14);
  });

  it("nine numbers of a printed list stand row by row, those in quotes column by column", () => {
    const nine = "1 2 3 4 5 6 7 8 9";
    expect([...one(`virial="[${nine}]"`).targets.virial!]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect([...one(`virial="${nine}"`).targets.virial!]).toEqual([1, 4, 7, 2, 5, 8, 3, 6, 9]);
  });
});

describe("a value that cannot be read is refused, and no other stands in for it", () => {
  const broken = ["None", "******", "-1******", "null", "n/a", '""', ""];
  const numbers = { energy: ['"1 2 3"', "[1, 2]", "low", "T", "-3.5eV", '"[-3.5 ... 2]"'], tensor: ["5.0", '"1 2 3"', '"1 2 3 4 5 6 7"', '"[1 2 3]"', "[[1, 2, 3], [4, 5, 6]]", '"1 2 3 *** 5 6"', '"T T T T T T"', "low", '"[1 2 ... 6]"'] };

  it.each(NAMED.energy)("%s", (key) => {
    for (const value of [...broken, ...numbers.energy]) expectRefused(`${key}=${value}`, / (?:is "|has no value)/);
    expectRefused(key, /has no value/);
    if (/ref|dft/i.test(key)) for (const value of broken) expectRefused(`energy=-1.0 ${key}=${value}`, /ref|dft/i);
    for (const value of broken) expectRefused(`other_energy=-1.0 ${key}=${value}`, / (?:is "|has no value)/);
  });
  it.each([...NAMED.virial, ...NAMED.stress])("%s", (key) => {
    for (const value of [...broken, ...numbers.tensor]) expectRefused(`${key}=${value}`, / (?:is "|has no value)/);
    if (/ref|dft/i.test(key)) expectRefused(`stress="0 0 0 0 0 0" virial="0 0 0 0 0 0" ${key}="0.01 0.02 0.03"`, /ref|dft/i);
  });
  it.each([...LONGER.energy, ...LONGER.virial, ...LONGER.stress])("%s, where a number was meant", (key) => {
    for (const value of broken) expectRefused(`${key}=${value}`, / (?:is "|has no value)/);
  });
  it.each([...LONGER.energy, ...LONGER.virial, ...LONGER.stress])("%s is left with a word in the report, where it means something else", (key) => {
    const text = frame(`${key}="as usual"`);
    expect(read(text).structures[0].targets).toEqual({});
    expect(warningsOf(text)).toEqual([expect.stringMatching(`"${key}" does not hold .* and was not read`)]);
    expect(warningsOf(frame(`${key}=T`))).toEqual([]);
  });

  it("names the remedy", () => {
    expectRefused("REF_energy=None", /REF_energy is "None"; an energy in eV is one number: correct it, name another with --energy-key .* --energy-key false/);
    expect(one("REF_energy=None", { energy: false }).targets).toEqual({});
    expect(one("REF_energy=None energy=-1.0", { energy: "energy" }).targets.energy).toBe(-1);
    expect(one('stress=None virial="1 2 3 4 5 6"', { stress: false }).targets.virial![0]).toBe(1);
  });

  it("does not fail for a plain key that nobody reads, and says so", () => {
    expect(read(frame("REF_energy=-1.0 energy=None")).structures[0].targets.energy).toBe(-1);
    expect(warningsOf(frame("REF_energy=-1.0 energy=None"))).toEqual([expect.stringMatching(/"energy" in 1 structures was not read, "REF_energy" was taken/)]);
  });

  it("holds for free text too", () => {
    expect(() => parseStructures('1\nenergy=-3.5 note="open\nH 0 0 0\n')).toThrow(/the quote " is not closed/);
    expect(parseStructures('1\na = b "open\nH 0 0 0\n')[0].info.get("comment")).toBe('a = b "open');
  });
});

describe("columns of forces", () => {
  const forces = (columns: string, values: string, keys?: TargetKeys): Structure => read(`1\nProperties=species:S:1:pos:R:3:${columns}\nH 0 0 0 ${values}\n`, keys).structures[0];

  it.each(["forces", "force", "Forces", "FORCES", "REF_forces", "ref_force", "Ref-Forces", "DFT_forces", "dft.force", "mtt::forces", "vasp_forces"])("%s", (key) => {
    expect([...forces(`${key}:R:3`, "1 2 3").targets.forces!]).toEqual([1, 2, 3]);
    expect([...forces(`${key}:I:3`, "1 2 3").targets.forces!]).toEqual([1, 2, 3]);
    expect([...forces(`${key}:R:3`, "1*^-1 2d0 3e0").targets.forces!]).toEqual([0.1, 2, 3]);
    for (const value of ["None", "*****", "1.0.0", "[1"]) expect(() => forces(`${key}:R:3`, `1 ${value} 3`)).toThrow(/^f\.xyz:3:11: /);
    expect(() => forces(`${key}:R:3`, "1 nan 3")).toThrow(/^f\.xyz:3: .*must be finite/);
  });

  it.each(["forces", "force", "FORCES", "REF_forces", "dft_forces"])("%s of another shape is refused, and no other stands in for it", (key) => {
    for (const shape of ["R:1", "R:4", "S:3", "L:3"]) {
      const columns = `${key === "forces" ? "x_forces" : "forces"}:R:3:${key}:${shape}`;
      if (key === "force" || key === "FORCES") continue;
      expect(() => forces(columns, "0 0 0 1 1 1 1"), columns).toThrow(/^f\.xyz:2:12: the forces column .* is not of the form .*:R:3: .*--forces-key/);
    }
    expect(() => forces(`${key}:R:1`, "1")).toThrow(/is not of the form/);
    expect(forces(`${key}:R:1`, "1", { forces: false }).targets).toEqual({});
  });

  it("that may mean something else, or stand where they are not read, are reported", () => {
    const report = (columns: string, values: string, entries = ""): readonly string[] =>
      warningsOf(`1\nProperties=species:S:1:pos:R:3${columns} ${entries}\nH 0 0 0 ${values}\n`);
    expect(report(":max_x_forces:R:1", "1")).toEqual([]);
    expect(report(":vasp_forces:R:1", "1")).toEqual([expect.stringMatching(/"vasp_forces" does not hold three reals/)]);
    expect(report("", "", "forces=[[1,2,3]]")).toEqual([expect.stringMatching(/"forces" is a key of the comment line and was not read/)]);
    expect(report(":REF_energy:R:1", "1")).toEqual([expect.stringMatching(/"REF_energy" is a column of atoms and was not read/)]);
    expect(report(":energy:R:1", "1", "energy=-1.0")).toEqual([]);
  });

  it("of which none is better are refused", () => {
    expect(() => forces("castep_forces:R:3:vasp_forces:R:3", "1 1 1 2 2 2")).toThrow(/the column "castep_forces" and the column "vasp_forces" may be the forces.*--forces-key/);
    expect([...forces("ewald_forces:R:3:vasp_forces:R:3", "1 1 1 2 2 2").targets.forces!]).toEqual([2, 2, 2]);
  });
});

describe("what is absent", () => {
  it.each([...NAMED.energy, ...NAMED.virial, ...NAMED.stress])("%s is absent where it is NaN, with a word in the report, and no other stands in for it", (key) => {
    const isEnergy = /energy/i.test(key);
    const value = isEnergy ? "nan" : '"nan nan nan nan nan nan"';
    const text = frame(`${key}=${value} x_energy=${isEnergy ? -1 : "T"}`);
    const { structures, report } = read(text);
    expect(structures[0].targets).toEqual({});
    expect(report.warnings).toContainEqual(expect.stringMatching(/is NaN and counts as absent \(1 structure\)/));
  });

  it.each(NAMED.stress)("%s has no virial in a cell without volume, or without a cell", (key) => {
    for (const lattice of ['Lattice="3 0 0 0 3 0 0 0 0" pbc="T T F"', 'Lattice="0 0 4 0 0 0 0 0 0" pbc="T F F"', 'Lattice="1 0 0 0 1 0 1 1 0" pbc="F F F"', "pbc=F"]) {
      const text = `1\nProperties=species:S:1:pos:R:3 ${lattice} ${key}="0.1 0.2 0.3 0 0 0"\nH 0 0 0\n`;
      const { structures, report } = read(text);
      expect(structures[0].targets, lattice).toEqual({});
      expect(report.virials, lattice).toBe(0);
      expect(report.warnings, lattice).toEqual([expect.stringMatching(/is a stress without (?:a volume|a cell).* was not read/)]);
    }
  });
});

describe("several values for one thing", () => {
  it.each([
    ["REF_energy=-1.0 energy=-2.0", "REF_energy"],
    ["energy=-1.0 free_energy=-2.0", "energy"],
    ["ewald_energy=-80.0 hartree_energy=3.5 total_energy=-9.0", "total_energy"],
    ["vasp_energy=-80.0 total_energy=-9.0 free_energy=-7.0", "total_energy"],
    ["a_energy=-80.0 free_energy=-9.0", "free_energy"],
    ["a_energy=-80.0 my_dft_energy=-9.0 total_energy=-3.0", "my_dft_energy"],
    ["nuclear_energy=-80.0 band_energy=1.0 xc_energy=-9.0 vasp_energy=-3.0", "vasp_energy"],
    ["a_energy=-3.0 b_energy=-3.00", "a_energy"],
  ])("%s: %s", (entries, key) => {
    for (const text of [entries, entries.split(" ").reverse().join(" ")]) expect(read(frame(text)).report.keys.energy).toEqual([{ key, structures: 1 }]);
  });

  it("are refused where nothing tells which is meant", () => {
    expectRefused("b_energy=-1.0 a_energy=-2.0", /"a_energy" \(-2\.0\) and "b_energy" \(-1\.0\) may be the energy, and neither name says which; choose one with --energy-key/);
    expectRefused('a_stress="1 1 1 0 0 0" b_stress="1 1 2 0 0 0"', /may be the virial/);
    expect(one("b_energy=-1.0 a_energy=-2.0", { energy: "b_energy" }).targets.energy).toBe(-1);
  });

  it.each(["ewald", "hartree", "exchange", "correlation", "xc", "nuclear", "band", "kinetic", "dispersion", "electrostatic", "entropy"])("%s_energy is never the energy", (part) => {
    const { structures, report } = read(frame(`${part}_energy=-80.0`));
    expect(structures[0].targets).toEqual({});
    expect(report.warnings).toEqual([expect.stringContaining(`no energy was read: "${part}_energy" name parts; keys.energy takes one all the same`)]);
    expect(one(`${part}_energy=-80.0`, { energy: `${part}_energy` }).targets.energy).toBe(-80);
  });

  it("equal numbers written differently are equal", () => {
    expect(warningsOf(frame("REF_energy=-3.5 energy=-3.50 Energy=-35e-1"))).toEqual([]);
    expect(one("a=1.0 a=1e0 energy=-3.5 energy=-3.50").targets.energy).toBe(-3.5);
    expectRefused("energy=-3.5 energy=-3.6", /given twice, with different values: -3\.5 and -3\.6/);
    const stress = 'stress="0.01 0.02 0.03 0.004 0.005 0.006"';
    expect(warningsOf(frame(`virial="-1.2 -2.4 -3.6 -0.48 -0.6 -0.72" ${stress}`))).toEqual([]);
    expect(warningsOf(frame(`virial="1.2 -2.4 -3.6 -0.48 -0.6 -0.72" ${stress}`))).toEqual([expect.stringMatching(/"stress" in 1 structures was not read, "virial" was taken/)]);
  });
});

describe("keys have one grammar wherever they stand", () => {
  const keys = ["mtt::x", "E/atom", "2x", '"my key"', "'my key'", "α", "a.b", "x[0]", "[Fe]", "a-b", "Größe", "x(1)", "{k}", "a:b"];
  const plain = (key: string): string => key.replace(/^["'](.*)["']$/, "$1");

  it.each(keys)("%s", (key) => {
    for (const before of ["", "config_type= ", "note=  ", "a=x, ", "flag ", "a=1, ", 'b="x" ', "b=[1, 2] "]) {
      const structure = one(`${before}${key}=7 energy=-3.5`);
      expect(structure.info.get(plain(key)), before).toBe(7);
      expect(structure.targets.energy, before).toBe(-3.5);
      expect(structure.configType).toBe("");
      expect(parseStructures(formatStructure(structure))[0].info.get(plain(key)), before).toBe(7);
    }
  });

  it.each(["mtt::x", "E/atom", "2x", "α", "a.b", "x[0]", "a-b", "a:b", "mtt::a::b"])("%s in Properties", (key) => {
    for (const columns of [`${key}:R:1:species:S:1:pos:R:3`, `species:S:1:pos:R:3:${key}:R:1`, `species:S:1:${key}:R:1:pos:R:3`]) {
      const line = columns.startsWith("species:S:1:pos") ? "H 1 2 3 7" : columns.startsWith("species") ? "H 7 1 2 3" : "7 H 1 2 3";
      const [structure] = parseStructures(`1\nProperties=${columns}\n${line}\n`);
      expect(structure.atomInfo).toEqual([{ name: key, type: "real", width: 1, values: Float64Array.of(7) }]);
      expect([...structure.positions]).toEqual([1, 2, 3]);
      expect(parseStructures(formatStructure(structure))[0].atomInfo).toEqual(structure.atomInfo);
    }
  });

  it("several with colons in one Properties", () => {
    const [structure] = parseStructures("1\nProperties=species:S:1:pos:R:3:a::x:R:1:b::y:R:2:c::z:I:1\nH 1 2 3 4 5 6 7\n");
    expect(structure.atomInfo.map(({ name, width }) => [name, width])).toEqual([["a::x", 1], ["b::y", 2], ["c::z", 1]]);
  });

  it("trailing commas are the same for numbers and words", () => {
    const structure = one('config_type=bulk, energy=-3.5, a=x, b=2, flag, c="d e", f=T,g=1');
    expect(structure.configType).toBe("bulk");
    expect([...structure.info]).toEqual([["a", "x"], ["b", 2], ["flag", true], ["c", "d e"], ["f", "T,g=1"]]);
    expect(structure.targets.energy).toBe(-3.5);
  });

  it("values that hold an equals sign stay values", () => {
    expect(one("a= {b=1} c=2").info.get("a")).toBe("b=1");
    expect(one('a= {"b": 1} c=2').info.get("a")).toEqual({ b: 1 });
    expect(one("a= [1, 2] c=2").info.get("a")).toEqual([1, 2]);
    expect(one('a= "b=1" c=2').info.get("a")).toBe("b=1");
  });
});

describe("writing", () => {
  const written = (entries: string, keys?: TargetKeys): string => formatStructure(one(entries, keys)).split("\n")[1];

  it.each([
    'stress="0.01 0 0 0 0.02 0.003 0 0.003 0.03"',
    'stress="0.01 0.02 0.03 0.004 0.005 0.006"',
    'REF_stress="1 2 3 4 5 6"',
    'stress="_JSON [[0.1, 0.2, 0.3], [0.2, 0.5, 0.6], [0.3, 0.6, 0.9]]"',
    'REF_virial="1.0 2.0 3.0 4.0 5.0 6.0"',
    'virial="1.0 2.0 3.0 4.0 5.0 6.0 7.0 8.0 9.0"',
    "REF_energy=-3.5",
    "energy=nan",
    'stress="nan nan nan nan nan nan"',
    'REF_energy=-1.0 energy=-2.0 virial="1 2 3 4 5 6" stress="1 2 3 4 5 6"',
  ])("%s stays as it was", (entries) => {
    for (const entry of entries.match(/\S+?=(?:"[^"]*"|\S+)/g)!) expect(written(entries)).toContain(` ${entry} `);
    expect(parseStructures(formatStructure(one(entries)))[0].targets).toEqual(one(entries).targets);
  });

  it("a stress that has no virial stays too", () => {
    const text = '1\nLattice="3.0 0.0 0.0 0.0 3.0 0.0 0.0 0.0 0.0" Properties=species:S:1:pos:R:3 stress="0.1 0.2 0.3 0 0 0" pbc="T T F"\nH 0 0 0\n';
    expect(formatStructure(parseStructures(text)[0])).toBe(text);
  });

  it("forces that are absent stay too", () => {
    const text = '1\nProperties=species:S:1:pos:R:3:REF_forces:R:3 pbc="F F F"\nH 0 0 0 nan nan nan\n';
    expect(formatStructure(parseStructures(text)[0])).toBe(text);
  });

  it("a virial or a cell that was changed gives another stress", () => {
    const structure = one('stress="0.01 0.02 0.03 0.004 0.005 0.006"');
    const changed = { ...structure, targets: { virial: structure.targets.virial!.map((w) => 2 * w) } };
    expectClose(parseStructures(formatStructure(changed))[0].targets.virial!, changed.targets.virial, 1e-14);
    expect(formatStructure(changed)).toMatch(/ stress="0\.02 /);
    const larger = { ...structure, cell: structure.cell!.map((x) => 2 * x) };
    expectClose(parseStructures(formatStructure(larger))[0].targets.virial!, structure.targets.virial!, 1e-14);
    const { cell: _, ...rest } = structure;
    expect(formatStructure({ ...rest, cell: null, pbc: [false, false, false] })).toMatch(/ virial="/);
  });

  it("under a key that was chosen, a virial is a virial", () => {
    expect(formatStructure(one('stress="1 2 3 4 5 6"'), { keys: { virial: "W" } })).toMatch(/ W="-120\.0 /);
  });
});
