import type { FrameRoutine } from "../../../wasm/frame-routine.js";
import type { FrameBlock, StructureInfo, UnreadInfo } from "../../frame-block.js";
import { POWERS_OF_TEN } from "../decimal.js";
import type { KeyTally } from "../target-keys.js";
import { type BlockPlan, blockPlanOf } from "./block-plan.js";
import type { HeaderPlan } from "./header-plan.js";
import { atomicNumbersOfSymbols } from "./rows.js";

/** Why the routine ended, see assembly/read/frames.ts. */
const INCOMPLETE = 1;

/** Of this many bytes on, a frame is read line by line; the rest of the window is for what follows it. */
const SHARE_OF_REST = 1 / 2;

/** Frames that were read at once, and where reading goes on. */
export interface ReadBlock {
  readonly block: FrameBlock | undefined;
  readonly position: number;
  /** Lines that were read. */
  readonly lines: number;
  /** Whether the next frame goes on behind the window. */
  readonly isIncomplete: boolean;
}

/** Reads frames that follow a plan by a routine in WebAssembly, many at a time; all others are left. */
export class FrameBlocks {
  private readonly memory: Uint8Array;
  private readonly result: Int32Array;
  private readonly decoder = new TextDecoder();
  private plans: BlockPlan[] = [];

  constructor(
    private readonly routine: FrameRoutine,
    /** Of the file, for labels. */
    private readonly name: string,
    private readonly tally: KeyTally,
  ) {
    const { buffer, places } = routine;
    this.memory = new Uint8Array(buffer);
    this.result = new Int32Array(buffer, places.result, 5);
    this.memory.set(atomicNumbersOfSymbols, places.symbols);
    new Float64Array(buffer, places.powersOfTen).set(POWERS_OF_TEN);
  }

  /** Whether as much may be left for the next window. */
  holds(rest: number): boolean {
    return rest <= SHARE_OF_REST * this.routine.places.WINDOW_BYTES;
  }

  /** Bytes that can be read; undefined when they are too many. */
  load(rest: Uint8Array, chunk: Uint8Array): Uint8Array | undefined {
    const { window, WINDOW_BYTES } = this.routine.places;
    const length = rest.length + chunk.length;
    if (length > WINDOW_BYTES) return undefined;
    this.memory.set(rest, window);
    this.memory.set(chunk, window + rest.length);
    return this.memory.subarray(window, window + length);
  }

  /** Plans to read by, the best first. */
  usePlans(plans: readonly HeaderPlan[]): void {
    const { places } = this.routine;
    const known = plans.map((plan) => blockPlanOf(plan, places)).filter((plan) => plan !== undefined);
    this.plans = known.slice(0, places.MOST_PLANS);
    const numbers = new Int32Array(this.routine.buffer, places.planNumbers);
    this.plans.forEach((plan, k) => {
      numbers.set(plan.numbers, k * places.PLAN_NUMBERS);
      this.memory.set(plan.bytes, places.planBytes + k * places.PLAN_BYTES);
    });
  }

  /** Frames of the window, which ends with a line break at `end`. */
  read(start: number, end: number, nFramesBefore: number): ReadBlock {
    if (this.plans.length === 0) return { block: undefined, position: start, lines: 0, isIncomplete: false };
    this.routine.readFrames(start, end, this.plans.length);
    const [position, reason, nFrames, nAtoms, nTextBytes] = this.result;
    return {
      block: nFrames > 0 ? this.blockOf(nFrames, nAtoms, nTextBytes, nFramesBefore) : undefined,
      position,
      lines: 2 * nFrames + nAtoms,
      isIncomplete: reason === INCOMPLETE,
    };
  }

  private blockOf(nFrames: number, nAtoms: number, nTextBytes: number, nFramesBefore: number): FrameBlock {
    const { places, buffer } = this.routine;
    const reals = (place: number, count: number): Float64Array => new Float64Array(buffer, place, count);
    const bytes = (place: number, count: number): Uint8Array => new Uint8Array(buffer, place, count);
    const texts = this.decoder.decode(bytes(places.texts, nTextBytes));
    const infos = this.infosOf(bytes(places.framePlans, nFrames), texts);
    this.tell(bytes(places.framePlans, nFrames), bytes(places.differs, nFrames));
    return {
      atomCounts: new Int32Array(buffer, places.atomCounts, nFrames),
      atomicNumbers: bytes(places.atomicNumbers, nAtoms),
      positions: reals(places.positions, 3 * nAtoms),
      cells: reals(places.cells, 9 * nFrames),
      pbc: bytes(places.periodic, 3 * nFrames),
      targets: {
        energy: reals(places.energies, nFrames),
        forces: reals(places.forces, 3 * nAtoms),
        virial: reals(places.virials, 9 * nFrames),
      },
      configTypes: infos.map((info) => info.configType()),
      labels: infos.map((_, k) => `frame ${nFramesBefore + k + 1} of ${this.name}`),
      infos,
    };
  }

  private infosOf(framePlans: Uint8Array, texts: string): PlannedInfo[] {
    const { buffer, places } = this.routine;
    const nTexts = this.plans.map(({ plan }) => plan.textSlots.length);
    const all = new Int32Array(buffer, places.textEnds);
    const infos: PlannedInfo[] = [];
    let next = 0;
    // starts and ends: the first text has its start before it
    const bounds = new Int32Array(1 + framePlans.reduce((sum, k) => sum + nTexts[k], 0));
    bounds.set(all.subarray(0, bounds.length - 1), 1);
    for (const k of framePlans) {
      infos.push(new PlannedInfo(this.plans[k].plan, texts, bounds, next));
      next += nTexts[k];
    }
    return infos;
  }

  private tell(framePlans: Uint8Array, differs: Uint8Array): void {
    const [times, differing] = [this.plans.map(() => 0), this.plans.map(() => 0)];
    for (let i = 0; i < framePlans.length; i++) {
      times[framePlans[i]]++;
      differing[framePlans[i]] += differs[i];
    }
    this.plans.forEach(({ plan }, k) => {
      if (times[k] === 0) return;
      plan.tell(this.tally, times[k], differing[k]);
      this.tally.addFound(plan.found, times[k]);
    });
  }
}

/** What the comment line of one frame says beside numbers, as text. */
class PlannedInfo implements UnreadInfo {
  constructor(
    private readonly plan: HeaderPlan,
    /** Of all frames of a block. */
    private readonly texts: string,
    private readonly bounds: Int32Array,
    /** The first text of this frame. */
    private readonly first: number,
  ) {}

  configType(): string {
    const k = this.plan.configTypeAt;
    return k < 0 ? "" : this.textAt(k);
  }

  readInfo(): StructureInfo {
    return this.plan.infoOf(this.plan.textSlots.map((_, k) => this.textAt(k)));
  }

  private textAt(k: number): string {
    return this.texts.slice(this.bounds[this.first + k], this.bounds[this.first + k + 1]);
  }
}
