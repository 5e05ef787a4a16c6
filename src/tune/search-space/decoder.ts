import { InternalError } from "../../errors.js";
import type { Dimension, Point } from "../../optimizers/optimizer.js";
import type { Condition, Entry, Reference } from "./compile.js";
import { type CompleteCandidate, lookUp } from "./complete.js";
import { levelsOf, type Range, shareOf, valueAtShare } from "./range.js";
import type { ParameterValue } from "./search-space.js";

/** How a reference is looked up. */
type Look = (reference: Reference) => unknown;

/** An entry that is searched: its dimension, and its levels where it has some. */
export interface SearchedEntry {
  readonly entry: Entry;
  /** position in a point */
  readonly index: number;
  readonly dimension: Dimension;
  /** absent for ranges that are searched like real numbers */
  readonly levels: readonly ParameterValue[] | undefined;
}

/** Translates points into values; knows nothing of what the values mean. */
export class Decoder {
  /** in the order as written, which is the order of the dimensions */
  readonly searched: readonly SearchedEntry[];
  private readonly searchedByName: ReadonlyMap<string, SearchedEntry>;

  /**
   * @param ordered every entry after those it refers to
   * @param written the same entries in the order of the file
   * @param complete the candidate that gives the values of what is not searched
   */
  constructor(readonly ordered: readonly Entry[], written: readonly Entry[], readonly complete: CompleteCandidate) {
    const byName = new Map<string, SearchedEntry>();
    const isStatic = (reference: Reference): boolean => !dependsOnPoint.has(reference.name);
    const dependsOnPoint = new Set<string>();
    for (const entry of ordered) {
      const { rule } = entry;
      const references = [...(rule.kind === "range" ? [rule.from, rule.to].filter((end) => typeof end !== "number") : []), ...(rule.kind === "tie" ? [rule.target] : [])];
      const isSearched = rule.kind === "range" || rule.kind === "values";
      if (isSearched || !references.every(isStatic) || entry.conditions.some(({ reference }) => !isStatic(reference))) dependsOnPoint.add(entry.name);
    }
    const fixed = this.look(this.evaluate(ordered.filter(({ name }) => !dependsOnPoint.has(name)), () => undefined));
    for (const entry of written) {
      const { rule } = entry;
      if (rule.kind === "fixed" || rule.kind === "tie") continue;
      const hasStaticEnds = rule.kind === "range" && [rule.from, rule.to].every((end) => typeof end === "number" || isStatic(end));
      const levels = rule.kind === "values" ? rule.values : hasStaticEnds ? levelsOf(rangeOf(entry, fixed)!) : undefined;
      const dimension = dimensionOf(levels, rule.kind === "values" && rule.isCategorical);
      byName.set(entry.name, { entry, index: byName.size, dimension, levels });
    }
    this.searchedByName = byName;
    this.searched = [...byName.values()];
  }

  /** The values of all active entries. */
  decode(point: Point, only: ReadonlySet<Entry> | undefined = undefined): Map<string, ParameterValue> {
    this.checkPoint(point);
    const entries = only ? this.ordered.filter((entry) => only.has(entry)) : this.ordered;
    return this.evaluate(entries, ({ name }) => point[this.searchedByName.get(name)?.index ?? -1]);
  }

  /** The coordinate of every searched entry for the values that a candidate has; undefined where one lies outside. */
  encode(complete: CompleteCandidate): (number | undefined)[] {
    const look: Look = ({ path }) => lookUp(complete, path);
    return this.searched.map((searched) => {
      const { entry } = searched;
      const coordinate = this.coordinateOf(searched, look(entry), look);
      return coordinate ?? (isActive(entry, look) ? undefined : middleOf(searched.dimension));
    });
  }

  find(name: string): SearchedEntry | undefined {
    return this.searchedByName.get(name);
  }

  /** The ends of a range at a point; undefined where the entry is inactive or no range. */
  rangeAt(entry: Entry, point: Point): Range | undefined {
    const look = this.look(this.decode(point));
    return isActive(entry, look) ? rangeOf(entry, look) : undefined;
  }

