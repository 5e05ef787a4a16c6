import type { InfoValue } from "../../structure.js";
import { parseDecimal } from "../decimal.js";

/** A value of the comment line; `isReal` when all its numbers are whole but some were written as reals, such as 1.0 or 1e3. */
export interface ParsedValue {
  readonly value: InfoValue;
  readonly isReal: boolean;
}

const INTEGER = /^[+-]?(?:0|[1-9]\d*)$/;
const WORD = /[^\s,]+/g;
const BARE_ELEMENT = /[^\s,[\]]+/y;
const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ...["T", "True", "true", "TRUE"].map((word) => [word, true] as const),
  ...["F", "False", "false", "FALSE"].map((word) => [word, false] as const),
]);

/** The boolean of `T F true false True False TRUE FALSE`; undefined for other words. */
export function parseBoolean(word: string): boolean | undefined {
  return BOOLEANS.get(word);
}

type Word = { readonly kind: "integer" | "real" | "boolean"; readonly value: number | boolean } | undefined;

function parseWord(word: string): Word {
  const boolean = BOOLEANS.get(word);
  if (boolean !== undefined) return { kind: "boolean", value: boolean };
  // whole numbers that a double cannot hold, and those with leading zeros, are names rather than quantities: kept as text
  if (INTEGER.test(word)) return Number.isSafeInteger(Number(word)) ? { kind: "integer", value: Number(word) } : undefined;
  if (/^[+-]?\d+$/.test(word)) return undefined;
  const value = parseDecimal(word);
  return value === undefined ? undefined : { kind: "real", value };
}

/** Whether all numbers are whole, so that only a mark tells that they were written as reals. */
function needsRealMark(words: readonly Word[]): boolean {
  return words.some((word) => word?.kind === "real") && words.every((word) => word?.kind !== "boolean" && Number.isInteger(word?.value));
}

/**
 * Interprets the text of a bare, quoted or braced value as ASE does: numbers or booleans separated by spaces or commas are an array,
 * a single one is a scalar, `_JSON …` is JSON, everything else is text.
 */
export function interpretText(text: string): ParsedValue {
  if (text.startsWith("_JSON ")) {
    return interpretJson(text.slice(6)) ?? { value: text, isReal: false };
  }
  WORD.lastIndex = 0;
  const parsed: Word[] = [];
  // most values are one word or begin with one that is no number: nothing is split before that is known
  for (let match = WORD.exec(text); match; match = WORD.exec(text)) {
    const word = parseWord(match[0]);
    if (word === undefined || (word.kind === "boolean") !== ((parsed[0] ?? word).kind === "boolean")) return { value: text, isReal: false };
    parsed.push(word);
  }
  if (parsed.length === 0) return { value: text, isReal: false };
  const values = parsed.map((word) => word!.value);
  return { value: values.length === 1 ? values[0] : values, isReal: needsRealMark(parsed) };
}

/** JSON with what programs add to it, NaN and infinities in arrays; undefined when it cannot be read. */
function interpretJson(json: string): ParsedValue | undefined {
  const value = parseJson(json);
  const array = json.trimStart().startsWith("[") ? parseArray(json.trim(), 0) : undefined;
  if (value !== undefined) return { value, isReal: array?.parsed.isReal ?? false };
  return array?.end === json.trim().length ? array.parsed : undefined;
}

function parseJson(text: string): InfoValue | undefined {
  // ASE leaves "\n" of JSON unescaped, which the quoted string has turned into a line break
  for (const candidate of [text, text.replaceAll("\n", "\\n")]) {
    try {
      return JSON.parse(candidate) as InfoValue;
    } catch {
      continue;
    }
  }
  return undefined;
}

/** Content of `{…}`: a JSON object, or an array or text as in quotes. */
export function interpretBraces(content: string): ParsedValue {
  const object = content.includes(":") || content.trim() === "" ? parseJson(`{${content}}`) : undefined;
  return object === undefined ? interpretText(content) : { value: object, isReal: false };
}

