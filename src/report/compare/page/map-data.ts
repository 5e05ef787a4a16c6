import type { SampledRow } from "../../../analysis/information/information.js";
import { displayName } from "../../formatting.js";
import { isCellShown } from "../../page/viewer-library.js";
import { otherColor, pageColor, palette } from "../../theme.js";
import type { MapStructure } from "../compare-report-data.js";
import type { DescriptorView } from "../compared-view.js";
import type { MapData, MapRow } from "./map-client.js";

/** Points of a map; of more, every few are drawn. */
const MOST_POINTS = 1500;
/** Atoms of all structures that the page holds, and of a single one: about 0.7 MB of the page. */
const MOST_ATOMS = 25_000;
const MOST_ATOMS_OF_ONE = 4000;

/** The data of the map, what it shows of which descriptor, and how much of it there is. */
export interface EnvironmentMap {
  readonly data: MapData;
  readonly members: readonly DescriptorView[];
  /** Structures that points belong to, and how many of them the page holds. */
  readonly nStructures: number;
  readonly nHeld: number;
  readonly hasEnergies: boolean;
  /** Whether points of some descriptor were left out. */
  readonly isThinned: boolean;
}

/** What the page holds of the maps and of the structures behind them. */
export function environmentMap(views: readonly DescriptorView[], structures: readonly MapStructure[]): EnvironmentMap {
  const members = views.filter(({ descriptor }) => (descriptor.information?.map.points.length ?? 0) > 0);
  const byIndex = new Map(structures.map((structure) => [structure.index, structure]));
  const species = speciesColors(members, byIndex);
  const rows: MapRow[] = [];
  const known = new Map<string, number>();
  const rowOf = (row: SampledRow): number => {
    const key = `${row.structure}:${row.atom}`;
    const index = known.get(key) ?? rows.push(mapRow(row, byIndex.get(row.structure), species)) - 1;
    known.set(key, index);
    return index;
  };
  let isThinned = false;
  const maps = members.map(({ descriptor }) => {
    const { points, rows: own } = descriptor.information!.map;
    const step = Math.ceil(points.length / MOST_POINTS);
    isThinned ||= step > 1;
    const chosen = points.map((_, i) => i).filter((i) => i % step === 0 && points[i].every(Number.isFinite));
    return { points: chosen.flatMap((i) => points[i].map((value) => Number(value.toPrecision(4)))), rows: chosen.map((i) => rowOf(own[i])) };
  });
  const used = new Set(rows.map(([structure]) => structure));
  const held = heldStructures(members, structures.filter(({ index }) => used.has(index)));
  return {
    data: {
      maps, rows, species,
      ramp: [palette[0], palette[3], palette[1]].map(pageColor),
      structures: Object.fromEntries(held.map((structure) => [structure.index, stageStructure(structure)])),
      labels: Object.fromEntries([...used].flatMap((index) => {
        const structure = byIndex.get(index);
        return structure ? [[index, displayName(structure.label, 80)]] : [];
      })),
    },
    members, nStructures: used.size, nHeld: held.length,
    hasEnergies: rows.some(([, , , energy]) => energy !== null), isThinned,
  };
}

/** The most frequent elements of the points in colors of their own; the last entry is for all else. */
function speciesColors(members: readonly DescriptorView[], structures: ReadonlyMap<number, MapStructure>): MapData["species"] {
  const counts = new Map<string, number>();
  for (const { descriptor } of members) {
    for (const { structure, atom } of descriptor.information!.map.rows) {
      const symbol = structures.get(structure)?.symbols[atom];
      if (symbol !== undefined) counts.set(symbol, (counts.get(symbol) ?? 0) + 1);
    }
  }
  const names = [...counts].sort(([a, m], [b, n]) => n - m || a.localeCompare(b, "en")).map(([symbol]) => symbol);
  const other = names.length > palette.length ? "other elements, or whole structures" : "whole structures, or not known";
  return [...names.slice(0, palette.length).map((name, i) => ({ name: displayName(name, 8), color: pageColor(palette[i]) })), { name: other, color: pageColor(otherColor) }];
}

function mapRow({ structure, atom }: SampledRow, own: MapStructure | undefined, species: MapData["species"]): MapRow {
  const symbol = own?.symbols[atom];
  const index = symbol === undefined ? -1 : species.findIndex(({ name }) => name === symbol);
  const energy = own?.energyPerAtom;
  return [structure, atom, index < 0 ? species.length - 1 : index, energy === undefined || !Number.isFinite(energy) ? null : Number(energy.toPrecision(7))];
}

/** Structures of close pairs first, then small ones, as they show most environments for their size. */
function heldStructures(members: readonly DescriptorView[], structures: readonly MapStructure[]): MapStructure[] {
  const close = new Set(members.flatMap(({ descriptor }) => (descriptor.information!.closest ?? []).slice(0, 3).flatMap(({ a, b }) => [a.structure, b.structure])));
  const order = [...structures].sort((a, b) => Number(close.has(b.index)) - Number(close.has(a.index)) || a.symbols.length - b.symbols.length || a.index - b.index);
  let nAtoms = 0;
  return order.filter(({ symbols }) => {
    if (symbols.length > MOST_ATOMS_OF_ONE || nAtoms + symbols.length > MOST_ATOMS) return false;
    nAtoms += symbols.length;
    return true;
  });
}

function stageStructure({ symbols, positions, cell, pbc }: MapStructure): MapData["structures"][string] {
  const rounded = (values: ArrayLike<number>): number[] => Array.from(values, (value) => Number(value.toFixed(3)));
  return { symbols, positions: rounded(positions), cell: cell && isCellShown(cell, pbc, positions) ? rounded(cell) : null };
}
