import type { StageStructure, StructureStage } from "../page/structure-stage.js";

/** What the page holds of pairs. */
export interface PairViewData {
  /** a and b of each pair. */
  readonly pairs: readonly (readonly [StageStructure, StageStructure])[];
}

/**
 * Runs in the browser: it is put into the page as source text, so it uses nothing from outside but the elements of the page and
 * `createStage`. Draws both environments of the chosen pair and shows its numbers.
 */
export function startPairViewer(createStage: (stage: HTMLElement) => StructureStage | undefined): void {
  const element = <T extends HTMLElement>(id: string): T => document.getElementById(id) as T;
  const data = JSON.parse(element("pair-data").textContent ?? "") as PairViewData;
  const select = element<HTMLSelectElement>("pair-choice");
  const texts = Array.from(document.querySelectorAll<HTMLElement>("[data-pair]"));
  const stages = ["pair-a", "pair-b"].map((id) => createStage(element(id)));

  function show(index: number): void {
    texts.forEach((text, i) => (text.hidden = i !== index));
    stages.forEach((stage, side) => {
      const structure = data.pairs[index][side];
      const name = (atom: number): string => (atom < 0 ? "" : `${structure.symbols[atom]}${atom === 0 ? ", the center" : ""}, ${Math.hypot(...structure.positions.slice(3 * atom, 3 * atom + 3)).toFixed(3)} Å`);
      stage?.draw(structure, { onAtom: (atom) => stage.label(atom, name(atom)), marked: 0 });
    });
  }

  select.addEventListener("change", () => show(select.selectedIndex));
  show(0);
}
