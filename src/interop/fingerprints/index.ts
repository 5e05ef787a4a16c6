export * from "./writer.js";
export { checkFingerprintPath, type FingerprintFileOptions, openFingerprintStream, openFingerprintWriter } from "./open-writer.js";
