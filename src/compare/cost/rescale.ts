import type { Cost, Timing } from "../comparison.js";
import type { Reference } from "./reference.js";

/** A cost at the best speed that is known by now, so that those of different runs stand on one scale. */
export function rescaled(cost: Cost, reference: Pick<Reference, "best" | "peak">): Cost {
  const factor = reference.best / cost.reference;
  const scaled = ({ median, low, high, rounds }: Timing): Timing => ({ median: factor * median, low: factor * low, high: factor * high, rounds });
  const values = scaled(cost.values);
  return {
    ...cost,
    neighbors: cost.neighbors && scaled(cost.neighbors),
    values,
    jacobian: cost.jacobian && scaled(cost.jacobian),
    backward: scaled(cost.backward),
    peakShare: cost.operations && cost.operations.values / values.median / reference.peak,
    reference: reference.best,
  };
}
