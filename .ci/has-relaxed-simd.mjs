// Exits with 0 if this Node runs relaxed SIMD, with or without its flag.
import "./relaxed-simd.mjs";

const { relaxedSimd } = await import("wasm-feature-detect");
process.exit((await relaxedSimd()) ? 0 : 1);
