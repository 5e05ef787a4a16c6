/** An element of an XML text. */
export interface Element {
  readonly attributes: Readonly<Record<string, string>>;
  /** Between its tags, as it stands there. */
  readonly content: string;
}

/** All elements of a name at any depth, in order; those that stand within one of the same name are part of its content. */
export function elements(xml: string, name: string): Element[] {
  const text = xml.replace(/<!--[^]*?-->/gu, "");
  return [...text.matchAll(new RegExp(`<${name}\\b((?:"[^"]*"|'[^']*'|[^>"'])*?)(?:/>|>([^]*?)</${name}\\s*>)`, "gu"))].map(([, tag, content]) => ({
    attributes: Object.fromEntries([...tag.matchAll(/([\w:]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/gu)].map(([, key, double, single]) => [key, unescaped((double as string | undefined) ?? single)])),
    content: (content as string | undefined) ?? "",
  }));
}

const entities: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };

/** A text that is written in XML. */
export function unescaped(text: string): string {
  return text.replace(/&(\w+);/gu, (whole, entity: string) => entities[entity] ?? whole);
}

/** The text of an element: a CDATA section as it is, else with its entities replaced. */
export function textOf(content: string): string {
  const data = /^\s*<!\[CDATA\[([^]*)\]\]>\s*$/u.exec(content);
  return data ? data[1] : unescaped(content);
}

/** A text as an attribute or content of an element. */
export function escaped(text: string): string {
  return text.replace(/[&<>"]/gu, (character) => `&${Object.keys(entities).find((name) => entities[name] === character)!};`);
}
