import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InvalidParameterError, InvalidStructureError } from "../../../src/errors.js";
import { type AtomInfo, formatStructure, type InfoValue, parseStructures, type Structure } from "../../../src/structures/index.js";

const finite = fc.double({ noNaN: true, noDefaultInfinity: true });
const text = fc.string({ unit: "grapheme", maxLength: 12 });
const word = fc.stringMatching(/^[A-Za-z0-9_.+-]{1,8}$/);

/** Text that looks like something else. */
const trickyText = fc.constantFrom(
  "", " ", "1", "1.0", "-0", "1 2 3", "1,2", "T", "F F", "true", "nan", "inf", "_JSON 1", "_JSON {", "a b", 'say "x"', "it's", "\\", "\\n", "a\nb", "a\tb",
  "\r", "[1, 2]", "{1}", "key=value", "=", "ünïcödé", "007", "12345678901234567890", "\u2028", "\ud800", ",", "'",
);

const scalar: fc.Arbitrary<InfoValue> = fc.oneof(
  finite,
  fc.constantFrom(-0, NaN, Infinity, -Infinity, 2 ** 53, 1e20, 1e300, 5e-324),
  fc.integer(),
  fc.boolean(),
  text,
  trickyText,
);

const json: fc.Arbitrary<InfoValue> = fc.letrec<{ value: InfoValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    finite,
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    text,
    trickyText,
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(word, tie("value"), { maxKeys: 3, noNullPrototype: true }),
  ),
})).value;

const value: fc.Arbitrary<InfoValue> = fc.oneof(
  scalar,
  fc.array(finite, { maxLength: 10 }),
  fc.array(fc.integer(), { maxLength: 4 }),
  fc.array(fc.boolean(), { maxLength: 4 }),
  fc.array(fc.array(finite, { minLength: 2, maxLength: 2 }), { minLength: 1, maxLength: 3 }),
  json,
);

/** Keys of info that name neither a part of the frame nor, by detection, a target. */
const infoKey = fc
  .oneof(word, fc.constantFrom("a key", 'quo"te', "ünï", "a=b", "{", "[x", "1", "T", "back\\slash", "new\nline", "comment"))
  .filter((key) => !/^(lattice|properties|pbc|config_type)$|energy|virial|stress|force/i.test(key));

function column(nAtoms: number): fc.Arbitrary<AtomInfo> {
  const fixed = (width: number): fc.ArrayConstraints => ({ minLength: nAtoms * width, maxLength: nAtoms * width });
  return fc.integer({ min: 1, max: 4 }).chain((width) =>
    fc.oneof(
      fc.array(fc.double(), fixed(width)).map((values) => ({ name: "r", type: "real" as const, width, values: Float64Array.from(values) })),
      fc.array(fc.integer(), fixed(width)).map((values) => ({ name: "i", type: "integer" as const, width, values: Int32Array.from(values) })),
      fc.array(fc.integer({ min: 0, max: 1 }), fixed(width)).map((values) => ({ name: "l", type: "logical" as const, width, values: Uint8Array.from(values) })),
      fc.array(word, fixed(width)).map((values) => ({ name: "s", type: "text" as const, width, values })),
    ),
  );
}

const cell = fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: 9, maxLength: 9 }).map((numbers) => {
  // far from singular
  for (const i of [0, 4, 8]) numbers[i] += 20;
  return Float64Array.from(numbers);
});

