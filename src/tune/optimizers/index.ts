export type { Dimension, Optimizer, OptimizerState, Point, Problem } from "./optimizer.js";
export { createOptimizer, optimizerSchema, optimizerTypes } from "./registry.js";
export { particleSwarmSchema, type ParticleSwarmOptions } from "./particle-swarm/options.js";
