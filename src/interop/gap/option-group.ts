import { suggestionFor } from "../../suggestion.js";
import { type KeyValue, shorten, unwrapped } from "./command-words.js";
import type { LocatedText } from "./located-text.js";
import type { Notes } from "./notes.js";

/** What is known of an option of gap_fit. */
export interface GapOption {
  /** Other names. */
  readonly aliases?: readonly string[];
  /** Has no influence on the potential. */
  readonly isUnneeded?: true;
  /** There is no counterpart: what to do instead. */
  readonly lost?: string;
  /** With this value nothing is lost. */
  readonly without?: string;
  /** What is lost are other values of the descriptor, not how the fit is done. */
  readonly changesValues?: true;
}

/** Options by their usual names. */
export type GapOptions = Readonly<Record<string, GapOption>>;

interface Given {
  readonly key: LocatedText;
  readonly value: LocatedText | undefined;
}

/** The options of a command or of a descriptor string, by their usual names. */
export class OptionGroup {
  private readonly given = new Map<string, Given>();

  /**
   * @param where what messages call the group: "gap_fit", "soap"
   * @throws {FormatError} for an option that is unknown, or given twice
   */
  constructor(
    readonly where: string,
    /** Of the group as a whole. */
    readonly place: LocatedText,
    pairs: readonly KeyValue[],
    private readonly known: GapOptions,
  ) {
    const names = new Map(Object.entries(known).flatMap(([name, { aliases = [] }]) => [name, ...aliases].map((alias) => [alias, name] as const)));
    for (const { key, value } of pairs) {
      const name = names.get(key.text);
      if (name === undefined) {
        throw key.error(`${where} has no option "${shorten(key.text)}" that is known here${suggestionFor(key.text, names.keys())}`);
      }
      const earlier = this.given.get(name);
      if (earlier) {
        throw key.error(earlier.key.text === key.text ? `${key.text} is given twice` : `${key.text} is ${earlier.key.text}, which is given already; keep one`);
      }
      this.given.set(name, { key, value });
    }
  }

  has(name: string): boolean {
    return this.given.has(name);
  }

  /** As written, without braces and quotes around it. */
  text(name: string): string | undefined {
    return this.located(name)?.text;
  }

  /** The same with its place. */
  located(name: string): LocatedText | undefined {
    const given = this.given.get(name);
    return given && (given.value ? unwrapped(given.value) : given.key.slice(given.key.text.length));
  }

  /** The name that was used for it. */
  nameOf(name: string): string {
    return this.given.get(name)?.key.text ?? name;
  }

  /** @throws {FormatError} for what is no number */
  number(name: string): number | undefined {
    const located = this.located(name);
    return located && numberFrom(located, this.nameOf(name));
  }

  /** @throws {FormatError} for what is no number above zero, or not there */
  positive(name: string): number {
    const value = this.number(name);
    if (value === undefined) throw this.place.error(`${this.where} needs ${name}`);
    if (value > 0) return value;
    throw this.located(name)!.error(`${this.nameOf(name)} is ${value}; it must be above 0`);
  }

  /** @throws {FormatError} for what is no whole number, or below the minimum */
  integer(name: string, minimum: number): number | undefined {
    const value = this.number(name);
    if (value === undefined || (Number.isInteger(value) && value >= minimum)) return value;
    throw this.located(name)!.error(`${this.nameOf(name)} is ${value}; it must be a whole number from ${minimum} on`);
  }

  /** Numbers between white space or commas. @throws {FormatError} for anything else */
  numbers(name: string): number[] | undefined {
    const located = this.located(name);
    return located && listOf(located).map((part) => numberFrom(part, this.nameOf(name)));
  }

  /** @throws {FormatError} for what is neither T nor F */
  flag(name: string, otherwise: boolean): boolean {
    const given = this.given.get(name);
    if (!given) return otherwise;
    const text = given.value ? unwrapped(given.value).text : "T";
    if (/^(?:\.?t(?:rue)?\.?|yes|1)$/iu.test(text)) return true;
    if (/^(?:\.?f(?:alse)?\.?|no|0)$/iu.test(text)) return false;
    throw given.value!.error(`${given.key.text} is "${shorten(text)}"; it must be T or F`);
  }

  /** Names what is lost and what is not needed. */
  note(notes: Notes, label = ""): void {
    for (const [name, { key }] of this.given) {
      if (this.known[name].isUnneeded) notes.unneeded(label + key.text);
      const lost = this.lostWith(name);
      if (lost !== undefined) notes.lost(label + key.text, lost);
    }
  }

  /** The first option without a counterpart that changes the values of a descriptor. */
  changed(): { readonly key: LocatedText; readonly reason: string } | undefined {
    for (const [name, { key }] of this.given) {
      const reason = this.known[name].changesValues ? this.lostWith(name) : undefined;
      if (reason !== undefined) return { key, reason };
    }
    return undefined;
  }

  private lostWith(name: string): string | undefined {
    const { lost, without } = this.known[name];
    const { value } = this.given.get(name)!;
    return without !== undefined && sameValue(value ? unwrapped(value).text : "T", without) ? undefined : lost;
  }
}

function sameValue(a: string, b: string): boolean {
  const plain = (text: string): string => (/^\.?[tf](?:rue|alse)?\.?$/iu.test(text) ? text.replace(".", "")[0].toLowerCase() : text.toLowerCase());
  return plain(a) === plain(b) || (a.trim() !== "" && Number(a) === Number(b));
}

/** Parts between white space, commas and braces. */
export function listOf(located: LocatedText): LocatedText[] {
  return [...located.text.matchAll(/[^\s,{}"']+/gu)].map(({ index, 0: word }) => located.slice(index, index + word.length));
}

/** A number of Fortran: 1.0d-3, .5, 5. @throws {FormatError} */
export function numberFrom(located: LocatedText, name: string): number {
  const text = located.text.replace(/,$/u, "");
  const value = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[ed][+-]?\d+)?$/iu.test(text) ? Number(text.replace(/d/iu, "e")) : NaN;
  if (Number.isFinite(value)) return value;
  throw located.error(`${name} is "${shorten(located.text)}"; it must be a number`);
}
