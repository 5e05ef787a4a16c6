import { inflateSync } from "node:zlib";

/** Where a run of text begins, and its font size; pt, from the upper left corner of the page. */
export interface TextRun {
  readonly x: number;
  readonly y: number;
  readonly size: number;
}

export interface PdfPage {
  /** pt */
  readonly width: number;
  readonly height: number;
  /** pt for a CSS pixel: 0.75 unless the browser has shrunk the page, to get what is too wide on the paper. */
  readonly scale: number;
  readonly texts: readonly TextRun[];
}

/** a b c d e f of PDF */
type Matrix = readonly number[];

/** The pages of a PDF as Chromium writes it: plain objects, contents compressed. Knows the operators that place text, and passes over the others. */
export function pagesOfPdf(pdf: Uint8Array): PdfPage[] {
  const text = Buffer.from(pdf).toString("latin1");
  const objects = new Map([...text.matchAll(/^(\d+) 0 obj\n/gm)].map((match) => [match[1], match.index + match[0].length]));
  const dictionary = (at: number): string => text.slice(at, /endobj|stream\n/.exec(text.slice(at))!.index + at);
  const pages = [...objects.values()].filter((at) => /^<<\/Type \/Page\n/.test(text.slice(at, at + 20)));
  return pages.map((at) => {
    const page = dictionary(at);
    const [width, height] = /\/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]/.exec(page)!.slice(1).map(Number);
    const contents = objects.get(/\/Contents (\d+) 0 R/.exec(page)![1])!;
    const head = dictionary(contents);
    const start = contents + head.length + "stream\n".length;
    const length = Number(/\/Length (\d+)/.exec(head)![1]);
    return { width, height, ...read(inflateSync(pdf.subarray(start, start + length)).toString("latin1"), height) };
  });
}

function read(contents: string, height: number): Pick<PdfPage, "scale" | "texts"> {
  const texts: TextRun[] = [];
  const stack: Matrix[] = [];
  let matrix: Matrix = [1, 0, 0, 1, 0, 0];
  let line: Matrix = matrix;
  let fontSize = 0;
  let scale = 0;
  let operands: number[] = [];
  for (const [token] of contents.matchAll(/\[[^\]]*\]|<<|>>|<[^>]*>|\((?:\\.|[^\\)])*\)|[^\s[\]<>()]+/g)) {
    if (/^[-+.\d]/.test(token)) operands.push(Number(token));
    else if (!/^[[</(]/.test(token) && token !== ">>") {
      if (token === "q") stack.push(matrix);
      if (token === "Q") matrix = stack.pop()!;
      if (token === "cm") matrix = times(operands, matrix);
      if (token === "Tf") fontSize = operands.at(-1)!;
      if (token === "Tm") line = operands;
      if (token === "Td") line = times([1, 0, 0, 1, ...operands], line);
      if (token === "Tj" || token === "TJ") {
        const [, , , d, e, f] = times(line, matrix);
        texts.push({ x: e, y: height - f, size: Math.abs(d) * fontSize });
      }
      // the page as a whole is scaled before anything is drawn
      if (token === "cm" && texts.length === 0) scale = Math.max(scale, Math.abs(matrix[0]));
      operands = [];
    }
  }
  return { scale, texts };
}

/** What `first` and then `second` does. */
function times(first: Matrix, second: Matrix): Matrix {
  const [a, b, c, d, e, f] = first;
  const [p, q, r, s, t, u] = second;
  return [a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u];
}
