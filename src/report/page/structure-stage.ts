import type { GLModel, GLViewer } from "3dmol";

/** Atoms as a stage draws them. */
export interface StageStructure {
  readonly symbols: readonly string[];
  /** Å, nAtoms × 3 */
  readonly positions: readonly number[];
  /** Å, 3 × 3; null where none is drawn */
  readonly cell: readonly number[] | null;
  /** Å, nAtoms × 3: an arrow from each atom; absent: none */
  readonly arrows?: readonly number[];
}

/** How a structure is drawn, and what happens where the reader points. */
export interface StageLook {
  /** Absent: by element. */
  readonly colorOf?: (atom: number) => string;
  /** An atom that was pointed at or clicked. */
  readonly onAtom: (atom: number) => void;
  /** An atom that is larger than the others, in a color of its own. */
  readonly marked?: number;
  /** Whether the picture stays as the reader turned it: for structures that move. */
  readonly keepView?: boolean;
}

/** A picture that turns. */
export interface StructureStage {
  draw(structure: StageStructure, look: StageLook): void;
  /** Beside an atom of what was drawn last; −1 for none. */
  label(atom: number, text: string): void;
  /** How many atoms are drawn. */
  atoms(): number;
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
 * there. Undefined without WebGL: what stands in the place of the picture stays.
 */
export function createStructureStage(stage: HTMLElement): StructureStage | undefined {
  const viewer = createViewer();
  let model: GLModel | undefined;
  let shown: StageStructure | undefined;

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

  /** From the surface of each ball on, so that short ones are seen. */
  function arrowsOf({ positions, arrows = [] }: StageStructure): { readonly start: Point; readonly end: Point }[] {
    const ball = 0.5; // Å
    return Array.from({ length: arrows.length / 3 }, (_, atom) => {
      const { x, y, z } = pointAt(positions, atom);
      const [u, v, w] = arrows.slice(3 * atom, 3 * atom + 3);
      const length = Math.hypot(u, v, w);
      const along = (part: number): Point => ({ x: x + part * u, y: y + part * v, z: z + part * w });
      return length > 0.02 ? [{ start: along(ball / length), end: along(1 + ball / length) }] : [];
    }).flat();
  }

  function drawArrows(target: GLViewer, structure: StageStructure): void {
    for (const { start, end } of arrowsOf(structure)) target.addArrow({ start, end, radius: 0.08, radiusRatio: 2, mid: 0.7, color: "#d55e00" });
  }

  function draw(target: GLViewer, structure: StageStructure, { colorOf, onAtom, marked = -1, keepView = false }: StageLook): void {
    const { symbols, positions, cell } = structure;
    const view = target.getView();
    const lines = symbols.map((symbol, i) => [symbol, ...positions.slice(3 * i, 3 * i + 3)].join(" "));
    target.clear();
    model = target.addModel([symbols.length, "", ...lines].join("\n"), "xyz");
    const colors = colorOf ? { colorfunc: (atom: { index?: number }): string => colorOf(atom.index ?? 0) } : { colorscheme: "Jmol" };
    model.setStyle({}, { stick: { radius: 0.09, ...colors }, sphere: { scale: 0.3, ...colors } });
    model.setHoverable({}, true, (atom: { index?: number }) => onAtom(atom.index ?? -1), () => undefined);
    model.setClickable({}, true, (atom: { index?: number }) => onAtom(atom.index ?? -1));
    if (marked >= 0) model.setStyle({ index: marked }, { stick: { radius: 0.09, color: "#d55e00" }, sphere: { scale: 0.4, color: "#d55e00" } });
    if (cell) drawCell(target, cell);
    drawArrows(target, structure);
    if (keepView) {
      target.setView(view);
      target.render();
      return;
    }
    // The third lattice vector up, turned a little: a view along an axis would hide the depth.
    target.setView([0, 0, 0, 0, 0, 0, 0, 1]);
    target.rotate(-78, "x");
    target.rotate(24, "z");
    target.zoomTo();
    fill(target, [...Array.from(symbols, (_, i) => pointAt(positions, i)), ...arrowsOf(structure).map(({ end }) => end), ...(cell ? corners(cell) : [])]);
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

  function label(target: GLViewer, atom: number, text: string): void {
    target.removeAllLabels();
    if (atom >= 0 && shown) {
      target.addLabel(text, {
        position: pointAt(shown.positions, atom), fontSize: 13, fontColor: "white", backgroundColor: "#1f2933", backgroundOpacity: 1, inFront: true,
      });
    }
    target.render();
  }

  // 3Dmol adds its canvas behind the message.
  if (viewer) stage.querySelector("p")?.remove();
  stage.dataset.state = viewer ? "ready" : "fallback";
  // The wheel scrolls the page until the picture has been clicked.
  let active = false;
  stage.addEventListener("pointerdown", () => (active = true));
  stage.addEventListener("pointerleave", () => (active = false));
  stage.addEventListener("wheel", (event) => { if (!active) event.stopPropagation(); }, { capture: true, passive: true });
  return viewer && {
    draw: (structure, look) => draw(viewer, (shown = structure), look),
    label: (atom, text) => label(viewer, atom, text),
    atoms: () => (model ? model.selectedAtoms({}).length : 0),
  };
}
