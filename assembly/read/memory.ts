// Where the host and the routine meet: one memory of fixed size, whose parts have their places from here.

/** Of text that is read at once. */
export const WINDOW_BYTES: i32 = 1 << 21;
/** Most atom lines, frames, and values that are no numbers (with their bytes) of one block. */
export const MOST_ROWS: i32 = 1 << 15;
export const MOST_FRAMES: i32 = 1 << 12;
export const MOST_TEXTS: i32 = 1 << 15;
export const TEXT_BYTES: i32 = 1 << 18;
/** Kinds of comment lines that are known at a time. */
export const MOST_PLANS: i32 = 4;
/** Of one plan: numbers of 32 bits, in the order of `plan.ts`, and the bytes that do not change in its lines. */
export const PLAN_NUMBERS: i32 = 128;
export const PLAN_BYTES: i32 = 4096;

/** What may be read behind the last byte. */
const SLACK: i32 = 16;

/** Where reading ended, why, and how much was read. */
export const result = memory.data(32, 8);

// of frames
export const cells = memory.data(8 * 9 * MOST_FRAMES, 8);
export const energies = memory.data(8 * MOST_FRAMES, 8);
export const virials = memory.data(8 * 9 * MOST_FRAMES, 8);
export const atomCounts = memory.data(4 * MOST_FRAMES, 8);
export const periodic = memory.data(3 * MOST_FRAMES, 8);
export const framePlans = memory.data(MOST_FRAMES, 8);
/** Whether a second energy differs from the one that is read. */
export const differs = memory.data(MOST_FRAMES, 8);
/** Values that are no numbers, one after the other, and where each ends. */
export const texts = memory.data(TEXT_BYTES, 8);
export const textEnds = memory.data(4 * MOST_TEXTS, 8);

// of atoms
export const atomicNumbers = memory.data(MOST_ROWS, 8);
export const positions = memory.data(8 * 3 * MOST_ROWS, 8);
export const forces = memory.data(8 * 3 * MOST_ROWS, 8);

// from the host
export const planNumbers = memory.data(4 * PLAN_NUMBERS * MOST_PLANS, 8);
export const planBytes = memory.data(PLAN_BYTES * MOST_PLANS, 8);
/** Atomic numbers by the two bytes of a symbol; 0 where there is none. */
export const symbols = memory.data(1 << 16, 8);
/** 10^0 … 10^22, all that are exact. */
export const powersOfTen = memory.data(8 * 23, 8);
export const window = memory.data(WINDOW_BYTES + SLACK, 8);
