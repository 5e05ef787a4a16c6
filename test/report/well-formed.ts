/** Why a text is not well-formed XML, or undefined: a strict reading of the parts of XML that SVG files of ours use. */
export function xmlDefect(text: string): string | undefined {
  if (/[\p{Cc}\p{Cs}\ufffe\uffff]/u.test(text.replace(/[\t\n\r]/g, ""))) return "a character that XML forbids";
  const open: string[] = [];
  let roots = 0;
  const tag = /<(\/?)([A-Za-z][\w:-]*)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>/g;
  const rest = text.replace(tag, (_, closing: string, name: string, attributes: string, empty: string) => {
    if (closing) {
      if (open.pop() !== name) roots = NaN;
    } else {
      const names = [...attributes.matchAll(/([\w:-]+)="/g)].map((match) => match[1]);
      if (new Set(names).size < names.length) roots = NaN;
      if (open.length === 0) roots += 1;
      if (!empty) open.push(name);
    }
    return attributes.replace(/^[^&]*$/, "");
  });
  if (roots !== 1 || open.length > 0) return "elements that do not nest, or an attribute that is given twice";
  if (rest.includes("<")) return "markup that is no element";
  if (/&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[\da-f]+);)/i.test(rest)) return "a bare ampersand";
  return undefined;
}

const VOID = new Set(["meta", "br", "wbr", "col", "img", "hr", "input"]);

/** Why a page of ours is not well-formed, or undefined: elements nest, attributes are quoted and given once, texts hold no bare "<" or "&", ids occur once. Pictures within it are XML. */
export function htmlDefect(page: string): string | undefined {
  const bare = page.replace(/^<!doctype html>/, "").replace(/(<(script|style)\b[^>]*>)[\s\S]*?(?=<\/\2>)/g, "$1");
  const open: string[] = [];
  const defects: string[] = [];
  const ids = new Set<string>();
  const rest = bare.replace(/<(\/?)([A-Za-z][\w:-]*)((?:\s+[\w:-]+(?:="[^"<]*")?)*)\s*(\/?)>/g, (tag, closing: string, name: string, attributes: string, empty: string) => {
    if (closing) {
      const last = open.pop();
      if (last !== name) defects.push(`</${name}> closes <${String(last)}>`);
    } else {
      const names = [...attributes.matchAll(/([\w:-]+)(?:="([^"]*)")?/g)];
      if (new Set(names.map((match) => match[1])).size < names.length) defects.push(`an attribute that is given twice: ${tag.slice(0, 80)}`);
      for (const [, id] of attributes.matchAll(/\sid="([^"]*)"/g)) {
        if (ids.has(id)) defects.push(`two elements of id ${id}`);
        ids.add(id);
      }
      if (!empty && !VOID.has(name)) open.push(name);
    }
    return (/&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[\da-f]+);)/i.exec(attributes)?.[0]) ?? "";
  });
  if (open.length > 0) defects.push(`not closed: ${open.join(", ")}`);
  const stray = /.{0,40}(?:<|&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[\da-f]+);)).{0,40}/i.exec(rest)?.[0];
  return defects[0] ?? (stray === undefined ? undefined : `markup that is no element: ${stray}`);
}
