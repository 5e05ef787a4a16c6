import type { InfoValue } from "../../structure.js";
import type { ReadSource } from "../format.js";
import { readCell } from "./cell.js";
import { NO_COLUMNS, takeColumns } from "./columns.js";
import { type CommentEntry, parseComment, realKeysOf, uniqueEntries } from "./comment.js";
import { type Header, HeaderPlan, type NamedEntries } from "./header-plan.js";
import { type FrameLayout, layoutOf } from "./properties.js";
import { noteMisplaced, readTargets, ValueProblem } from "./targets.js";

/** Files have few kinds of frames; the limit is for those that do not. */
const MOST_LAYOUTS = 100;
/** Kinds of comment lines that are known at a time, and that are looked at in one file. */
const PLANS_KEPT = 4;
const PLANS_MADE = 50;

const NO_INFO: ReadonlyMap<string, InfoValue> = new Map();

/** Reads comment lines. */
export class HeaderReader {
  private readonly decoder = new TextDecoder();
  private readonly layouts = new Map<string | undefined, FrameLayout | string>();
  /** The one that served last comes first. */
  readonly plans: HeaderPlan[] = [];
  /** How often there was a new one. */
  plansMade = 0;

  constructor(private readonly source: ReadSource) {}

  /**
   * The line from `start` to the line break at `end`.
   * @throws {ValueProblem}
   */
  read(bytes: Uint8Array, start: number, end: number): Header {
    const lineEnd = end > start && bytes[end - 1] === RETURN ? end - 1 : end;
    return this.readByPlan(bytes, start, lineEnd) ?? this.readText(this.decoder.decode(bytes.subarray(start, lineEnd)));
  }

  /** Lines that differ from one before in their numbers and texts only. */
  private readByPlan(bytes: Uint8Array, start: number, end: number): Header | undefined {
    for (let k = 0; k < this.plans.length; k++) {
      const plan = this.plans[k];
      const header = plan.read(bytes, start, end);
      if (!header) continue;
      if (k > 0) this.plans.unshift(...this.plans.splice(k, 1));
      plan.tell(this.source.tally);
      return header;
    }
    return undefined;
  }

  private readText(line: string): Header {
    const parsed = parseComment(line);
    if (!Array.isArray(parsed)) throw new ValueProblem(parsed.reason, parsed.column);
    const entries = uniqueEntries(parsed);
    if (!(entries instanceof Map)) throw new ValueProblem(entries.reason, entries.column);
    const named = takeNamed(entries, this.source.keys.configType);
    const isOnce = entries.size + Object.values(named).filter(Boolean).length === parsed.length;
    const { header, isPlain } = this.interpret(entries, named);
    if (isPlain && isOnce && this.plansMade < PLANS_MADE) this.addPlan(HeaderPlan.of(line, parsed, named, header, this.source));
    return header;
  }

  private addPlan(plan: HeaderPlan | undefined): void {
    if (!plan) return;
    this.plansMade++;
    if (this.plans.unshift(plan) > PLANS_KEPT) this.plans.pop();
  }

  /** Plain is a line that leaves no choice and no word to say. */
  private interpret(entries: Map<string, CommentEntry>, named: NamedEntries): { readonly header: Header; readonly isPlain: boolean } {
    const { keys, tally } = this.source;
    const layout = this.layoutFor(named.properties);
    const { cell, pbc } = readCell(named.lattice, named.pbc);
    tally.addNames(entries.keys(), layout.columns.map(({ name }) => name));
    tally.addChoice("forces", layout.forcesChoice);
    const columns = this.source.columns.wanted.length === 0 ? NO_COLUMNS : takeColumns(entries, layout, this.source.columns);
    const targets = readTargets(entries, cell, keys, tally);
    for (const key of targets.consumed) entries.delete(key);
    const nNotes = noteMisplaced(entries, layout, targets, keys, tally);
    const others = [...entries.values()];
    tally.addUnread("structure", entries.keys());
    tally.addUnread("atom", layout.others);
    const header = {
      cell,
      pbc,
      layout,
      configType: named.configType?.text ?? "",
      targets,
      columns,
      // most frames have nothing else to say: they share one empty map
      info: others.length === 0 ? NO_INFO : new Map(others.map(({ key, value }) => [key, value])),
      realKeys: realKeysOf(others),
    };
    return { header, isPlain: nNotes === 0 && this.source.columns.wanted.length === 0 };
  }

  private layoutFor(entry: CommentEntry | undefined): FrameLayout {
    const layout = this.layouts.get(entry?.text) ?? layoutOf(entry?.text, this.source.keys, this.source.columns.wanted);
    if (this.layouts.size < MOST_LAYOUTS) this.layouts.set(entry?.text, layout);
    if (typeof layout === "string") throw new ValueProblem(layout, entry?.column ?? 1);
    return layout;
  }
}

const RETURN = 13;

/** Takes them out of the entries. */
function takeNamed(entries: Map<string, CommentEntry>, configKey = "config_type"): NamedEntries {
  const take = (name: string): CommentEntry | undefined => {
    let entry = entries.get(name);
    for (const key of entry ? [] : entries.keys()) {
      if (key.length === name.length && key.toLowerCase() === name.toLowerCase()) entry = entries.get(key);
    }
    if (entry) entries.delete(entry.key);
    return entry;
  };
  const [lattice, properties, pbc] = ["Lattice", "Properties", "pbc"].map(take);
  const configType = entries.get(configKey);
  if (configType) entries.delete(configKey);
  return { lattice, properties, pbc, configType };
}
