import type { Optimizer, OptimizerType } from "../optimizer.js";
import { NatarajanCaroSwarm } from "./natarajan-caro.js";
import { particleSwarmSchema, resolveParticleSwarm } from "./options.js";
import { StandardSwarm } from "./standard.js";

/** @throws {InvalidParameterError} */
function createParticleSwarm(options: unknown): Optimizer {
  const resolved = resolveParticleSwarm(options);
  return resolved.variant === "natarajan-caro" ? new NatarajanCaroSwarm(resolved) : new StandardSwarm(resolved);
}

export const particleSwarmType: OptimizerType = {
  type: "particle-swarm",
  schema: particleSwarmSchema,
  create: createParticleSwarm,
};
