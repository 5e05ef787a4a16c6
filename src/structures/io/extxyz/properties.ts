import type { AtomInfo } from "../../structure.js";
import type { WantedColumn } from "../column-reader.js";
import { isCandidate, isNamedKey } from "../key-rank.js";
import { chooseKey, type ChosenKey, describeRivals, remedyFor, rivalsOf, type TargetKeys } from "../target-keys.js";

export const FORMAT_NAME = "extended XYZ";

type ColumnType = AtomInfo["type"];

/** Types of columns by the letters of the format. */
const TYPES: Readonly<Record<string, ColumnType>> = { S: "text", R: "real", I: "integer", L: "logical" };

/** The letter of a type. */
export function letterOf(type: ColumnType): string {
  return Object.keys(TYPES).find((letter) => TYPES[letter] === type)!;
}

export type ColumnRole = "species" | "numbers" | "positions" | "forces" | "wanted" | "other";

/** One entry of `Properties`, `name:type:width`, and what it is read as. */
export interface ColumnLayout {
  readonly name: string;
  readonly type: ColumnType;
  readonly width: number;
  readonly role: ColumnRole;
  /** The column that it was asked for as, where its role is `wanted`. */
  readonly wanted?: WantedColumn;
}

/** How to read the atom lines of a frame. */
export interface FrameLayout {
  readonly columns: readonly ColumnLayout[];
  /** Names of those that are not read. */
  readonly others: readonly string[];
  /** Values in a line. */
  readonly nValues: number;
  /** Without `Properties`, what follows the position is no concern of ours. */
  readonly allowsExtra: boolean;
  /** Columns that may be the forces; the first is read. */
  readonly forcesChoice: readonly ChosenKey[];
  /** Columns whose names end in that of forces and that hold none. */
  readonly misfits: readonly string[];
  /** A column of atomic numbers beside the species, which must agree with them. */
  readonly secondNumbers?: string;
}

const POSITION_NAMES = ["pos", "positions", "position"];
const SPECIES_NAMES = ["species", "symbols", "symbol", "element"];
const NUMBER_NAMES = ["Z", "numbers", "atomic_numbers"];
const DEFAULT_PROPERTIES = "species:S:1:pos:R:3";
const LARGEST_WIDTH = 10_000;

type Column = Omit<ColumnLayout, "role" | "wanted">;

/** Reads the value of `Properties` (undefined: plain XYZ); the answer is a text when something is wrong with it. */
export function layoutOf(properties: string | undefined, keys: TargetKeys, asked: readonly WantedColumn[]): FrameLayout | string {
  const columns = splitProperties(properties ?? DEFAULT_PROPERTIES);
  if (typeof columns === "string") return columns;
  const positions = columns.find(({ name, width }) => POSITION_NAMES.includes(name) && width === 3);
  const species = columns.find(({ name, type, width }) => SPECIES_NAMES.includes(name) && type === "text" && width === 1);
  const numbers = columns.find(({ name, type, width }) => NUMBER_NAMES.includes(name) && type === "integer" && width === 1);
  const names = columns.map(({ name, type, width }) => `${name}:${letterOf(type)}:${width}`).join(", ");
  if (!positions) return `Properties has no positions (pos:R:3) among ${names}`;
  if (!species && !numbers) return `Properties has neither species (species:S:1) nor atomic numbers (Z:I:1) among ${names}`;
  const wantedAs = new Map(columns.map((column) => [column, asked.find(({ key, per }) => key === column.name && per !== "structure")]));
  const free = columns.filter((column) => column !== positions && !wantedAs.get(column));
  const forceLike = free.filter(({ type, width }) => width === 3 && (type === "real" || type === "integer"));
  const fits = (key: string): boolean => forceLike.some(({ name }) => name === key);
  const forcesChoice = chooseKey("forces", keys, columns.filter((column) => !wantedAs.get(column)).map(({ name }) => name), fits);
  const forces = columns.find(({ name }) => name === forcesChoice[0]?.key);
  if (forces && !forceLike.includes(forces)) {
    return `the forces column ${forces.name}:${letterOf(forces.type)}:${forces.width} is not of the form ${forces.name}:R:3: ${remedyFor("forces")}`;
  }
  const rivals = rivalsOf("forces", forcesChoice);
  if (rivals.length > 0) return describeRivals("forces", [forcesChoice[0], ...rivals].map(({ key }) => `the column "${key}"`));
  const roleOf = (column: Column): ColumnRole => {
    if (column === positions) return "positions";
    if (column === species) return "species";
    if (column === numbers && !species) return "numbers";
    return column === forces ? "forces" : wantedAs.get(column) ? "wanted" : "other";
  };
  const layouts = columns.map((column) => ({ ...column, role: roleOf(column), wanted: wantedAs.get(column) }));
  const problem = layouts.map(problemOf).find((text) => text !== undefined);
  if (problem !== undefined) return problem;
  const others = layouts.filter(({ role }) => role === "other").map(({ name }) => name);
  return {
    others,
    misfits: keys.forces === undefined && !forces ? others.filter((name) => isCandidate("forces", name) && !isNamedKey("forces", name)) : [],
    columns: layouts,
    nValues: columns.reduce((sum, { width }) => sum + width, 0),
    allowsExtra: properties === undefined,
    forcesChoice,
    ...(species && numbers ? { secondNumbers: numbers.name } : {}),
  };
}

