export type { Dimension, Optimizer, OptimizerState, Point, Problem } from "./optimizer.js";
export { createOptimizer, optimizerSchema, optimizerTypes } from "./registry.js";
export { particleSwarmSchema, type ParticleSwarmOptions } from "./particle-swarm/options.js";
export { sobolSchema, type SobolOptions } from "./designs/sobol.js";
export { SOBOL_DIMENSIONS, sobolSequence } from "./designs/sobol-sequence.js";
export { latinHypercubeSchema, type LatinHypercubeOptions } from "./designs/latin-hypercube.js";
export { randomSchema, type RandomOptions } from "./designs/random.js";
