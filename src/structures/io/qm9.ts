import { FormatError } from "../../errors.js";
import { units } from "../../units.js";
import type { Column } from "../column.js";
import { describeUnknownElement, findAtomicNumber } from "../periodic-table.js";
import type { InfoValue, Structure } from "../structure.js";
import { ColumnProblem, type WantedColumn } from "./column-reader.js";
import { parseDecimal } from "./decimal.js";
import type { ReadSource, StructureFormat, StructureReader } from "./format.js";
import { TextLines } from "./text-lines.js";

/** Names of the numbers behind `gdb` and the index, in their order. */
const PROPERTIES = ["A", "B", "C", "mu", "alpha", "homo", "lumo", "gap", "r2", "zpve", "U0", "U", "H", "G", "Cv"];
const ENERGIES = ["U0", "U", "H", "G"];
const CHARGES = "mulliken";
/** Vibrational frequencies, SMILES and InChI. */
const LINES_AFTER_ATOMS = 3;

const HEAD = /^\s*\d+\s*\r?\n\s*gdb\s+\d+\s/u;

/**
 * Molecules as the QM9 set has them, one in a file or many one after the other: number of atoms; `gdb`, index and 15 properties; element, position
 * in Å and Mulliken charge of each atom; frequencies, SMILES and InChI. The energy is U0, in eV (the files have Hartree) and not relative to atoms; the
 * other properties stay in their units (GHz, D, a₀³, Hartree, a₀², cal/(mol K)).
 * Source: R. Ramakrishnan, P. O. Dral, M. Rupp, O. A. von Lilienfeld, Sci. Data 1, 140022 (2014), DOI 10.1038/sdata.2014.22, table 2 and 3
 */
export const qm9: StructureFormat = {
  name: "QM9",
  matches: (_path, head) => HEAD.test(new TextDecoder().decode(head.subarray(0, 200))),
  read: (source) => new Qm9Reader(source),
};

interface Molecule {
  readonly nAtoms: number;
  readonly index: string;
  readonly properties: ReadonlyMap<string, number>;
  readonly atomicNumbers: number[];
  readonly positions: number[];
  readonly charges: number[];
}

class Qm9Reader implements StructureReader {
  private readonly lines = new TextLines();
  private state: "count" | "properties" | "atoms" | "after" = "count";
  private nAtoms = 0;
  private molecule: Molecule | undefined;
  private after: string[] = [];

  constructor(private readonly source: ReadSource) {}

  *push(chunk: Uint8Array): Generator<Structure> {
    for (const line of this.lines.push(chunk)) yield* this.readLine(line);
  }

  *finish(): Generator<Structure> {
    for (const line of this.lines.finish()) yield* this.readLine(line);
    if (this.state !== "count") this.fail(`the file ends within a molecule, where ${this.expected()} should be`);
  }

  private *readLine(line: string): Generator<Structure> {
    const words = line.trim().split(/\s+/u);
    if (this.state === "count") {
      if (line.trim() === "") return;
      if (!/^[1-9]\d{0,5}$/.test(line.trim())) this.fail(`expected the number of atoms of a molecule; found "${shorten(line)}"`);
      this.nAtoms = Number(line);
      this.state = "properties";
    } else if (this.state === "properties") {
      this.molecule = this.readProperties(words);
      this.state = "atoms";
    } else if (this.state === "atoms") {
      this.readAtom(this.molecule!, words);
      if (this.molecule!.atomicNumbers.length === this.nAtoms) this.state = "after";
    } else if (this.after.push(line.trim()) === LINES_AFTER_ATOMS) {
      yield this.finishMolecule(this.molecule!);
      this.state = "count";
      this.after = [];
    }
  }

  private readProperties([tag, index, ...numbers]: readonly string[]): Molecule {
    if (tag !== "gdb" || numbers.length !== PROPERTIES.length) {
      this.fail(`expected "gdb", an index and ${PROPERTIES.length} properties; found ${numbers.length} behind "${tag} ${index ?? ""}"`);
    }
    const properties = new Map(PROPERTIES.map((name, k) => [name, this.number(numbers[k], name)]));
    return { nAtoms: this.nAtoms, index, properties, atomicNumbers: [], positions: [], charges: [] };
  }

