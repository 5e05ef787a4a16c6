import type { FrameRoutine } from "../../../wasm/frame-routine.js";
import type { HeaderPlan, Slot } from "./header-plan.js";
import type { ColumnLayout, FrameLayout } from "./properties.js";

// What assembly/read/plan.ts calls them.
const LATTICE = 0;
const ENERGY = 1;
const VIRIAL = 2;
const STRESS = 3;
const OTHER_ENERGY = 4;
const TEXT = 5;

const ROLES = { lattice: LATTICE, energy: ENERGY, virial: VIRIAL, tensor: STRESS, otherEnergy: OTHER_ENERGY, configType: TEXT, info: TEXT } as const;

const SPACE = 32;

/** A plan as the routine takes it. */
export interface BlockPlan {
  readonly plan: HeaderPlan;
  /** See assembly/read/plan.ts. */
  readonly numbers: readonly number[];
  readonly bytes: Uint8Array;
}

/** Undefined for a plan whose frames the routine does not read: it knows species, positions, forces, and values in their usual forms. */
export function blockPlanOf(plan: HeaderPlan, { PLAN_NUMBERS, PLAN_BYTES }: FrameRoutine["places"]): BlockPlan | undefined {
  const { slots, rest, header } = plan;
  const columns = columnsOf(header.layout);
  const isStress = slots.some(({ role }) => role === "tensor");
  if (!columns || (isStress && !isPlainStress(plan))) return undefined;
  const numbers = [
    header.layout.columns.length, ...columns,
    Number(header.cell !== null), Number(header.targets.energy !== undefined), Number(header.targets.virial !== undefined),
    Number(isStress), Number(slots.some(({ role }) => role === "otherEnergy")),
    ...header.pbc.map(Number), rest.length, slots.length,
    ...slots.flatMap(({ role, before, end }) => [ROLES[role], before.length, end]),
  ];
  const bytes = Uint8Array.from([...slots.flatMap(({ before }) => [...before]), ...rest]);
  return numbers.length <= PLAN_NUMBERS && bytes.length <= PLAN_BYTES ? { plan, numbers, bytes } : undefined;
}

/** Three of them, the last of which may be there twice. */
function columnsOf({ columns }: FrameLayout): number[] | undefined {
  const codes = columns.map(codeOf);
  const isKnown = codes.includes(SPECIES) && codes.every((code) => code !== undefined);
  return isKnown && codes.length <= 3 ? [...codes, FORCES].slice(0, 3) : undefined;
}

const SPECIES = 0;
const POSITIONS = 1;
const FORCES = 2;

function codeOf({ role, type }: ColumnLayout): number | undefined {
  if (role === "species") return SPECIES;
  if (type !== "real") return undefined;
  return role === "positions" ? POSITIONS : role === "forces" ? FORCES : undefined;
}

/** Nine numbers in quotes. */
function isPlainStress({ slots, header }: HeaderPlan): boolean {
  const { virialSource } = header.targets;
  const isQuoted = (slot: Slot): boolean => slot.role !== "tensor" || slot.end !== SPACE;
  const value = virialSource?.isStress === true ? virialSource.value : undefined;
  return slots.every(isQuoted) && Array.isArray(value) && value.length === 9 && value.every((item) => typeof item === "number");
}