const structure: fc.Arbitrary<Structure> = fc.integer({ min: 0, max: 5 }).chain((nAtoms) =>
  fc
    .record({
      numbers: fc.array(fc.integer({ min: 1, max: 118 }), { minLength: nAtoms, maxLength: nAtoms }),
      positions: fc.array(finite, { minLength: 3 * nAtoms, maxLength: 3 * nAtoms }),
      forces: fc.option(fc.array(finite, { minLength: 3 * nAtoms, maxLength: 3 * nAtoms })),
      energy: fc.option(finite),
      virial: fc.option(fc.array(finite, { minLength: 9, maxLength: 9 })),
      cell: fc.option(cell),
      pbc: fc.tuple(fc.boolean(), fc.boolean(), fc.boolean()),
      configType: fc.oneof(word, fc.constantFrom("", "1", "T", "two words", "1 2", "_JSON 1", 'q"', "\\", "-5.0")),
      info: fc.uniqueArray(fc.tuple(infoKey, value), { selector: ([key]) => key, maxLength: 5 }),
      atomInfo: fc.uniqueArray(column(nAtoms), { selector: ({ name }) => name, maxLength: 3 }),
    })
    .map((parts): Structure => ({
      atomicNumbers: Uint8Array.from(parts.numbers),
      positions: Float64Array.from(parts.positions),
      cell: parts.cell,
      pbc: parts.cell ? parts.pbc : [false, false, false],
      targets: {
        ...(parts.energy === null ? {} : { energy: parts.energy }),
        ...(parts.forces === null ? {} : { forces: Float64Array.from(parts.forces) }),
        ...(parts.virial === null ? {} : { virial: Float64Array.from(parts.virial) }),
      },
      configType: parts.configType,
      info: new Map(parts.info),
      atomInfo: parts.atomInfo,
      label: "frame 1 of text",
    })),
);

/** What a structure is, apart from how its numbers were written. */
function essence({ source: _, ...rest }: Structure): unknown {
  return { ...rest, info: [...rest.info] };
}

describe("writing and reading again", () => {
  it("gives the same bits for any structure", () => {
    fc.assert(
      fc.property(structure, (original) => {
        const written = formatStructure(original);
        const [again] = parseStructures(written);
        // toStrictEqual tells −0 from 0 and NaN from absent
        expect(essence(again)).toStrictEqual(essence(original));
        // the text of what was read is a fixed point (before, large whole numbers may become reals)
        const rewritten = formatStructure(again);
        expect(formatStructure(parseStructures(rewritten)[0])).toBe(rewritten);
      }),
      { numRuns: 1000 },
    );
  });

  it("keeps whole numbers apart from reals", () => {
    const frame = '1\nProperties=species:S:1:pos:R:3 a=1 b=1.0 c="1 2" d="1.0 2.0" e="_JSON [[1.0]]" f="_JSON [[1]]" pbc="F F F"\nH 0 0 0\n';
    expect(formatStructure(parseStructures(frame)[0])).toBe(frame);
  });

  it("writes targets, group and further values in the usual order", () => {
    const [read] = parseStructures(
      '2\nLattice="4 0 0 0 5 0 0 0 6.5" x=1 virial="1 2 3 4 5 6 7 8 9" config_type="a b" energy=-3 y=text pbc="T T F" Properties=tag:I:1:pos:R:3:species:S:1:forces:R:3\n' +
        "7 0 -0.5 1e-7 Si 1 2 3\n8 1 1 1 O 4 5 6\n",
    );
    expect(formatStructure(read)).toBe(
      '2\nLattice="4.0 0.0 0.0 0.0 5.0 0.0 0.0 0.0 6.5" Properties=species:S:1:pos:R:3:forces:R:3:tag:I:1 energy=-3.0 config_type="a b" ' +
        'virial="1.0 2.0 3.0 4.0 5.0 6.0 7.0 8.0 9.0" x=1 y=text pbc="T T F"\nSi 0 -0.5 1e-7 1 2 3 7\nO 1 1 1 4 5 6 8\n',
    );
  });

  it("keeps the keys of the file, and takes others when asked", () => {
    const frame = '1\nProperties=species:S:1:pos:R:3:REF_forces:R:3:forces:R:3 REF_energy=1.5 energy=2.5 pbc="F F F"\nH 0 0 0 1 2 3 4 5 6\n';
    const [read] = parseStructures(frame);
    expect(read.targets.energy).toBe(1.5);
    expect([...read.targets.forces!]).toEqual([1, 2, 3]);
    expect(formatStructure(read)).toBe(frame);
    const renamed = formatStructure(read, { keys: { energy: "dft_energy", forces: "dft_forces" } });
    expect(renamed).toContain("dft_energy=1.5 energy=2.5");
    expect(renamed).toContain("dft_forces:R:3:forces:R:3");
    expect(() => formatStructure(read, { keys: { energy: "energy" } })).toThrow(/two values would be called "energy".*keys\.energy/);
    expect(() => formatStructure(read, { keys: { forces: "forces" } })).toThrow(/two columns would be called "forces".*keys\.forces/);
  });
});

