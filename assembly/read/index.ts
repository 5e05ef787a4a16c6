// The module that reads files of structures and looks at them, apart from the one that computes: small, and with a memory of its own.
export { box, BYTES_PER_POINT, closestPair, pair, pointArrays } from "./closest-pair";
export { readFrames } from "./frames";
export * from "./memory";
