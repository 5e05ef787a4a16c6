import type { StageStructure, StructureStage } from "../page/structure-stage.js";

/** What the page holds for one moving picture. */
export interface MotionData {
  readonly symbols: readonly string[];
  /** Å, nAtoms × 3 of each frame; one at least */
  readonly frames: readonly (readonly number[])[];
  /** What is said of each frame. */
  readonly texts: readonly string[];
  /** Å, nAtoms × 3: arrows at the first frame */
  readonly arrows: readonly number[];
}

/**
 * Runs in the browser: it is put into the page as source text, so it uses nothing from outside but the elements of the page and `createStage`. Every
 * picture has a slider through its frames, and moves by itself only when the reader asks for it.
 */
export function startMotionViewers(createStage: (stage: HTMLElement) => StructureStage | undefined): void {
  const INTERVAL = 80; // ms
  for (const place of Array.from(document.querySelectorAll<HTMLElement>("[data-motion]"))) {
    const part = <T extends HTMLElement>(name: string): T => place.querySelector<T>(`[data-part="${name}"]`)!;
    const data = JSON.parse(part("data").textContent ?? "") as MotionData;
    const slider = part<HTMLInputElement>("slider");
    const play = part<HTMLButtonElement>("play");
    const stage = createStage(part("stage"));
    let timer: ReturnType<typeof setInterval> | undefined;
    const show = (frame: number, keepView: boolean): void => {
      const structure: StageStructure = { symbols: data.symbols, positions: data.frames[frame], cell: null, ...(frame === 0 && { arrows: data.arrows }) };
      stage?.draw(structure, { onAtom: (atom) => stage.label(atom, atom < 0 ? "" : `${data.symbols[atom]} ${atom === 0 ? "(center)" : atom}`), keepView });
      slider.value = String(frame);
      part("text").textContent = data.texts[frame];
    };
    const stop = (): void => {
      clearInterval(timer);
      timer = undefined;
      play.textContent = "Play";
    };
    const start = (): void => {
      play.textContent = "Stop";
      timer = setInterval(() => show((Number(slider.value) + 1) % data.frames.length, true), INTERVAL);
    };
    part("controls").hidden = !stage || data.frames.length < 2;
    slider.addEventListener("input", () => { stop(); show(Number(slider.value), true); });
    play.addEventListener("click", () => (timer === undefined ? start() : stop()));
    show(0, false);
  }
}
