import {
  atomicNumberOf,
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
    else if (words[0] === "molecule") this.frame = { nAtoms: this.number(words[1]), energy: ENERGY * this.number(words[2]), atomicNumbers: [], positions: [], forces: [] };
    else this.fail(`expected "molecule <atoms> <energy>"; found "${line}"`);
    if (this.frame?.atomicNumbers.length === this.frame?.nAtoms) yield this.finishFrame(this.frame!);
  }

  private readAtom(frame: Frame, [symbol, ...numbers]: readonly string[]): void {
    if (numbers.length !== 6) this.fail(`an atom has a symbol and 6 numbers; found ${numbers.length}`);
    frame.atomicNumbers.push(atomicNumberOf(symbol));
    const values = numbers.map((word) => this.number(word));
    frame.positions.push(...values.slice(0, 3).map((value) => LENGTH * value));
    frame.forces.push(...values.slice(3).map((value) => FORCE * value));
  }

  private finishFrame({ energy, atomicNumbers, positions, forces }: Frame): Structure {
    this.frame = undefined;
    return {
      atomicNumbers: Uint8Array.from(atomicNumbers),
      positions: Float64Array.from(positions),
      cell: null,
      pbc: [false, false, false],
      targets: { energy, forces: Float64Array.from(forces) },
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

function formatMolecule({ atomicNumbers, positions, targets }: Structure, predictions: PredictedValues = {}): string {
  const energy = predictions.energy ?? targets.energy ?? 0;
  const forces = predictions.forces ?? targets.forces ?? new Float64Array(positions.length);
  const rows = Array.from(atomicNumbers, (atomicNumber, atom) => {
    const numbers = [0, 1, 2].map((axis) => positions[3 * atom + axis] / LENGTH).concat([0, 1, 2].map((axis) => forces[3 * atom + axis] / FORCE));
    return `${symbolOf(atomicNumber)} ${numbers.join(" ")}\n`;
  });
  return `molecule ${atomicNumbers.length} ${energy / ENERGY}\n${rows.join("")}`;
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
