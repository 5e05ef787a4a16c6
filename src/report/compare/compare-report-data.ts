import type { Comparison } from "../../compare/comparison.js";
import { symbolOf } from "../../structures/periodic-table.js";
import type { Structure } from "../../structures/structure.js";

/** A structure of the data that sampled environments belong to, for the map and the 3D view. */
export interface MapStructure {
  /** Position in the data, from 0, as sampled rows name it. */
  readonly index: number;
  /** Where it came from. */
  readonly label: string;
  /** Chemical symbols, nAtoms */
  readonly symbols: readonly string[];
  /** Å, nAtoms × 3 */
  readonly positions: ArrayLike<number>;
  /** Å, 3 × 3, rows are lattice vectors; null without a cell */
  readonly cell: ArrayLike<number> | null;
  /** Whether the cell repeats along each lattice vector. */
  readonly pbc: readonly [boolean, boolean, boolean];
  /** Reference energy, eV/atom; absent without one. */
  readonly energyPerAtom?: number | undefined;
}

/** Everything the report of a comparison shows. Plain data, filled by the command; every text may hold any characters. */
export interface CompareReportData {
  /** Heading and title of the page. */
  readonly title: string;
  /** When it was made, as the reader should see it. */
  readonly date?: string | undefined;
  /** What was measured. Its own warnings are shown together with `warnings`. */
  readonly comparison: Comparison;
  /**
   * Those that sampled environments belong to, in any order. Points of structures that are not here have neither species nor energy, and open nothing;
   * the page holds as many structures as fit into its limit, and says how many.
   */
  readonly structures?: readonly MapStructure[] | undefined;
  /** What may ruin the comparison, one sentence each; absent or empty: not shown. */
  readonly warnings?: readonly string[] | undefined;
  /** The resolved descriptors and options, YAML. */
  readonly settings?: string | undefined;
  /** Data files and their checksums, versions … in the order shown. */
  readonly provenance?: readonly (readonly [key: string, value: string])[] | undefined;
}

/** A structure of the data as the map shows it; `index` is its position in the data, from 0. */
export function mapStructure(structure: Structure, index: number): MapStructure {
  const { energy } = structure.targets;
  const nAtoms = structure.atomicNumbers.length;
  return {
    index,
    label: structure.label,
    symbols: Array.from(structure.atomicNumbers, symbolOf),
    positions: Float64Array.from(structure.positions),
    cell: structure.cell && Float64Array.from(structure.cell),
    pbc: structure.pbc,
    energyPerAtom: energy === undefined || nAtoms === 0 ? undefined : energy / nAtoms,
  };
}
