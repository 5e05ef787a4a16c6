// Exits with 0 if this Node runs relaxed SIMD, with or without its flag.
import { setFlagsFromString } from "node:v8";

if (process.versions.node.startsWith("20.")) setFlagsFromString("--experimental-wasm-relaxed-simd");
const { relaxedSimd } = await import("wasm-feature-detect");
process.exit((await relaxedSimd()) ? 0 : 1);
