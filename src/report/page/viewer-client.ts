import type { GLModel, GLViewer } from "3dmol";

/** What the page holds for the 3D view. */
export interface ViewerData {
  /** eV/Å at the upper end of the color scale */
  readonly maximum: number;
  readonly colors: readonly string[];
  readonly structures: readonly ViewerStructure[];
}

export interface ViewerStructure {
  readonly symbols: readonly string[];
  readonly positions: readonly number[];
  readonly cell: readonly number[] | null;
  /** eV/Å; null without a reference */
  readonly errors: readonly (number | null)[];
}

interface Point {
  readonly x: number;
  readonly y: number;
  readonly z: number;
}

interface ViewerLibrary {
  createViewer(element: HTMLElement, config: object): GLViewer | undefined;
}

/**
 * Runs in the browser: it is put into the page as source text, so it uses nothing from outside but the 3Dmol library, if that is
 * there, and the elements of the page. Without WebGL the tables of atoms keep working and a message takes the place of the picture.
 */
export function startStructureViewer(): void {
  const element = <T extends HTMLElement>(id: string): T => document.getElementById(id) as T;
  const data = JSON.parse(element("viewer-data").textContent ?? "") as ViewerData;
  const stage = element("viewer-stage");
  const select = element<HTMLSelectElement>("viewer-structure");
  const status = element("viewer-status");
  const rows = Array.from(document.querySelectorAll<HTMLElement>("tr[data-atom]"));
  const tables = Array.from(document.querySelectorAll<HTMLElement>("[data-structure]"));
  const viewer = createViewer();
  let model: GLModel | undefined;
  let shown = 0;
  let labeled = -1;

  function colorOf(error: number | null): string {
    if (error === null) return "#8090a0";
    const position = Math.min(1, error / data.maximum) * (data.colors.length - 1);
    const below = Math.min(data.colors.length - 2, Math.floor(position));
    const channel = (color: string, at: number): number => parseInt(color.slice(at, at + 2), 16);
    const mix = (at: number): string => {
      const from = channel(data.colors[below], at);
      return Math.round(from + (position - below) * (channel(data.colors[below + 1], at) - from)).toString(16).padStart(2, "0");
    };
    return `#${mix(1)}${mix(3)}${mix(5)}`;
  }

  function textOf(atom: number): string {
    const { symbols, errors } = data.structures[shown];
    const error = errors[atom];
    return `${symbols[atom]} ${atom + 1}: ${error === null ? "no reference force" : `|ΔF| = ${error.toFixed(3)} eV/Å`}`;
  }

  function mark(atom: number): void {
    if (atom === labeled) return;
    labeled = atom;
    status.textContent = atom < 0 ? "" : textOf(atom);
    for (const row of rows) {
      row.setAttribute("aria-selected", String(Number(row.dataset.atom) === atom && row.closest("[data-structure]") === tables[shown]));
    }
    if (!viewer) return;
    viewer.removeAllLabels();
    if (atom >= 0) {
      viewer.addLabel(textOf(atom), {
        position: pointAt(data.structures[shown].positions, atom), fontSize: 13, fontColor: "white", backgroundColor: "#1f2933", backgroundOpacity: 1, inFront: true,
      });
    }
    viewer.render();
  }

  function pointAt(positions: readonly number[], atom: number): Point {
    const [x, y, z] = positions.slice(3 * atom, 3 * atom + 3);
    return { x, y, z };
  }

  /** Of which lattice vectors each is the sum, by the bits of its index. */
  function corners(cell: readonly number[]): Point[] {
    return Array.from({ length: 8 }, (_, bits) => {
      const at = (axis: number): number => [0, 1, 2].reduce((sum, v) => sum + (bits & (1 << v) ? cell[3 * v + axis] : 0), 0);
      return { x: at(0), y: at(1), z: at(2) };
    });
  }

  function drawCell(target: GLViewer, cell: readonly number[]): void {
    const ends = corners(cell);
    for (let bits = 0; bits < 8; bits++) {
      for (const step of [1, 2, 4]) {
        if (bits & step) continue;
        target.addCylinder({ start: ends[bits], end: ends[bits | step], radius: 0.05, color: "#8090a0", fromCap: 1, toCap: 1 });
      }
    }
  }

  function draw(target: GLViewer): void {
    const { symbols, positions, cell, errors } = data.structures[shown];
    const lines = symbols.map((symbol, i) => [symbol, ...positions.slice(3 * i, 3 * i + 3)].join(" "));
    target.clear();
    model = target.addModel([symbols.length, "", ...lines].join("\n"), "xyz");
    const colorfunc = (atom: { index?: number }): string => colorOf(errors[atom.index ?? 0]);
    model.setStyle({}, { stick: { radius: 0.09, colorfunc }, sphere: { scale: 0.3, colorfunc } });
    model.setHoverable({}, true, (atom: { index?: number }) => mark(atom.index ?? -1), () => undefined);
    model.setClickable({}, true, (atom: { index?: number }) => mark(atom.index ?? -1));
    if (cell) drawCell(target, cell);
    // The third lattice vector up, turned a little: a view along an axis would hide the depth.
    target.setView([0, 0, 0, 0, 0, 0, 0, 1]);
    target.rotate(-78, "x");
    target.rotate(24, "z");
    target.zoomTo();
    fill(target, [...Array.from(symbols, (_, i) => pointAt(positions, i)), ...(cell ? corners(cell) : [])]);
    target.render();
  }

  /** Zooms until the points, and the balls around them, just fill the picture; twice, as what is near grows faster. */
  function fill(target: GLViewer, points: readonly Point[]): void {
    const [ball, least, margin] = [0.6, 1.5, 8]; // Å, Å, px
    for (let pass = 0; pass < 2; pass++) {
      const [x, y, z] = target.getView().map((value) => -value);
      const steps = [{ x: x + ball, y, z }, { x, y: y + ball, z }, { x, y, z: z + ball }];
      const [middle, ...places] = target.modelToScreen([{ x, y, z }, ...steps, ...points]) as { x: number; y: number }[];
      const reach = (axis: "x" | "y"): number => {
        const offsets = places.map((place) => Math.abs(place[axis] - middle[axis]));
        const radius = Math.hypot(...offsets.slice(0, 3));
        return Math.max(radius + offsets.slice(3).reduce((a, b) => Math.max(a, b), 0), (least / ball) * radius);
      };
      target.zoom(Math.min((stage.clientWidth / 2 - margin) / reach("x"), (stage.clientHeight / 2 - margin) / reach("y")));
    }
  }

  function show(index: number): void {
    shown = index;
    labeled = -1;
    tables.forEach((table, i) => (table.hidden = i !== index));
    if (viewer) draw(viewer);
    mark(-1);
  }

  function createViewer(): GLViewer | undefined {
    const library = (globalThis as { $3Dmol?: ViewerLibrary }).$3Dmol;
    const probe = document.createElement("canvas");
    if (!library || !(probe.getContext("webgl2") ?? probe.getContext("webgl"))) return undefined;
    try {
      return library.createViewer(stage, { backgroundAlpha: 0, antialias: true, hoverDuration: 60 });
    } catch {
      return undefined;
    }
  }

  // 3Dmol adds its canvas behind the message.
  if (viewer) stage.querySelector("p")?.remove();
  stage.dataset.state = viewer ? "ready" : "fallback";
  element("viewer-reset").hidden = !viewer;
  element("viewer-hint").hidden = !viewer;
  // The wheel scrolls the page until the picture has been clicked.
  let active = false;
  stage.addEventListener("pointerdown", () => (active = true));
  stage.addEventListener("pointerleave", () => (active = false));
  stage.addEventListener("wheel", (event) => { if (!active) event.stopPropagation(); }, { capture: true, passive: true });
  select.addEventListener("change", () => show(select.selectedIndex));
  element("viewer-reset").addEventListener("click", () => { if (viewer) draw(viewer); labeled = -1; mark(-1); });
  for (const row of rows) {
    row.addEventListener("click", () => mark(Number(row.dataset.atom)));
    row.addEventListener("keydown", (event) => { if (event.key === "Enter") mark(Number(row.dataset.atom)); });
  }
  show(0);
  stage.dataset.atoms = String(model ? model.selectedAtoms({}).length : 0);
}
