import type { ZblModel } from "../../models/pair/zbl.js";
import { symbolOf } from "../../structures/periodic-table.js";
import { type PairSection, TABLE_LINES } from "./pair-section.js";

/** What input of LAMMPS has to name. */
export interface LammpsParts {
  /** A style for all atoms with one file; absent: pair functions only. */
  readonly style?: { readonly name: string; readonly file: string };
  /** Of the file with tables. */
  readonly tableName: string;
  /** Atomic numbers in the order of the atom types. */
  readonly species: readonly number[];
  readonly zbl: readonly ZblModel[];
  readonly sections: readonly PairSection[];
}

/** Lines of input: one style alone, or with what stands beside it. */
export function lammpsLines({ style, tableName, species, zbl, sections }: LammpsParts): string[] {
  const elements = species.map(symbolOf).join(" ");
  const pairs = species.flatMap((_, i) => species.slice(i).map((__, offset) => [i, i + offset]));
  const table = `table spline ${TABLE_LINES}`;
  const one = [...(style ? [style.name] : []), ...zbl.map(({ inner, outer }) => `zbl ${inner} ${outer}`), ...(sections.length > 0 ? [table] : [])];
  const isAlone = one.length === 1;
  /** Of several styles each line says whose it is. */
  const named = (name: string): string => (isAlone ? "" : `${name} `);
  // styles of one name are told apart by numbers
  const zblName = (k: number): string => (zbl.length > 1 ? `zbl ${k + 1}` : "zbl");
  return [
    "units metal",
    `pair_style ${isAlone ? "" : "hybrid/overlay "}${one.join(" ")}`,
    ...(style ? [`pair_coeff * * ${named(style.name)}${word(style.file)} ${elements}`] : []),
    ...zbl.flatMap((_, k) => pairs.map(([i, j]) => `pair_coeff ${i + 1} ${j + 1} ${named(zblName(k))}${species[i]}.0 ${species[j]}.0`)),
    ...sections.map(({ pair: [i, j], keyword }) => `pair_coeff ${i + 1} ${j + 1} ${named("table")}${word(tableName)} ${keyword}`),
  ];
}

/** A name as one word of input. */
function word(name: string): string {
  return /[\s#$&]/u.test(name) ? `"${name}"` : name;
}