  private readAtom({ atomicNumbers, positions, charges }: Molecule, [symbol, ...numbers]: readonly string[]): void {
    if (numbers.length !== 4) this.fail(`an atom has an element, a position and a charge; found ${numbers.length} numbers`);
    const atomicNumber = findAtomicNumber(symbol);
    if (atomicNumber === undefined) this.fail(describeUnknownElement(symbol));
    atomicNumbers.push(atomicNumber);
    for (const word of numbers.slice(0, 3)) positions.push(this.number(word, "position"));
    charges.push(this.number(numbers[3], "charge"));
  }

  private finishMolecule({ index, properties, atomicNumbers, positions, charges }: Molecule): Structure {
    const { tally, keys } = this.source;
    const [, smiles, inchi] = this.after.map((line) => line.split(/\s+/u)[0]);
    const info = new Map<string, InfoValue>([["gdb", Number(index)], ...properties, ["smiles", smiles], ["inchi", inchi]]);
    tally.addNames(info.keys(), [CHARGES]);
    const energyKey = keys.energy === false ? undefined : (keys.energy ?? "U0");
    const energy = energyKey === undefined ? undefined : this.readEnergy(energyKey, properties);
    const columns = this.readColumns(properties, charges);
    const wanted = [...columns.keys()].map((name) => this.source.columns.wanted.find((column) => column.name === name)!.key);
    for (const key of [...wanted, energyKey ?? ""]) info.delete(key);
    const atomInfo = wanted.includes(CHARGES) ? [] : [{ name: CHARGES, type: "real" as const, width: 1, values: Float64Array.from(charges) }];
    tally.addUnread("structure", info.keys());
    tally.addUnread("atom", atomInfo.map(({ name }) => name));
    return {
      atomicNumbers: Uint8Array.from(atomicNumbers),
      positions: Float64Array.from(positions),
      cell: null,
      pbc: [false, false, false],
      targets: energy === undefined ? {} : { energy },
      ...(columns.size > 0 && { columns }),
      configType: "",
      info,
      atomInfo,
      label: `molecule ${index} of ${this.source.name}`,
    };
  }

  private readEnergy(key: string, properties: Molecule["properties"]): number | undefined {
    const { tally } = this.source;
    const hartree = ENERGIES.includes(key) ? properties.get(key) : undefined;
    if (hartree === undefined) return undefined;
    tally.addChoice("energy", [{ key, isStress: false }]);
    tally.note(`the energy is ${key} of QM9, converted from Hartree to eV; the other properties keep the units of the file`);
    return hartree * units.hartree;
  }

  private readColumns(properties: Molecule["properties"], charges: readonly number[]): Map<string, Column> {
    const columns = new Map<string, Column>();
    const add = (wanted: WantedColumn, per: Column["per"], numbers: readonly number[]): void => {
      try {
        const column = this.source.columns.read(wanted, per, 1, numbers);
        if (column) columns.set(column.name, column);
      } catch (error) {
        if (error instanceof ColumnProblem) this.fail(error.reason);
        throw error;
      }
    };
    for (const wanted of this.source.columns.wanted) {
      const property = properties.get(wanted.key);
      if (wanted.key === CHARGES && wanted.per !== "structure") add(wanted, "atom", charges);
      else if (property !== undefined && wanted.per !== "atom") add(wanted, "structure", [property]);
    }
    return columns;
  }

  private number(word: string, what: string): number {
    const value = parseDecimal(word);
    if (value === undefined || !Number.isFinite(value)) this.fail(`the ${what} is "${word}"; it must be a finite number`);
    return value;
  }

  private expected(): string {
    const { molecule, nAtoms } = this;
    if (this.state === "properties") return "the line of properties";
    if (this.state === "atoms") return `atom ${molecule!.atomicNumbers.length + 1} of ${nAtoms}`;
    return ["frequencies", "SMILES", "InChI"][this.after.length];
  }

  private fail(reason: string): never {
    throw new FormatError({ file: this.source.file, line: this.lines.number }, reason);
  }
}

function shorten(line: string): string {
  return line.length > 40 ? `${line.slice(0, 40)}…` : line;
}
