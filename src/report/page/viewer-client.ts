import type { StageStructure, StructureStage } from "./structure-stage.js";

/** What the page holds for the 3D view. */
export interface ViewerData {
  /** eV/Å at the upper end of the color scale */
  readonly maximum: number;
  readonly colors: readonly string[];
  readonly structures: readonly ViewerStructure[];
}

export interface ViewerStructure extends StageStructure {
  /** eV/Å; null without a reference */
  readonly errors: readonly (number | null)[];
}

/**
 * Runs in the browser: it is put into the page as source text, so it uses nothing from outside but the elements of the page and
 * `createStage`. Without WebGL the tables of atoms keep working and a message takes the place of the picture.
 */
export function startStructureViewer(createStage: (stage: HTMLElement) => StructureStage | undefined): void {
  const element = <T extends HTMLElement>(id: string): T => document.getElementById(id) as T;
  const data = JSON.parse(element("viewer-data").textContent ?? "") as ViewerData;
  const place = element("viewer-stage");
  const select = element<HTMLSelectElement>("viewer-structure");
  const status = element("viewer-status");
  const rows = Array.from(document.querySelectorAll<HTMLElement>("tr[data-atom]"));
  const tables = Array.from(document.querySelectorAll<HTMLElement>("[data-structure]"));
  const stage = createStage(place);
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
    stage?.label(atom, atom < 0 ? "" : textOf(atom));
  }

  function draw(): void {
    const structure = data.structures[shown];
    stage?.draw(structure, { colorOf: (atom) => colorOf(structure.errors[atom]), onAtom: mark });
  }

  function show(index: number): void {
    shown = index;
    labeled = -1;
    tables.forEach((table, i) => (table.hidden = i !== index));
    draw();
    mark(-1);
  }

  element("viewer-reset").hidden = !stage;
  element("viewer-hint").hidden = !stage;
  select.addEventListener("change", () => show(select.selectedIndex));
  element("viewer-reset").addEventListener("click", () => { draw(); labeled = -1; mark(-1); });
  for (const row of rows) {
    row.addEventListener("click", () => mark(Number(row.dataset.atom)));
    row.addEventListener("keydown", (event) => { if (event.key === "Enter") mark(Number(row.dataset.atom)); });
  }
  show(0);
  place.dataset.atoms = String(stage?.atoms() ?? 0);
}