describe("predicted values", () => {
  const [reference] = parseStructures("1\nProperties=species:S:1:pos:R:3:forces:R:3 energy=1.5\nH 0 0 0 1 2 3\n");
  const predictions = {
    energy: 1.25,
    forces: [0.5, 0, -1],
    virial: [1, 2, 3, 4, 5, 6, 7, 8, 9],
    localEnergies: [1.25],
    localVariances: [0.01],
  };

  it("stand beside the reference", () => {
    const written = formatStructure(reference, {}, predictions);
    expect(written).toBe(
      "1\nProperties=species:S:1:pos:R:3:forces:R:3:pestle_forces:R:3:pestle_local_energy:R:1:pestle_local_variance:R:1 energy=1.5 " +
        'pestle_energy=1.25 pestle_virial="1.0 4.0 7.0 2.0 5.0 8.0 3.0 6.0 9.0" pbc="F F F"\nH 0 0 0 1 2 3 0.5 0 -1 1.25 0.01\n',
    );
    expect(parseStructures(written)[0].targets).toEqual(reference.targets);
  });

  it("are never read as the reference", () => {
    const [bare] = parseStructures("1\nProperties=species:S:1:pos:R:3\nH 0 0 0\n");
    expect(parseStructures(formatStructure(bare, {}, predictions))[0].targets).toEqual({});
  });

  it("replace those of an earlier run", () => {
    const [earlier] = parseStructures(formatStructure(reference, {}, { energy: 9, forces: [9, 9, 9] }));
    expect(formatStructure(earlier, {}, { energy: 1.25, forces: [0.5, 0, -1] })).toBe(
      formatStructure(reference, {}, { energy: 1.25, forces: [0.5, 0, -1] }),
    );
  });

  it("of properties have their names, and give way to nothing", () => {
    const properties = { gap: 2, "dipole norm": 0.5 };
    const text = formatStructure(reference, {}, { energy: 1, properties });
    expect(text).toContain(' pestle_gap=2.0 "pestle_dipole norm"=0.5 ');
    const [read] = parseStructures(text);
    expect([read.info.get("pestle_gap"), read.info.get("pestle_dipole norm")]).toEqual([2, 0.5]);
    expect(formatStructure(read, {}, { energy: 1, properties })).toBe(text);
    expect(() => formatStructure(reference, {}, { energyDeviation: 1, properties: { energy_std: 2 } })).toThrow(/two values would be called "pestle_energy_std"/u);
  });

  it("take another prefix", () => {
    expect(formatStructure(reference, { predictionPrefix: "ml_" }, { energy: 1 })).toContain(" ml_energy=1.0 ");
    expect(() => formatStructure(reference, { predictionPrefix: "" }, { energy: 1 })).toThrow(InvalidParameterError);
  });
});

describe("structures that could not be read again", () => {
  const [good] = parseStructures("1\nProperties=species:S:1:pos:R:3\nH 0 0 0\n");
  const withColumn = (change: Partial<AtomInfo>): Structure => ({ ...good, atomInfo: [{ name: "c", type: "text", width: 1, values: ["x"], ...change }] });
  it.each<[string, Structure, RegExp]>([
    ["positions that are NaN", { ...good, positions: Float64Array.of(0, NaN, 0) }, /positions\[1\] is NaN/],
    ["too few positions", { ...good, positions: Float64Array.of(0, 0) }, /positions has 2 numbers; 1 atoms need 3/],
    ["no such element", { ...good, atomicNumbers: Uint8Array.of(119) }, /atomic number 119/],
    ["periodic without a cell", { ...good, pbc: [true, false, false] }, /periodic but has no cell/],
    ["a reserved key", { ...good, info: new Map([["lattice", 1]]) }, /called "lattice"/],
    ["a word with a space", withColumn({ values: ["a b"] }), /column c holds "a b"/],
    ["an empty word", withColumn({ values: [""] }), /single words/],
    ["a column without a name", withColumn({ name: "" }), /cannot be called ""/],
    ["a column that is too short", withColumn({ width: 2 }), /1 values; 1 atoms need 2/],
  ])("%s", (_name, structure, message) => {
    expect(() => formatStructure(structure)).toThrow(InvalidStructureError);
    expect(() => formatStructure(structure)).toThrow(message);
  });
});
