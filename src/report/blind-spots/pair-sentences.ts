import type { BlindPair } from "../../analysis/blind-spots/blind-spots.js";
import { formatSignificant } from "../formatting.js";

/** One sentence or two on what a pair means, for readers who know no more than its numbers. */
export function meaningOf({ isIdentical, isExact, score, structuralDistance, energy, forces }: BlindPair): string {
  const apart = `${isExact ? "" : "at most "}${formatSignificant(structuralDistance)} Å apart`;
  const seen = isIdentical ? "The descriptor cannot tell these environments apart" : `The descriptor sees these environments ${formatSignificant(score)} times closer than it does usual ones`;
  return `${seen}, and they are ${apart}. ${costOf(energy, forces, isIdentical)}`;
}

function costOf(energy: BlindPair["energy"], forces: BlindPair["forces"], isIdentical: boolean): string {
  if (energy?.isBound) {
    return `Every model of this descriptor gives both structures the same energy; they differ by ${formatSignificant(Math.abs(energy.difference))} eV, so one error at least is ${formatSignificant(energy.leastError)} eV or more.`;
  }
  const steep = energy?.slope === undefined ? "" : ` A model must be as steep as ${formatSignificant(energy.slope)} eV per unit of distance to have both energies right.`;
  const pulled = forces ? ` The forces on the centers differ by ${formatSignificant(forces.difference)} eV/Å.` : "";
  if (isIdentical) return `Their local energies are equal in every model; other atoms of the structures differ, so no error of total energies follows.${pulled}`;
  return `No error follows for all models.${steep}${pulled}`;
}
