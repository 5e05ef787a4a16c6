// The three pictures, on canvases that follow the size of the page and the density of the screen.

/** Okabe & Ito's palette for color vision deficiency, and lighter for dark grounds; the rest of the groups is gray. */
const palettes = {
  light: ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#B8A800"],
  dark: ["#4aa8e0", "#ff8a3d", "#2cc295", "#e09bc3", "#8ad0f7", "#f2b544", "#d8c94a"],
};

/** Color of every group, by name. */
export function groupColors(groups) {
  const palette = palettes[matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light"];
  return new Map([...new Set(groups)].map((group, i) => [group, palette[i] ?? "#8a96a3"]));
}

/** A context in CSS pixels. */
function prepare(canvas) {
  const { width, height } = canvas.getBoundingClientRect();
  const density = globalThis.devicePixelRatio;
  canvas.width = Math.round(width * density);
  canvas.height = Math.round(height * density);
  const context = canvas.getContext("2d");
  context.scale(density, density);
  const style = getComputedStyle(document.documentElement);
  return { context, width, height, ink: style.getPropertyValue("--ink"), line: style.getPropertyValue("--line") };
}

/** Points with their groups as colors. @returns where each point stands, CSS pixels */
export function drawMap(canvas, points, colors, chosen) {
  const { context, width, height, ink } = prepare(canvas);
  const margin = 20;
  const ranges = [0, 1].map((axis) => points.map((point) => point[axis])).map((values) => [Math.min(...values), Math.max(...values)]);
  // one scale for both axes: distances mean the same in all directions
  const span = Math.max(...ranges.map(([low, high]) => high - low)) || 1;
  const scale = (Math.min(width, height) - 2 * margin) / span;
  const middles = ranges.map(([low, high]) => (low + high) / 2);
  const places = points.map(([x, y]) => [width / 2 + scale * (x - middles[0]), height / 2 - scale * (y - middles[1])]);
  places.forEach(([x, y], i) => {
    context.beginPath();
    context.arc(x, y, i === chosen ? 7 : 4, 0, 2 * Math.PI);
    context.fillStyle = colors[i];
    context.globalAlpha = i === chosen ? 1 : 0.8;
    context.fill();
    if (i !== chosen) return;
    context.lineWidth = 2;
    context.strokeStyle = ink;
    context.stroke();
  });
  return places;
}

/** n × n values as shades, the least one palest. @returns least and largest value */
export function drawMatrix(canvas, matrix, n, chosen) {
  const { context, width, height, ink } = prepare(canvas);
  let [low, high] = [Infinity, -Infinity];
  for (const value of matrix) [low, high] = [Math.min(low, value), Math.max(high, value)];
  const pixels = new ImageData(n, n);
  for (let at = 0; at < n * n; at++) {
    const share = high > low ? (matrix[at] - low) / (high - low) : 1;
    pixels.data.set([245 - 237 * share, 247 - 176 * share, 249 - 111 * share, 255], 4 * at);
  }
  const small = new OffscreenCanvas(n, n);
  small.getContext("2d").putImageData(pixels, 0, 0);
  context.imageSmoothingEnabled = false;
  context.drawImage(small, 0, 0, width, height);
  if (chosen >= 0) {
    context.strokeStyle = ink;
    context.strokeRect(0, (chosen * height) / n, width, height / n);
  }
  return [low, high];
}

/** One bar for each feature. */
export function drawFingerprint(canvas, values, color) {
  const { context, width, height, line } = prepare(canvas);
  const [low, high] = [Math.min(0, ...values), Math.max(0, ...values)];
  const at = (value) => height - 10 - ((value - low) / (high - low || 1)) * (height - 20);
  const step = width / values.length;
  context.fillStyle = color;
  values.forEach((value, i) => context.fillRect(i * step, Math.min(at(0), at(value)), Math.max(1, step * 0.8), Math.abs(at(value) - at(0))));
  context.fillStyle = line;
  context.fillRect(0, at(0), width, 1);
}
