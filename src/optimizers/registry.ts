import { z } from "zod";
import { InvalidParameterError } from "../errors.js";
import { suggestionFor } from "../suggestion.js";
import { bayesianType } from "./bayesian/bayesian.js";
import { latinHypercubeType } from "./designs/latin-hypercube.js";
import { randomType } from "./designs/random.js";
import { sobolType } from "./designs/sobol.js";
import { domainReductionType } from "./domain-reduction/domain-reduction.js";
import type { Optimizer, OptimizerType } from "./optimizer.js";
import { particleSwarmType } from "./particle-swarm/particle-swarm.js";
import { surrogateType } from "./surrogate/surrogate.js";

/** Every optimizer, one line each. */
const types: readonly OptimizerType[] = [
  particleSwarmType,
  sobolType,
  latinHypercubeType,
  randomType,
  bayesianType,
  surrogateType,
  domainReductionType,
];

/** Names of the optimizers, as `type` in options. */
export const optimizerTypes: readonly string[] = types.map(({ type }) => type);

/** Options of any optimizer, told apart by `type`. */
export const optimizerSchema = z.discriminatedUnion("type", types.map(({ schema }) => schema) as [(typeof types)[0]["schema"]]);

/**
 * Makes an optimizer from options with a `type`.
 * @throws {InvalidParameterError} for an unknown type or an option that is not allowed
 */
export function createOptimizer(options: { readonly type: string } & Record<string, unknown>): Optimizer {
  const type = types.find((entry) => entry.type === options.type);
  if (!type) {
    throw new InvalidParameterError(
      `unknown optimizer "${options.type}"; there are ${optimizerTypes.join(", ")}${suggestionFor(options.type, optimizerTypes)}`,
    );
  }
  return type.create(options);
}
