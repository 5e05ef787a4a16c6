import type { StageStructure, StructureStage } from "../../page/structure-stage.js";

/** What the page holds for the map of environments. */
export interface MapData {
  /** One for each descriptor: x and y of every point, and its row in `rows`. */
  readonly maps: readonly { readonly points: readonly number[]; readonly rows: readonly number[] }[];
  /** Of all maps together. */
  readonly rows: readonly MapRow[];
  /** Names and colors, the last one of what has none of its own. */
  readonly species: readonly { readonly name: string; readonly color: string }[];
  /** Colors of the lowest, a middle and the highest energy. */
  readonly ramp: readonly string[];
  /** Position of a structure in the data → what is drawn of it. */
  readonly structures: Readonly<Record<string, StageStructure>>;
  /** Position of a structure in the data → where it came from. */
  readonly labels: Readonly<Record<string, string>>;
}

/** Structure, atom from 0 (−1 for all), index in `species`, eV/atom. */
export type MapRow = readonly [structure: number, atom: number, species: number, energy: number | null];

/**
 * Runs in the browser: it is put into the page as source text, so it uses nothing from outside but the elements of the page and
 * `createStage`. Draws the chosen map, and the structure of the chosen point where the page holds it.
 */
export function startEnvironmentMap(createStage: (stage: HTMLElement) => StructureStage | undefined): void {
  const element = <T extends HTMLElement>(id: string): T => document.getElementById(id) as T;
  const data = JSON.parse(element("map-data").textContent ?? "") as MapData;
  const host = element("map-plot");
  const legend = element("map-legend");
  const status = element("map-status");
  const chooser = element<HTMLSelectElement>("map-descriptor");
  const coloring = element<HTMLSelectElement>("map-color");
  const place = document.getElementById("map-stage");
  const stage = place ? createStage(place) : undefined;
  const energies = data.rows.flatMap((row) => row[3] ?? []).sort((a, b) => a - b);
  // a few strange structures must not take all colors
  const [low, high] = [0.02, 0.98].map((share) => energies[Math.round(share * (energies.length - 1))] ?? 0);
  let places: { readonly x: number; readonly y: number; readonly row: number }[] = [];
  let chosen = -1;

  function svg<Tag extends keyof SVGElementTagNameMap>(tag: Tag, attributes: Record<string, string | number>, text = ""): SVGElementTagNameMap[Tag] {
    const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
    made.textContent = text;
    return made;
  }

  function colorOf([, , species, energy]: MapRow): string {
    if (coloring.value !== "energy") return data.species[species].color;
    if (energy === null) return data.species[data.species.length - 1].color;
    const share = high > low ? Math.min(1, Math.max(0, (energy - low) / (high - low))) : 0.5;
    const [from, to, part] = share < 0.5 ? [data.ramp[0], data.ramp[1], 2 * share] : [data.ramp[1], data.ramp[2], 2 * share - 1];
    return `color-mix(in srgb, ${to} ${(100 * part).toFixed(0)}%, ${from})`;
  }

  function extent(values: readonly number[]): readonly [number, number] {
    const lower = values.reduce((a, b) => Math.min(a, b), Infinity);
    const upper = values.reduce((a, b) => Math.max(a, b), -Infinity);
    return upper > lower ? [lower, upper] : [lower - 1, lower + 1];
  }

  function drawMap(): void {
    const { points, rows } = data.maps[chooser.selectedIndex];
    const width = Math.max(260, host.clientWidth);
    const height = Math.round(Math.min(440, 0.82 * width));
    const [left, bottom, margin] = [22, 24, 12];
    const [xRange, yRange] = [0, 1].map((axis) => extent(points.filter((_, i) => i % 2 === axis)));
    const at = (value: number, [lower, upper]: readonly [number, number], from: number, to: number): number => from + ((value - lower) / (upper - lower)) * (to - from);
    places = rows.map((row, i) => ({
      x: at(points[2 * i], xRange, left + margin, width - margin),
      y: at(points[2 * i + 1], yRange, height - bottom - margin, margin),
      row,
    }));
    const picture = svg("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": `First two principal components of ${chooser.value}` });
    picture.append(svg("path", { d: `M${left} 0V${height - bottom}H${width}`, class: "frame" }));
    picture.append(svg("text", { x: (left + width) / 2, y: height - 6, "text-anchor": "middle" }, "first principal component"));
    picture.append(svg("text", { transform: `translate(13 ${(height - bottom) / 2}) rotate(-90)`, "text-anchor": "middle" }, "second principal component"));
    const isHeld = (row: number): boolean => String(data.rows[row][0]) in data.structures;
    for (const { x, y, row } of places) {
      const color = colorOf(data.rows[row]);
      const look = isHeld(row) ? `fill: ${color}` : `fill: none; stroke: ${color}`;
      picture.append(svg("circle", { cx: x.toFixed(1), cy: y.toFixed(1), r: 3.6, style: look }));
    }
    const marked = places.find(({ row }) => row === chosen);
    if (marked) picture.append(svg("circle", { cx: marked.x, cy: marked.y, r: 8, class: "chosen" }));
    host.replaceChildren(picture);
    element("map-title").textContent = chooser.value;
    host.dataset.points = String(places.length);
  }

  function drawLegend(): void {
    const used = new Set(data.maps[chooser.selectedIndex].rows.map((row) => data.rows[row][2]));
    if (coloring.value !== "energy") {
      legend.replaceChildren(...data.species.flatMap(({ name, color }, i) => {
        if (!used.has(i)) return [];
        const item = document.createElement("span");
        const dot = document.createElement("i");
        dot.style.background = color;
        item.append(dot, name);
        return [item];
      }));
      return;
    }
    const bar = document.createElement("i");
    bar.className = "ramp";
    bar.style.background = `linear-gradient(to right, ${data.ramp.join(", ")})`;
    legend.replaceChildren(low.toPrecision(5).replace("-", "−"), bar, `${high.toPrecision(5).replace("-", "−")} eV/atom`);
  }

  function environmentText(structure: number, atom: number): string {
    const name = data.labels[structure] ?? `structure ${structure + 1}`;
    const symbol = data.structures[structure]?.symbols[atom];
    return atom < 0 ? name : `${name}, atom ${atom + 1}${symbol ? ` (${symbol})` : ""}`;
  }

  function open(structure: number, atom: number): void {
    const own = data.structures[structure] as StageStructure | undefined;
    chosen = data.rows.findIndex((row) => row[0] === structure && row[1] === atom);
    status.textContent = environmentText(structure, atom) + (own || !place ? "" : ": not among the structures that this page holds");
    drawMap();
    if (!own || !stage || !place) return;
    stage.draw(own, { marked: atom, onAtom: (at) => stage.label(at, `${own.symbols[at]} ${at + 1}`) });
    stage.label(atom, atom < 0 ? "" : `${own.symbols[atom]} ${atom + 1}`);
    place.dataset.atoms = String(stage.atoms());
  }

  function openRow(row: number): void {
    const [structure, atom] = data.rows[row];
    open(structure, atom);
  }

  function pick(event: MouseEvent): void {
    const box = host.getBoundingClientRect();
    const scale = Math.max(260, host.clientWidth) / box.width;
    const distance = ({ x, y }: { x: number; y: number }): number => Math.hypot(x - (event.clientX - box.left) * scale, y - (event.clientY - box.top) * scale);
    const nearest = places.reduce((a, b) => (distance(b) < distance(a) ? b : a), places[0]);
    if (nearest && distance(nearest) < 24) openRow(nearest.row);
  }

  function step(by: number): void {
    const at = places.findIndex(({ row }) => row === chosen);
    openRow(places[(at + by + places.length) % places.length].row);
  }

  for (const select of [chooser, coloring]) select.addEventListener("change", () => { drawMap(); drawLegend(); });
  host.addEventListener("click", pick);
  element("map-back").addEventListener("click", () => step(-1));
  element("map-on").addEventListener("click", () => step(1));
  document.addEventListener("click", ({ target }) => {
    const button = (target as Element).closest<HTMLElement>("[data-open]");
    if (!button) return;
    const [structure, atom] = (button.dataset.open ?? "").split(":").map(Number);
    open(structure, atom);
    host.scrollIntoView({ block: "center" });
  });
  let width = host.clientWidth;
  new ResizeObserver(() => {
    if (Math.abs(host.clientWidth - width) < 2) return;
    width = host.clientWidth;
    requestAnimationFrame(drawMap);
  }).observe(host);
  drawMap();
  drawLegend();
  const first = places.find(({ row }) => String(data.rows[row][0]) in data.structures);
  if (first) openRow(first.row);
}
