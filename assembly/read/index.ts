// The module that reads files of structures, apart from the one that computes: small, and with a memory of its own.
export { readFrames } from "./frames";
export * from "./memory";
