// node --import of this file: Node 20 knows relaxed SIMD only behind a flag, which NODE_OPTIONS does not take.
import { setFlagsFromString } from "node:v8";

if (process.versions.node.startsWith("20.")) setFlagsFromString("--experimental-wasm-relaxed-simd");
