import { InvalidParameterError } from "../../errors.js";
import { formatPath } from "../../parameter-path.js";
import type { Dimension, Point } from "../../optimizers/optimizer.js";
import type { Entry } from "./compile.js";
import { completeCandidate } from "./complete.js";
import { type Decoder, middleOf, type SearchedEntry } from "./decoder.js";
import { withAncestors } from "./order.js";
import { SearchParameterError } from "./parameter-error.js";
import { gridSize } from "./range.js";
import type { Candidate } from "./search-space.js";

/** Pairs of parameters beyond this number are not tried together. */
const MAX_PAIRS = 300;
/** Corners of the parameters that a bound depends on, likewise. */
const MAX_CORNERS = 4096;

export interface CheckedSpace {
  readonly decoder: Decoder;
  /** A point to vary: that of the file as far as it lies inside. */
  readonly start: Point;
  /** The base candidate with some values in place. */
  readonly build: (values: ReadonlyMap<string, unknown>) => Candidate;
}

/**
 * Tries what the search will try: every parameter at its ends, in the middle and at every choice, alone and in pairs. What the fit
 * file's own rules refuse is an error here, before anything is computed.
 * @throws {SearchParameterError}
 */
export function checkSpace(space: CheckedSpace): void {
  const { decoder } = space;
  const byName = new Map(decoder.ordered.map((entry) => [entry.name, entry]));
  for (const entry of decoder.ordered) {
    checkBounds(space, entry, byName);
    checkAlone(space, entry, byName);
  }
  checkPairs(space);
}

/** A copy of the point at which the conditions of an entry hold. */
function activate(decoder: Decoder, point: Point, entry: Entry): Point {
  let moved = point;
  for (const { reference, allowed } of entry.conditions) {
    const target = decoder.find(reference.name);
    if (!target) continue;
    const level = target.levels?.findIndex((value) => allowed.includes(value)) ?? -1;
    const isMet = decoder.isActiveAt(target.entry, moved) && allowed.includes(target.levels?.[moved[target.index]] ?? "");
    if (level < 0 || isMet) continue;
    moved = moveTo(activate(decoder, moved, target.entry), target, level);
  }
  return moved;
}

function moveTo(point: Point, { index }: SearchedEntry, coordinate: number): Point {
  return point.map((x, position) => (position === index ? coordinate : x));
}

function probesOf(dimension: Dimension): number[] {
  if (dimension.kind === "continuous") return [0, 1, 0.5];
  if (dimension.kind === "categorical") return Array.from({ length: dimension.levels }, (_, level) => level);
  return [...new Set([0, dimension.levels - 1, middleOf(dimension)])];
}

function endsOf(dimension: Dimension): number[] {
  if (dimension.kind === "continuous") return [0, 1];
  if (dimension.kind === "categorical") return probesOf(dimension);
  return [0, dimension.levels - 1];
}

/** Part of the entry that sets the value of a probe. */
function partOf({ rule }: Entry, probe: number, count: number): readonly PropertyKey[] {
  if (rule.kind === "range") return [probe === 0 ? "from" : "to"];
  if (rule.kind === "values") return rule.isCategorical ? ["values", probe] : ["values", probe === 0 ? 0 : count - 1];
  return [rule.kind === "fixed" ? "value" : "same"];
}

function checkAlone(space: CheckedSpace, entry: Entry, byName: ReadonlyMap<string, Entry>): void {
  const { decoder, start, build } = space;
  const searched = decoder.find(entry.name);
  const family = withAncestors(entry, byName);
  const active = activate(decoder, start, entry);
  for (const probe of searched ? probesOf(searched.dimension) : [0]) {
    const point = searched ? moveTo(active, searched, probe) : active;
    const alone = decoder.decode(point, family);
    const failure = failureOf(build(alone));
    // some values are right only together with others
    if (failure === undefined || failureOf(build(decoder.decode(point))) === undefined) continue;
    const isUnknown = unknownKey(failure, entry) === "own";
    const part = isUnknown ? [] : partOf(entry, probe, searched?.levels?.length ?? 0);
    throw new SearchParameterError([entry.key, ...part], isUnknown ? "key" : "value", explain(failure, entry, alone, isUnknown));
  }
}

function failureOf(candidate: Candidate): InvalidParameterError | undefined {
  try {
    completeCandidate(candidate);
    return undefined;
  } catch (error) {
    if (error instanceof InvalidParameterError) return error;
    throw error;
  }
}

