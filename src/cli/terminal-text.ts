/** Control characters, and those that turn the direction of writing: what could move the cursor, hide text or imitate other output. */
const UNSAFE = /[\p{Cc}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu;

/** Text from files and arguments as a terminal may show it: lines and tabs stay, other control characters become `\x1b`, `\u202e`. */
export function printable(text: string): string {
  return text.replace(UNSAFE, (character) => (character === "\n" || character === "\t" ? character : escaped(character)));
}

/** JSON with the same characters escaped in its strings, which it parses to the same values. */
export function printableJson(json: string): string {
  return json.replace(UNSAFE, (character) => (character === "\n" ? character : unicodeEscape(character)));
}

/** For one line: line breaks become spaces. */
export function oneLine(text: string): string {
  return printable(text.trim().replace(/\s*[\n\r\u2028\u2029]\s*/gu, " "));
}

function escaped(character: string): string {
  const code = character.charCodeAt(0);
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, "0")}` : unicodeEscape(character);
}

function unicodeEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