/**
 * Reads a bracketed array `[1, 2]`, `[[T, F], [T, T]]`, `["a", b]` that starts at `start`; commas may be missing.
 * Returns undefined when the brackets are not balanced.
 */
export function parseArray(text: string, start: number): { readonly parsed: ParsedValue; readonly end: number } | undefined {
  const words: Word[] = [];
  let position = start;
  const element = (): InfoValue | undefined => {
    const char = text[position];
    if (char === "[") return array();
    if (char === '"' || char === "'") {
      const quoted = readQuoted(text, position);
      if (!quoted) return undefined;
      position = quoted.end;
      words.push(undefined);
      return quoted.text;
    }
    BARE_ELEMENT.lastIndex = position;
    const token = BARE_ELEMENT.exec(text)![0];
    position += token.length;
    const word = parseWord(token);
    words.push(word);
    return word ? word.value : token === "null" ? null : token;
  };
  const array = (): InfoValue[] | undefined => {
    const values: InfoValue[] = [];
    for (position++; ; ) {
      while (position < text.length && /[\s,]/.test(text[position])) position++;
      if (position >= text.length) return undefined;
      if (text[position] === "]") {
        position++;
        return values;
      }
      const value = element();
      if (value === undefined) return undefined;
      values.push(value);
    }
  };
  const value = array();
  return value === undefined ? undefined : { parsed: { value, isReal: needsRealMark(words) }, end: position };
}

/** `array(…)`, `tensor(…, dtype=…)`, `np.float64(…)`: what Python prints of numbers. */
const CONSTRUCTOR = /^(?:\w+\.)*(?:array|asarray|matrix|tensor|float\d*)\((.*?)(?:,\s*(?:dtype|device|requires_grad|grad_fn)\s*=[^()[\]]*)*\)$/su;

/**
 * The numbers of a text that programs print for an array or a number: `[0.1 0.2]`, `[[1, 2], [3, 4]]`, `(1, 2)`, `array([1., 2.])`,
 * `np.float64(-3.5)`, `0001 2`. Undefined when it says anything else, such as `[0.1 ... 0.2]` or `None`.
 */
export function readPrintedNumbers(text: string): InfoValue | undefined {
  const trimmed = text.trim();
  const content = (CONSTRUCTOR.exec(trimmed)?.[1] ?? trimmed).replaceAll("(", "[").replaceAll(")", "]").trim();
  if (!content.startsWith("[")) {
    const numbers = content.split(/[\s,]+/).filter(Boolean).map(parseDecimal);
    if (numbers.length === 0 || numbers.includes(undefined)) return undefined;
    return numbers.length === 1 ? numbers[0] : (numbers as number[]);
  }
  const array = parseArray(content, 0);
  return array?.end === content.length && holdsNumbers(array.parsed.value) ? array.parsed.value : undefined;
}

function holdsNumbers(value: InfoValue): boolean {
  return typeof value === "number" || (Array.isArray(value) && value.length > 0 && value.every(holdsNumbers));
}

/** Reads a quoted text; `\"`, `\\` and `\n` are unescaped, other backslashes stay. Returns undefined without a closing quote. */
export function readQuoted(line: string, start: number): { readonly text: string; readonly end: number } | undefined {
  const quote = line[start];
  const close = line.indexOf(quote, start + 1);
  if (close < 0) return undefined;
  const plain = line.slice(start + 1, close);
  if (!plain.includes("\\")) return { text: plain, end: close + 1 };
  let text = "";
  for (let i = start + 1; i < line.length; i++) {
    const char = line[i];
    if (char === quote) return { text, end: i + 1 };
    if (char !== "\\") {
      text += char;
      continue;
    }
    const next = line[i + 1];
    if (next === quote || next === "\\") text += next;
    else if (next === "n") text += "\n";
    else {
      text += char;
      continue;
    }
    i++;
  }
  return undefined;
}
