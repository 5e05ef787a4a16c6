// Tables of results as Markdown, and how they come into a page.
import { readFileSync, writeFileSync } from "node:fs";
import { fail } from "./run-tools.mjs";

export function table(header, rows) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  return [line(header), line(header.map(() => "---")), ...rows.map(line)].join("\n");
}

/** Without exponent. */
export function significant(value, digits) {
  const text = value.toPrecision(digits);
  return text.includes("e") ? String(Number(text)) : text;
}

/** Puts tables between the marks of a page. */
export function writeTables(path, tables) {
  const marks = ["<!-- tables -->", "<!-- end of tables -->"];
  const page = readFileSync(path, "utf8");
  const [begin, end] = marks.map((mark) => page.indexOf(mark));
  if (begin < 0 || end < begin) fail(`${path} has no marks ${marks.join(" … ")} for the tables`);
  writeFileSync(path, `${page.slice(0, begin + marks[0].length)}\n\n${tables}\n${page.slice(end)}`);
}
