import type { LocatedText } from "./located-text.js";

/** `key=value`, or `key` alone, which means T. */
export interface KeyValue {
  readonly key: LocatedText;
  readonly value: LocatedText | undefined;
}

const isQuote = (character: string): boolean => character === '"' || character === "'";

/** Behind a backslash; what looks like the next option was the next line once. */
const SPACE_IN_WORD = /^[ \t](?!\s*(?:\w+\s*=|[\n#]|$))/u;

/**
 * Words of a command: white space separates them, except in braces and quotes. Quotes outside of braces are taken off, as a shell does, those
 * inside stay; `#` begins a comment, a backslash is left out, and a space behind one is a part of the word unless an option or the end of the line follows.
 * @throws {FormatError} for a brace or a quote without its partner
 */
export function splitWords(command: LocatedText): LocatedText[] {
  const { text } = command;
  const words: LocatedText[] = [];
  const braces: number[] = [];
  let quote: number | undefined;
  let start: number | undefined;
  let word: number[] = [];
  const finish = (): void => {
    if (start !== undefined) words.push(command.pick(word, start));
    [start, word] = [undefined, []];
  };
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    const isSpace = /\s/u.test(character);
    if (character === "\\") {
      if (start !== undefined && SPACE_IN_WORD.test(text.slice(i + 1))) word.push(++i);
      continue;
    }
    if (character === "#" && quote === undefined && (i === 0 || /[\s{]/u.test(text[i - 1]))) {
      while (i + 1 < text.length && text[i + 1] !== "\n") i++;
      continue;
    }
    if (isSpace && quote === undefined && braces.length === 0) {
      finish();
      continue;
    }
    start ??= i;
    const isOuterQuote = isQuote(character) && (quote === undefined ? braces.length === 0 : text[quote] === character);
    if (isOuterQuote) {
      quote = quote === undefined ? i : undefined;
      continue;
    }
    if (character === "{") braces.push(i);
    if (character === "}" && braces.pop() === undefined) throw command.error("this } has no { before it", i);
    word.push(i);
  }
  if (braces.length > 0) throw command.error("this { is never closed", braces[0]);
  if (quote !== undefined) throw command.error(`this ${text[quote]} is never closed`, quote);
  finish();
  return words;
}

/**
 * Words as keys with their values; `key = value` with spaces counts as one.
 * @throws {FormatError} for a value without a key
 */
export function keyValues(words: readonly LocatedText[]): KeyValue[] {
  const found: KeyValue[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i];
    const equals = word.text.indexOf("=");
    const key = word.slice(0, equals < 0 ? undefined : equals);
    if (!/^\w+$/u.test(key.text)) throw word.error(`expected key=value, not "${shorten(word.text)}"`);
    if (equals < 0 && !words[i + 1]?.text.startsWith("=")) {
      found.push({ key, value: undefined });
      continue;
    }
    let value = equals < 0 ? words[++i].slice(1) : word.slice(equals + 1);
    // a value that stands apart from its =
    const isApart = value.text === "" && words[i + 1] !== undefined && !/^\w+\s*=/u.test(words[i + 1].text) && !words[i + 2]?.text.startsWith("=");
    if (isApart) value = words[++i];
    requireSpaceBehind(value);
    found.push({ key, value });
  }
  return found;
}

/** @throws {FormatError} where the next option begins at the brace that closes a value */
function requireSpaceBehind(value: LocatedText): void {
  const { text } = value;
  const end = text.startsWith("{") ? closing(text) + 1 : 0;
  if (end > 0 && /^\s*[^\s:]/u.test(text.slice(end))) throw value.error(`expected white space after }, not "${shorten(text.slice(end))}"`, end);
}

/** A value without the braces and quotes around it, of which there may be several pairs. */
export function unwrapped(value: LocatedText): LocatedText {
  const inner = value.trim();
  const { text } = inner;
  const isQuoted = text.length > 1 && isQuote(text[0]) && text.indexOf(text[0], 1) === text.length - 1;
  if (isQuoted || (text.startsWith("{") && closing(text) === text.length - 1)) return unwrapped(inner.slice(1, text.length - 1));
  return inner;
}

/** Position of the brace that closes the first one. */
function closing(text: string): number {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === "{") depth++;
    if (text[i] === "}" && --depth === 0) return i;
  }
  return -1;
}

/** Parts between colons that are in no braces and no quotes, trimmed; empty ones are left out. */
export function splitAtColons(list: LocatedText): LocatedText[] {
  const parts: LocatedText[] = [];
  let [depth, first] = [0, 0];
  let quote = "";
  for (let i = 0; i <= list.text.length; i++) {
    const character = list.text[i] as string | undefined;
    if (character === "{") depth++;
    if (character === "}") depth--;
    if (character !== undefined && isQuote(character) && (quote === "" || quote === character)) quote = quote === "" ? character : "";
    if (character !== undefined && (character !== ":" || depth > 0 || quote !== "")) continue;
    const part = list.slice(first, i).trim();
    if (part.text !== "") parts.push(part);
    first = i + 1;
  }
  return parts;
}

const LONGEST = 40;

/** For messages. */
export function shorten(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}…`;
}