/** Whether a failure is about an unknown key, and whether that lies on the path of the parameter itself. */
function unknownKey({ problem }: InvalidParameterError, { path }: Entry): "own" | "foreign" | undefined {
  if (problem?.kind !== "unknown-key") return undefined;
  return problem.path.every((part, depth) => part === path[depth]) ? "own" : "foreign";
}

function explain(failure: InvalidParameterError, entry: Entry, values: ReadonlyMap<string, unknown>, isUnknown: boolean): string {
  const { name, rule } = entry;
  const { message, problem } = failure;
  if (isUnknown) return `${name} is not a parameter of this file: ${message}`;
  const value = values.get(name);
  const where = `where ${name} is ${JSON.stringify(value)}`;
  if (unknownKey(failure, entry) === "foreign") {
    return `${message} (${where}); what belongs to other values of ${name} only needs a condition: { value: …, when: { ${name}: … } }`;
  }
  const isOwnValue = (problem?.kind === "value" || problem?.kind === "missing") && formatPath(problem.path) === name;
  if (!isOwnValue) return `${message} (${where})`;
  if (rule.kind === "range") return `${message} (${JSON.stringify(value)} lies in the range that is to be searched)`;
  return message;
}

/** Every corner of the parameters that the ends of a range depend on must leave a range. */
function checkBounds({ decoder, start }: CheckedSpace, entry: Entry, byName: ReadonlyMap<string, Entry>): void {
  const { rule } = entry;
  if (rule.kind !== "range") return;
  const family = [...withAncestors(entry, byName)].flatMap((one) => (one === entry ? [] : (decoder.find(one.name) ?? [])));
  let corners: Point[] = [start];
  for (const searched of family) {
    if (corners.length > MAX_CORNERS) break;
    corners = corners.flatMap((corner) => endsOf(searched.dimension).map((end) => moveTo(corner, searched, end)));
  }
  for (const corner of corners) {
    const range = decoder.rangeAt(entry, corner);
    if (!range) continue;
    const where = family.map(({ entry: { name } }) => [name, decoder.decode(corner).get(name)]).filter(([, value]) => value !== undefined);
    const at = where.length > 0 ? ` where ${where.map(([name, value]) => `${name} is ${JSON.stringify(value)}`).join(" and ")}` : "";
    const fail = (part: "from" | "to", message: string): never => {
      throw new SearchParameterError([entry.key, part], "value", `${entry.name}: ${message}${at}`);
    };
    const { low, high } = range;
    const moving = typeof rule.from === "number" ? "to" : "from";
    if (!(low <= high)) fail(moving, `the range ends at ${high}, below its start ${low},`);
    if (low === high && family.length === 0) fail(moving, `the range from ${low} to ${high} holds one value; write { value: ${low} }`);
    if (range.isLog && low <= 0) fail("from", `a logarithmic range starts above 0, but it starts at ${low}`);
    if (range.step > 0 && gridSize(range) < 1) fail("to", `there is no whole number from ${low} to ${high}`);
    if (range.step > 0 && gridSize(range) < 2 && family.length === 0) fail("to", `a step of ${range.step} leaves one value from ${low} to ${high}; write { value: … }`);
  }
}

/** Two parameters at their ends together, where the rest is as in the file. */
function checkPairs({ decoder, start, build }: CheckedSpace): void {
  const { searched } = decoder;
  let tried = 0;
  for (const [position, first] of searched.entries()) {
    for (const second of searched.slice(position + 1)) {
      if (++tried > MAX_PAIRS) return;
      const active = activate(decoder, activate(decoder, start, first.entry), second.entry);
      for (const a of endsOf(first.dimension)) {
        for (const b of endsOf(second.dimension)) checkPair(decoder, build, moveTo(moveTo(active, first, a), second, b), [first, second]);
      }
    }
  }
}

function checkPair(decoder: Decoder, build: CheckedSpace["build"], point: Point, [first, second]: readonly SearchedEntry[]): void {
  const values = decoder.decode(point);
  const failure = failureOf(build(values));
  if (failure === undefined) return;
  const describe = ({ entry }: SearchedEntry): string => `${entry.name} is ${JSON.stringify(values.get(entry.name) ?? "not active")}`;
  throw new SearchParameterError(
    [second.entry.key],
    "value",
    `${failure.message} (where ${describe(first)} and ${describe(second)}); let a bound follow the other parameter, for example to: ${first.entry.name}`,
  );
}
