import type { ZblModel } from "../../models/pair/zbl.js";
import { type PairSection, TABLE_LINES } from "../lammps/pair-section.js";
import { word } from "../lammps/word.js";

/** What input of LAMMPS has to name. */
export interface LammpsParts {
  /** Of the .yace file. */
  readonly name: string;
  /** Of the file with tables. */
  readonly tableName: string;
  /** In the order of the atom types. */
  readonly symbols: readonly string[];
  /** Atomic numbers in the same order. */
  readonly species: readonly number[];
  readonly zbl: readonly ZblModel[];
  readonly sections: readonly PairSection[];
}

/** Lines of input: `pair_style pace` alone, or with what stands beside it. */
export function lammpsLines({ symbols, species, zbl, sections, ...names }: LammpsParts): string[] {
  const [name, tableName] = [names.name, names.tableName].map(word);
  const elements = symbols.join(" ");
  if (zbl.length === 0 && sections.length === 0) return ["units metal", "pair_style pace", `pair_coeff * * ${name} ${elements}`];
  // styles of one name are told apart by numbers
  const zblName = (k: number): string => (zbl.length > 1 ? `zbl ${k + 1}` : "zbl");
  const styles = ["pace", ...zbl.map(({ inner, outer }) => `zbl ${inner} ${outer}`), ...(sections.length > 0 ? [`table spline ${TABLE_LINES}`] : [])];
  const pairs = species.flatMap((_, i) => species.slice(i).map((__, offset) => [i, i + offset]));
  return [
    "units metal",
    `pair_style hybrid/overlay ${styles.join(" ")}`,
    `pair_coeff * * pace ${name} ${elements}`,
    ...zbl.flatMap((_, k) => pairs.map(([i, j]) => `pair_coeff ${i + 1} ${j + 1} ${zblName(k)} ${species[i]}.0 ${species[j]}.0`)),
    ...sections.map(({ pair: [i, j], keyword }) => `pair_coeff ${i + 1} ${j + 1} table ${tableName} ${keyword}`),
  ];
}
