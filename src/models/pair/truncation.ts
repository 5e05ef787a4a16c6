import { z } from "zod";
import { InvalidParameterError } from "../../errors.js";
import type { PairFunction } from "./pair-function.js";

/** How a function of the distance ends. */
export const truncationSchema = {
  cutoff: z.number().positive().max(50).describe("Å: 0 from here on"),
  truncation: z
    .literal(["switched", "force-shifted", "shifted", "plain"])
    .default("switched")
    .describe(
      "how it ends: switched off by a polynomial from switchFrom on; force-shifted: a straight line is taken off, so that value and slope end at 0; " +
        "shifted: a constant is taken off, and forces jump; plain: cut, and energies jump",
    ),
  switchFrom: z.number().nonnegative().max(50).optional().describe("Å, of truncation: switched; default: 0.9 of the cutoff"),
};

/** Options of the schema. */
export interface Truncation {
  /** Å */
  readonly cutoff: number;
  /** How the function ends. */
  readonly truncation: "switched" | "force-shifted" | "shifted" | "plain";
  /** Å */
  readonly switchFrom?: number | undefined;
}

/** @throws {InvalidParameterError} where the switching does not begin before the cutoff, or there is none */
export function checkTruncation({ cutoff, truncation, switchFrom }: Truncation, place: string): void {
  if (switchFrom === undefined) return;
  if (truncation !== "switched") throw new InvalidParameterError(`${place}: switchFrom is for truncation: switched, not ${truncation}; leave it out`);
  if (!(switchFrom < cutoff)) throw new InvalidParameterError(`${place}: switchFrom is ${switchFrom} Å; it must be below the cutoff, ${cutoff} Å`);
}

/** A function that is defined for all distances, ended at a cutoff. */
export function truncated(whole: PairFunction["at"], { cutoff, truncation, switchFrom = 0.9 * cutoff }: Truncation): PairFunction {
  const end = new Float64Array(2);
  whole(cutoff, end);
  const [value, slope] = [truncation === "plain" ? 0 : end[0], truncation === "force-shifted" ? end[1] : 0];
  if (truncation === "switched") return { cutoff, at: switched(whole, switchFrom, cutoff) };
  const at = (r: number, out: Float64Array): void => {
    whole(r, out);
    out[0] -= value + (r - cutoff) * slope;
    out[1] -= slope;
  };
  return { cutoff, at };
}

/** φ S with S = 1 − 10 t³ + 15 t⁴ − 6 t⁵, whose first two derivatives are 0 at both ends. */
function switched(whole: PairFunction["at"], from: number, cutoff: number): PairFunction["at"] {
  const width = cutoff - from;
  return (r, out) => {
    whole(r, out);
    if (r <= from) return;
    const t = (r - from) / width;
    const factor = 1 - t * t * t * (10 - t * (15 - 6 * t));
    const change = (-30 * t * t * (1 - t) * (1 - t)) / width;
    out[1] = out[1] * factor + out[0] * change;
    out[0] *= factor;
  };
}
