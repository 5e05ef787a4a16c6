/** Bits of high precision unless they are asked for: κ up to about 10⁷⁰. */
export const DEFAULT_BITS = 256;

/** Which way is asked for; `auto`: high precision where double precision cannot tell all eigenvalues. */
export const precisionChoices = ["auto", "double", "high"] as const;
/** One of them. */
export type PrecisionChoice = (typeof precisionChoices)[number];
