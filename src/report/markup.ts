/** Markup that may be put into a page as it is; everything else is escaped. */
export class Markup {
  constructor(readonly text: string) {}
}

type Fragment = Markup | string | number | false | null | undefined | readonly Fragment[];

/**
 * Template tag for HTML: interpolated strings and numbers are escaped (for element content and quoted attributes), `Markup` is
 * kept, arrays are joined, and false, null and undefined vanish.
 */
export function html(literals: TemplateStringsArray, ...fragments: readonly Fragment[]): Markup {
  let text = literals[0];
  fragments.forEach((fragment, i) => {
    text += render(fragment) + literals[i + 1];
  });
  return new Markup(text);
}

function render(fragment: Fragment): string {
  if (fragment === null || fragment === undefined || fragment === false) return "";
  if (fragment instanceof Markup) return fragment.text;
  if (typeof fragment === "string" || typeof fragment === "number") return escapeHtml(String(fragment));
  return fragment.map(render).join("");
}

/** A name or path that may go on in the next line after "_" and "/": browsers would break it anywhere, or nowhere. */
export function breakableName(text: string): Markup {
  return new Markup(text.split(/(?<=[_/])(?=[^_/])/).map(escapeHtml).join("<wbr>"));
}

/** The name of a parameter, which may go on after every "." too. */
export function breakableParameter(text: string): Markup {
  return new Markup(text.split(/(?<=\.)(?=\D)/).map(escapeHtml).join("<wbr>"));
}

/** A text whose powers, written 10^-15, stand high. */
export function withPowers(text: string): Markup {
  return new Markup(escapeHtml(text).replace(/\^(-?)([\d.]+)/g, (_, sign: string, digits: string) => `<sup>${sign === "" ? "" : "−"}${digits}</sup>`));
}

/** A sentence whose numbers stay beside their units and nouns. */
export function unbrokenNumbers(text: string): string {
  return text.replace(/(?<=\d) (?=\S)/g, "\u00a0").replace(/(?<=eV)\/(?=Å|atom)/g, "/\u2060");
}

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character]);
}

/** JSON for a script element: no "<", so that no text in the data can end the element or open a comment. */
export function jsonForScript(value: unknown): Markup {
  return new Markup(JSON.stringify(value).replace(/</g, "\\u003c"));
}

/** Source code for a script element. */
export function scriptSource(source: string): Markup {
  // Inside JavaScript "<" before these words can only be part of a string, a regular expression or a comment, where "\x3c" means the same.
  return new Markup(source.replace(/<(?=\/script|script|!--)/gi, "\\x3c"));
}