  isActiveAt(entry: Entry, point: Point): boolean {
    return isActive(entry, this.look(this.decode(point)));
  }

  private coordinateOf({ entry, dimension, levels }: SearchedEntry, value: unknown, look: Look): number | undefined {
    if (dimension.kind === "categorical") return found(levels!.findIndex((level) => level === value));
    if (typeof value !== "number") return undefined;
    if (!levels) return shareOf(rangeOf(entry, look)!, value);
    const ends = [Number(levels[0]), Number(levels.at(-1))];
    const tolerance = 1e-9 * Math.max(...ends.map(Math.abs));
    if (!(value >= ends[0] - tolerance && value <= ends[1] + tolerance)) return undefined;
    return nearest(levels as readonly number[], value);
  }

  private evaluate(entries: readonly Entry[], coordinate: (entry: Entry) => number | undefined): Map<string, ParameterValue> {
    const values = new Map<string, ParameterValue>();
    const look = this.look(values);
    for (const entry of entries) {
      if (isActive(entry, look)) values.set(entry.name, this.valueOf(entry, coordinate(entry), look));
    }
    return values;
  }

  private valueOf(entry: Entry, coordinate: number | undefined, look: Look): ParameterValue {
    const { rule } = entry;
    switch (rule.kind) {
      case "fixed":
        return rule.value;
      case "tie": {
        const value = look(rule.target) as ParameterValue;
        if (typeof value !== "number" || (rule.factor === 1 && rule.plus === 0 && !rule.isInteger)) return value;
        const follows = Number((rule.factor * value + rule.plus).toPrecision(15));
        return rule.isInteger ? Math.round(follows) : follows;
      }
      case "range":
      case "values": {
        const { levels } = this.searchedByName.get(entry.name)!;
        return levels ? levels[coordinate!] : valueAtShare(rangeOf(entry, look)!, coordinate!);
      }
    }
  }

  private look(values: ReadonlyMap<string, ParameterValue>): Look {
    return ({ name, path }) => values.get(name) ?? lookUp(this.complete, path);
  }

  private checkPoint(point: Point): void {
    const isRight =
      point.length === this.searched.length &&
      this.searched.every(({ dimension }, index) => {
        const x = point[index];
        return dimension.kind === "continuous" ? x >= 0 && x <= 1 : Number.isInteger(x) && x >= 0 && x < dimension.levels;
      });
    if (!isRight) throw new InternalError(`[${point.join(", ")}] is not a point of a search space of ${this.searched.length} dimensions`);
  }
}

export function isActive({ conditions }: Entry, look: Look): boolean {
  return conditions.every(({ reference, allowed }: Condition) => allowed.includes(look(reference) as ParameterValue));
}

function rangeOf({ rule }: Entry, look: Look): Range | undefined {
  if (rule.kind !== "range") return undefined;
  const end = (bound: number | Reference): number => (typeof bound === "number" ? bound : Number(look(bound)));
  return { low: end(rule.from), high: end(rule.to), isLog: rule.isLog, isInteger: rule.isInteger, step: rule.step };
}

function dimensionOf(levels: readonly ParameterValue[] | undefined, isCategorical: boolean): Dimension {
  if (!levels) return { kind: "continuous" };
  return { kind: isCategorical ? "categorical" : "ordered", levels: levels.length };
}

/** A coordinate where the value does not matter. */
export function middleOf(dimension: Dimension): number {
  return dimension.kind === "continuous" ? 0.5 : dimension.kind === "ordered" ? Math.floor((dimension.levels - 1) / 2) : 0;
}

function found(index: number): number | undefined {
  return index < 0 ? undefined : index;
}

function nearest(levels: readonly number[], value: number): number {
  let best = 0;
  for (let i = 1; i < levels.length; i++) if (Math.abs(levels[i] - value) < Math.abs(levels[best] - value)) best = i;
  return best;
}
