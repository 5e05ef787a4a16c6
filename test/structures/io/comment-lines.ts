import fc from "fast-check";

// Comment lines as programs write them, and what may stand in them instead.

/** Frames of a text, as texts. */
export function split(text: string): string[] {
  const lines = text.split("\n");
  const frames: string[] = [];
  for (let start = 0; /^\s*\d+\s*$/.test(lines[start] ?? ""); ) {
    const end = start + 2 + Number(lines[start]);
    frames.push(`${lines.slice(start, end).join("\n")}\n`);
    start = end;
  }
  return frames;
}

export const lattice = 'Lattice="4.1 0 0.5 0 4.2 0 0 -0.1 4.3"';
export const columns = "Properties=species:S:1:pos:R:3:forces:R:3";
export const lines = [
  `${lattice} ${columns} energy=-3.25 config_type=bulk virial="1.5 2 3 2 4 5 3 5 6.25" pbc="T T T"`,
  `${lattice} ${columns} REF_energy=-3.25 REF_stress="0.01 0 0 0 0.02 0 0 0 0.03" note="a b c" step=12 pbc="T T F"`,
  `${lattice} ${columns} energy = -3.0 virial='1 2 3 4 5 6' time=1.0 done=T temperature="300 310"`,
  `${columns} dft_energy="-3.25" config_type="two words" name=water`,
  `${columns} total_energy=-3 charge=+1 label=0012 pbc="F F F"`,
  `energy=-1.0, ${columns}, ${lattice} stress="[0.01 0 0 0 0.02 0 0 0 0.03]"`,
  `energy=-3.25 free_energy=-3.26 ${lattice} ${columns} step=1`,
  `free_energy=-3.25 energy=-3.2500000000000001 ${lattice} ${columns}`,
  `energy=-3.25 free_energy=-3.25 ${lattice} ${columns} info={"a": 1} list=[1, 2]`,
];
export const frame = (line: string): string => `1\n${line}\nSi 0.1 0.2 0.3 -1 0.5 2e-3\n`;
/** What turns up in such lines, and what should not. */
const pieces = [
  ..."0123456789.-+eE \"'=,[]{}\\_TF\t", "nan", "inf", "*****", "None", "1e400", "  ", "\u00a0", "é", "00", " 0 0 0 0 0 0 0 0 0", "\r", "REF_energy=2 ", "energy=1 ", "\u0001",
];
export const edit = fc.record({ at: fc.nat({ max: 260 }), remove: fc.nat({ max: 3 }), insert: fc.constantFrom("", ...pieces) });
export const edited = (line: string, edits: readonly { at: number; remove: number; insert: string }[]): string =>
  edits.reduce((text, { at, remove, insert }) => {
    const start = at % (text.length + 1);
    return text.slice(0, start) + insert + text.slice(start + remove);
  }, line);

export const unusual = [
  "nan", "inf", "1e400", "*****", "None", "0012", "12345678901234567890", "-7", "+7.", ".5d1", "7,", "7,8", "[7]", "{7}", "=7", "'7'", "7\\\\", "7\\n8", "\\x", "T", "F", "", " ", "_JSON 7",
  "1 0 0 2 0 0 0 0 1", "0 0 0 0 0 0 0 0 0", "1 2 3", "[1 0 0 0 1 0 0 0 1]", "a b", "x=7", "é", "\u00a07", "\t7", "7\t8",
];

/** The line with every value of it, and every word of these, replaced by `text`, one at a time. */
export function replacements(line: string, text: string): string[] {
  const found: string[] = [];
  for (const { index, 1: before, 2: value } of line.matchAll(/(\w+ ?= ?)("[^"]*"|'[^']*'|[^\s"']+)/g)) {
    const start = index + before.length;
    const put = (from: number, length: number): void => void found.push(line.slice(0, from) + text + line.slice(from + length));
    put(start, value.length);
    for (const word of value.matchAll(/[^\s"']+/g)) put(start + word.index, word[0].length);
    if (/^["']/.test(value)) put(start + 1, value.length - 2);
  }
  return found;
}
