import { Document, isMap, parseDocument, visit } from "yaml";
import { InvalidParameterError } from "../errors.js";
import type { ParameterPath } from "../parameter-path.js";
import { isContainer, isRecord } from "../plain-data.js";

/** A descriptor somewhere in a configuration. */
export interface PlacedDescriptor {
  readonly path: ParameterPath;
  readonly parameters: Readonly<Record<string, unknown>> & { readonly type: string };
}

/** All values of keys called `descriptor` that have a type, in their order; those within them do not count. */
export function descriptorsIn(config: unknown, path: ParameterPath = []): PlacedDescriptor[] {
  if (!isContainer(config)) return [];
  return Object.entries(config).flatMap(([key, value]): PlacedDescriptor[] => {
    const own = [...path, Array.isArray(config) ? Number(key) : key];
    const isDescriptor = key === "descriptor" && isRecord(value) && typeof value.type === "string";
    return isDescriptor ? [{ path: own, parameters: value as PlacedDescriptor["parameters"] }] : descriptorsIn(value, own);
  });
}

/**
 * The text of a configuration with other descriptors, as YAML that keeps comments, or as JSON.
 * @param source the file as it was; absent: the descriptor stands alone
 * @throws {InvalidParameterError} where other values are aliases of parts of a descriptor
 * @param comment goes to the top of YAML; may have several lines
 */
export function reducedFile(path: string, descriptors: readonly PlacedDescriptor[], comment: string, source?: string): string {
  const document = source === undefined ? new Document({}) : parseDocument(source);
  for (const { path: place, parameters } of descriptors) {
    document.setIn(place, document.createNode(parameters, { aliasDuplicateObjects: false }));
    for (const [key, style] of [["functions", true], ["pruning", true], ["reduction", false]] as const) flow(document, [...place, key], style);
  }
  if (path.toLowerCase().endsWith(".json")) return `${JSON.stringify(document.toJS(), undefined, 2)}\n`;
  const lines = comment.split("\n").map((line) => ` ${line}`).join("\n");
  document.commentBefore = document.commentBefore ? `${lines}\n${document.commentBefore}` : lines;
  try {
    return document.toString({ lineWidth: 0 });
  } catch (cause) {
    throw new InvalidParameterError("the file refers to parts of a descriptor that was reduced (* and the name of an &): write these values out, or take one descriptor with -d and -p", { cause });
  }
}

/** One function to a line; a record on one. */
function flow(document: Document, path: ParameterPath, isWhole: boolean): void {
  const node = document.getIn(path, true);
  if (isMap(node)) {
    if (isWhole) node.flow = true;
    return;
  }
  visit(node as never, { Map: (_, own) => void (own.flow = true) });
}
