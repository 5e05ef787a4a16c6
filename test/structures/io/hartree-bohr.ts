import {
  atomicNumberOf,
  type Column,
  FormatError,
  type FormatStructureOptions,
  type PredictedValues,
  type ReadSource,
  type Structure,
  type StructureFormat,
  type StructureReader,
  symbolOf,
  TextLines,
  unitFactor,
} from "../../../src/index.js";

const ENERGY = unitFactor("hartree", "eV");
const LENGTH = unitFactor("bohr", "Å");
const FORCE = unitFactor("hartree/bohr", "eV/Å");

interface Frame {
  readonly nAtoms: number;
  readonly energy: number;
  readonly columns: readonly Column[];
  readonly atomicNumbers: number[];
  readonly positions: number[];
  readonly forces: number[];
}

class HartreeBohrReader implements StructureReader {
  private readonly lines = new TextLines();
  private frame: Frame | undefined;
  private nFrames = 0;

  constructor(private readonly source: ReadSource) {}

  *push(chunk: Uint8Array): Generator<Structure> {
    for (const line of this.lines.push(chunk)) yield* this.readLine(line);
  }

  *finish(): Generator<Structure> {
    for (const line of this.lines.finish()) yield* this.readLine(line);
    if (this.frame) this.fail(`the file ends after ${this.frame.atomicNumbers.length} of the ${this.frame.nAtoms} atoms of its last molecule`);
  }

  private *readLine(line: string): Generator<Structure> {
    const words = line.split(/\s+/u).filter(Boolean);
    if (words.length === 0 || this.lines.number === 1) return;
    if (this.frame) this.readAtom(this.frame, words);
    else if (words[0] === "molecule") this.frame = this.startFrame(words.slice(1));
    else this.fail(`expected "molecule <atoms> <energy>"; found "${line}"`);
    if (this.frame?.atomicNumbers.length === this.frame?.nAtoms) yield this.finishFrame(this.frame);
  }

  private startFrame([nAtoms, energy, ...others]: readonly string[]): Frame {
    const values = new Map(others.map((word) => word.split("=") as [string, string]));
    if (values.size > 0) this.source.tally.addNames(values.keys(), []);
    const { columns } = this.source;
    this.source.tally.addUnread("structure", [...values.keys()].filter((key) => !columns.wanted.some((wanted) => wanted.key === key)));
    const found = columns.wanted.filter(({ key }) => values.has(key)).map((wanted) => columns.read(wanted, "structure", 1, [this.number(values.get(wanted.key))]));
    return {
      nAtoms: this.number(nAtoms),
      energy: ENERGY * this.number(energy),
      columns: found.filter((column) => column !== undefined),
      atomicNumbers: [],
      positions: [],
      forces: [],
    };
  }

  private readAtom(frame: Frame, [symbol, ...numbers]: readonly string[]): void {
    if (numbers.length !== 6) this.fail(`an atom has a symbol and 6 numbers; found ${numbers.length}`);
    frame.atomicNumbers.push(atomicNumberOf(symbol));
    const values = numbers.map((word) => this.number(word));
    frame.positions.push(...values.slice(0, 3).map((value) => LENGTH * value));
    frame.forces.push(...values.slice(3).map((value) => FORCE * value));
  }

  private finishFrame({ energy, columns, atomicNumbers, positions, forces }: Frame): Structure {
    this.frame = undefined;
    return {
      atomicNumbers: Uint8Array.from(atomicNumbers),
      positions: Float64Array.from(positions),
      cell: null,
      pbc: [false, false, false],
      targets: { energy, forces: Float64Array.from(forces) },
      ...(columns.length > 0 && { columns: new Map(columns.map((column) => [column.name, column])) }),
      configType: "",
      info: new Map(),
      atomInfo: [],
      label: `molecule ${++this.nFrames} of ${this.source.name}`,
    };
  }

  private number(word: string | undefined): number {
    const value = Number(word);
    if (word === undefined || !Number.isFinite(value)) this.fail(`"${word ?? ""}" is not a number`);
    return value;
  }

  private fail(reason: string): never {
    throw new FormatError({ file: this.source.file, line: this.lines.number }, reason);
  }
}

function formatMolecule({ atomicNumbers, positions, targets, columns }: Structure, predictions: PredictedValues = {}): string {
  const energy = predictions.energy ?? targets.energy ?? 0;
  const forces = predictions.forces ?? targets.forces ?? new Float64Array(positions.length);
  const numbers = [...(columns?.values() ?? [])].filter(({ per, width }) => per === "structure" && width === 1);
  const others = numbers.map(({ name, values }) => ` ${name}=${values[0]}`).join("");
  const rows = Array.from(atomicNumbers, (atomicNumber, atom) => {
    const numbers = [0, 1, 2].map((axis) => positions[3 * atom + axis] / LENGTH).concat([0, 1, 2].map((axis) => forces[3 * atom + axis] / FORCE));
    return `${symbolOf(atomicNumber)} ${numbers.join(" ")}\n`;
  });
  return `molecule ${atomicNumbers.length} ${energy / ENERGY}${others}\n${rows.join("")}`;
}

/** Molecules with energies and forces in atomic units; predictions take the place of the reference values. */
export const hartreeBohr: StructureFormat = {
  name: "Hartree-Bohr",
  matches: (path, head) => (head.length > 0 ? new TextDecoder().decode(head.subarray(0, 13)) === "#hartree-bohr" : path.endsWith(".hb")),
  read: (source) => new HartreeBohrReader(source),
  write: (_options: FormatStructureOptions) => {
    let start = "#hartree-bohr\n";
    return {
      push(structure, predictions) {
        const text = start + formatMolecule(structure, predictions);
        start = "";
        return text;
      },
      finish: () => start,
    };
  },
};
