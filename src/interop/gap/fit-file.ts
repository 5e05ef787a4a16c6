import { Document, isMap, isNode, isSeq, type Node } from "yaml";
import type { GapConversion } from "./convert-command.js";
import { type ConversionNote, describeNote } from "./notes.js";

/** Letters in a line of a comment, about. */
const WIDTH = 118;

/** Groups that stand on one line. */
const flows = [/^model\.(?:isolatedAtomEnergies|baseline)$/u, /^model\.terms\.\d+\.\w+$/u, /^data\.(?:keys|columns\.[^.]+)$/u, /^fit\.sigma\.(?:masks|columns|configTypes\.[^.]+)$/u];

/**
 * The text of a fit file: what gap_fit was told, what is lost, then the sections with the strings they come from.
 * @param modelFile of the fit, for the command that runs it
 */
export function gapFitFile({ config, comments, notes, command }: GapConversion, { path, modelFile }: { readonly path: string; readonly modelFile: string }): string {
  const document = new Document(config);
  arrange(document.contents, "", comments);
  const listed = (kind: ConversionNote["kind"], title: string): string[] => {
    const lines = notes.filter((note) => note.kind === kind).flatMap((note) => hanging(describeNote(note), "- "));
    return lines.length > 0 ? ["", title, ...lines] : [];
  };
  const unneeded = notes.filter(({ kind }) => kind === "unneeded").map(({ option }) => option);
  const header = [
    `Run with: pestle fit ${path} -o ${modelFile}`,
    "",
    "Made from this command:",
    ...linesOf(command).flatMap((line) => hanging(line, "  ")),
    ...listed("lost", "Without a counterpart, so that the result differs:"),
    ...listed("remark", "Remarks:"),
    ...(unneeded.length > 0 ? ["", ...hanging(`Not needed here: ${unneeded.join(", ")}`, "")] : []),
  ];
  document.commentBefore = header.map((line) => ` ${line}`.trimEnd() || " ").join("\n");
  return document.toString({ lineWidth: 0, flowCollectionPadding: true });
}

/** Without the marks that continue lines. */
function linesOf(command: string): string[] {
  return command.split("\n").map((line) => line.replace(/\\?\s*$/u, "").trimEnd());
}

/** Sets the layout and the comments of a node and of all below it. */
function arrange(node: unknown, path: string, comments: GapConversion["comments"]): void {
  const below = (name: unknown): string => (path === "" ? String(name) : `${path}.${String(name)}`);
  if (isMap(node) || isSeq(node)) node.flow = flows.some((pattern) => pattern.test(path));
  if (isMap(node)) {
    for (const { key, value } of node.items) {
      const name = below(isNode(key) ? (key as unknown as { value: unknown }).value : key);
      setComment(key as Node, comments.get(name));
      arrange(value, name, comments);
    }
  }
  if (isSeq(node)) {
    for (const [i, item] of node.items.entries()) {
      setComment(item as Node, comments.get(below(i)));
      arrange(item, below(i), comments);
    }
  }
}

function setComment(node: Node, lines: readonly string[] | undefined): void {
  if (lines) node.commentBefore = lines.flatMap((line) => hanging(line, "")).map((line) => ` ${line}`).join("\n");
}

/** A text in lines of about the width of a page, all but the first further in than the mark that it begins with. */
function hanging(text: string, mark: string): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + word.length > WIDTH) {
      lines.push(line);
      line = "";
    }
    line += line === "" ? word : ` ${word}`;
  }
  lines.push(line);
  const indent = " ".repeat(mark.trim() === "" ? mark.length + 2 : mark.length);
  return lines.map((part, i) => (i === 0 ? mark : indent) + part);
}
