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
