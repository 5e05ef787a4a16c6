// Functions that are run in a page: they use nothing from around them. Each names what is wrong.

/** Elements that reach beyond the screen, where nothing around them scrolls. */
export function wideElements(): string[] {
  const width = document.documentElement.clientWidth;
  const inScroller = (element: Element): boolean => {
    for (let outer = element.parentElement; outer && outer !== document.body; outer = outer.parentElement) {
      if (["auto", "scroll", "hidden"].includes(getComputedStyle(outer).overflowX)) return true;
    }
    return false;
  };
  const all = Array.from(document.body.querySelectorAll("*"));
  const wide = all.filter((element) => element.getBoundingClientRect().right > width + 0.5 && !inScroller(element));
  const names = wide.map((element) => `${element.tagName} ${element.className.toString()} ${element.textContent.slice(0, 40)}`);
  return document.documentElement.scrollWidth > width ? [`the page is ${document.documentElement.scrollWidth} px wide`, ...names] : names;
}

/** Marks of plots with a contrast below 3 on the ground; grid lines, outlines of texts and areas below lines say nothing. */
export function faintMarks(): string[] {
  const style = getComputedStyle(document.documentElement);
  const context = document.createElement("canvas").getContext("2d")!;
  const channels = (color: string): number[] => {
    context.clearRect(0, 0, 1, 1);
    context.fillStyle = color;
    context.fillRect(0, 0, 1, 1);
    return [...context.getImageData(0, 0, 1, 1).data];
  };
  const luminance = (rgb: readonly number[]): number => {
    const [r, g, b] = rgb.map((channel) => (channel / 255 <= 0.04045 ? channel / 255 / 12.92 : ((channel / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = channels(style.getPropertyValue("--ground"));
  const exempt = ["--grid", "--ground"].map((name) => channels(style.getPropertyValue(name)).join());
  const faint = new Map<string, number>();
  for (const mark of Array.from(document.querySelectorAll("figure svg :is(path, line, rect, circle)"))) {
    const own = getComputedStyle(mark);
    let opacity = 1;
    for (let outer: Element | null = mark; outer && outer.tagName !== "svg"; outer = outer.parentElement) opacity *= Number(getComputedStyle(outer).opacity);
    for (const [kind, color, share] of [["fill", own.fill, own.fillOpacity], ["stroke", own.stroke, own.strokeOpacity]] as const) {
      if (color === "none" || Number(share) < 0.3) continue;
      const rgba = channels(color);
      const alpha = (rgba[3] / 255) * opacity * Number(share);
      if (alpha === 0 || exempt.includes(rgba.join())) continue;
      const shown = rgba.slice(0, 3).map((channel, i) => alpha * channel + (1 - alpha) * ground[i]);
      const [low, high] = [luminance(shown), luminance(ground.slice(0, 3))].sort((a, b) => a - b);
      const contrast = (high + 0.05) / (low + 0.05);
      if (contrast < 3) faint.set(`${kind} ${color} with opacity ${alpha.toFixed(2)}: contrast ${contrast.toFixed(2)}`, contrast);
    }
  }
  return [...faint.keys()];
}

/** Neighbors in a row of a table whose contents are closer than 3 px. */
export function overlappingCells(): string[] {
  const contents = (cell: Element): DOMRect => {
    const range = document.createRange();
    range.selectNodeContents(cell);
    return range.getBoundingClientRect();
  };
  const close: string[] = [];
  for (const row of Array.from(document.querySelectorAll("tr"))) {
    const cells = Array.from(row.children).filter((cell) => contents(cell).width > 0);
    cells.slice(1).forEach((cell, i) => {
      // what scrolls below a column that stands still is not beside it
      if (getComputedStyle(cells[i]).position === "sticky" && (row.closest(".scroll")?.scrollLeft ?? 0) > 0) return;
      if (contents(cells[i]).right + 3 > contents(cell).left) close.push(`${cells[i].textContent} | ${cell.textContent}`);
    });
  }
  return close;
}

/** Texts of a plot that lie over each other. */
export function overlappingTexts(): string[] {
  const found: string[] = [];
  for (const svg of Array.from(document.querySelectorAll("figure svg"))) {
    const texts = Array.from(svg.querySelectorAll("text")).filter((text) => text.textContent.trim() !== "" && getComputedStyle(text).opacity === "1");
    const boxes = texts.map((text) => ({ text: text.textContent, ...text.getBoundingClientRect().toJSON() as DOMRect }));
    boxes.forEach((a, i) => {
      for (const b of boxes.slice(i + 1)) {
        // a text and its outline are the same
        if (a.text === b.text && Math.abs(a.left - b.left) < 1 && Math.abs(a.top - b.top) < 1) continue;
        const overlap = Math.min(a.right, b.right) - Math.max(a.left, b.left);
        const overlapY = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
        if (overlap > 1 && overlapY > 0.4 * Math.min(a.height, b.height)) found.push(`${a.text} | ${b.text}`);
      }
    });
  }
  return found;
}

/** Texts of a plot that reach beyond it. */
export function cutTexts(): string[] {
  return Array.from(document.querySelectorAll("figure svg")).flatMap((svg) => {
    const { left, right } = svg.getBoundingClientRect();
    const texts = Array.from(svg.querySelectorAll("text")).filter((text) => text.getBoundingClientRect().right > right + 0.5 || text.getBoundingClientRect().left < left - 0.5);
    return texts.map((text) => text.textContent);
  });
}

/** Cells that stand still beside what scrolls: on paper nothing scrolls, and their ground hides the lines of the table. */
export function stickyCells(): string[] {
  return Array.from(document.querySelectorAll("th, td")).filter((cell) => getComputedStyle(cell).position === "sticky").map((cell) => cell.textContent);
}

/** Where the picture of a structure has anything, in shares of its width and height. */
export function drawnPart(): { left: number; right: number; top: number; bottom: number } {
  const picture = document.querySelector<HTMLCanvasElement>("#viewer-stage canvas")!;
  const copy = document.createElement("canvas");
  const [width, height] = [(copy.width = picture.width), (copy.height = picture.height)];
  const context = copy.getContext("2d")!;
  context.drawImage(picture, 0, 0);
  const { data } = context.getImageData(0, 0, width, height);
  let [left, right, top, bottom] = [width, 0, height, 0];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (data[4 * (y * width + x) + 3] === 0) continue;
      [left, right, top, bottom] = [Math.min(left, x), Math.max(right, x + 1), Math.min(top, y), Math.max(bottom, y + 1)];
    }
  }
  return { left: left / width, right: right / width, top: top / height, bottom: bottom / height };
}