/** Why a column cannot be what it was asked for as. */
function problemOf({ name, type, role, wanted }: ColumnLayout): string | undefined {
  if (!wanted || (role === "wanted" && type !== "text")) return undefined;
  const found = role === "wanted" ? "text (S), not numbers" : `the ${role}`;
  return `"${name}" cannot be read as the column "${wanted.name}": it holds ${found}`;
}

/** Whether a name comes back from `Properties`: it may hold colons, but not what looks like the end of a column. */
export function isColumnName(name: string): boolean {
  const columns = splitProperties(`${name}:R:1`);
  return name.trim() === name && typeof columns !== "string" && columns[0].name === name && !/[\p{Cc}]/u.test(name);
}

/** Names may hold colons (`mtt::charges`), where the plain reading has no sense. */
function splitProperties(properties: string): Column[] | string {
  const plain = splitTriples(properties);
  if (typeof plain !== "string" || !/:[SRIL]:\d+$/.test(properties.trim())) return plain;
  const triples = [...properties.trim().matchAll(/(.+?):([SRIL]):([1-9]\d*)(?::|$)/gsy)];
  const length = triples.reduce((sum, [text]) => sum + text.length, 0);
  const columns = triples.map(([, name, letter, width]): Column => ({ name, type: TYPES[letter], width: Number(width) }));
  const isWhole = length === properties.trim().length && columns.every(({ width }) => width <= LARGEST_WIDTH);
  return isWhole && new Set(columns.map(({ name }) => name)).size === columns.length ? columns : plain;
}

function splitTriples(properties: string): Column[] | string {
  const fields = properties.trim().split(":");
  if (fields.length % 3 !== 0) return `Properties must be triples name:type:width, as in ${DEFAULT_PROPERTIES}; found "${properties}"`;
  const columns: Column[] = [];
  for (let i = 0; i < fields.length; i += 3) {
    const [name, letter, width] = fields.slice(i, i + 3);
    if (name === "") return `Properties has a column without a name: "${properties}"`;
    if (columns.some((column) => column.name === name)) return `Properties names the column "${name}" twice`;
    if (!Object.hasOwn(TYPES, letter)) return `column "${name}" has type "${letter}"; S (text), R (real), I (integer) and L (logical) are allowed`;
    if (!/^[1-9]\d*$/.test(width) || Number(width) > LARGEST_WIDTH) return `column "${name}" has width "${width}"; it must be a whole number from 1 to ${LARGEST_WIDTH}`;
    columns.push({ name, type: TYPES[letter], width: Number(width) });
  }
  return columns;
}
