// How a comment line is read that differs from one before only in its values; made by the host (header-plan.ts).
import { planBytes, PLAN_BYTES, PLAN_NUMBERS, planNumbers } from "./memory";

/** What the value of a slot is; the text is kept from `STRESS` on. `OTHER_ENERGY` stands beside the one that is read. */
export const LATTICE: i32 = 0;
export const ENERGY: i32 = 1;
export const VIRIAL: i32 = 2;
export const STRESS: i32 = 3;
export const OTHER_ENERGY: i32 = 4;
export const TEXT: i32 = 5;

/** What stands in a column of the atom lines. */
export const SPECIES: i32 = 0;
export const POSITIONS: i32 = 1;
export const FORCES: i32 = 2;

/** The numbers of a plan, in order. */
@unmanaged
export class LinePlan {
  nColumns: i32;
  firstColumn: i32;
  secondColumn: i32;
  thirdColumn: i32;
  hasCell: i32;
  hasEnergy: i32;
  hasVirial: i32;
  /** Whether the virial is −volume times the tensor of the line. */
  isStress: i32;
  hasOtherEnergy: i32;
  /** Of the three lattice vectors. */
  periodicA: i32;
  periodicB: i32;
  periodicC: i32;
  /** What follows the last slot: how many of the plan's bytes. */
  restLength: i32;
  nSlots: i32;
}

/** One value; its numbers follow those of the plan. */
@unmanaged
export class LineSlot {
  role: i32;
  /** How many of the plan's bytes stand between the slot before and this one. */
  beforeLength: i32;
  /** What closes the value: a quote, or a blank behind a bare word. */
  end: u32;
}

@inline
export function planAt(index: i32): LinePlan {
  return changetype<LinePlan>(planNumbers + 4 * PLAN_NUMBERS * index);
}

@inline
export function slotAt(plan: LinePlan, index: i32): LineSlot {
  return changetype<LineSlot>(changetype<usize>(plan) + offsetof<LinePlan>() + index * offsetof<LineSlot>());
}

/** The bytes before each slot, in order, and those after the last. */
@inline
export function bytesOf(index: i32): usize {
  return planBytes + PLAN_BYTES * index;
}
