import { relaxedSimd, simd } from "wasm-feature-detect";
import { InternalError, InvalidParameterError } from "../errors.js";
import { binaryOf } from "./binary.js";

/** Builds of the one WebAssembly source, slowest first. `unshared*` are for browsers without cross-origin isolation. */
export const buildNames = ["scalar", "simd", "relaxed-simd", "unshared", "unshared-scalar"] as const;
/** Names of the compiled WebAssembly builds, see docs/architecture.md. */
export type BuildName = (typeof buildNames)[number];

const isNode = typeof process !== "undefined" && process.versions?.node !== undefined;

function canShareMemory(): boolean {
  return isNode || (globalThis as { crossOriginIsolated?: boolean }).crossOriginIsolated === true;
}

/** The fastest build that this machine runs. `PESTLE_WASM` overrides it, for tests and comparisons. */
export async function detectBuild(): Promise<BuildName> {
  const forced = isNode ? process.env.PESTLE_WASM : undefined;
  if (forced) {
    if (!(buildNames as readonly string[]).includes(forced)) {
      throw new InvalidParameterError(`PESTLE_WASM is "${forced}"; use one of ${buildNames.join(", ")}, or unset it`);
    }
    return forced as BuildName;
  }
  const vector = await simd();
  if (!canShareMemory()) return vector ? "unshared" : "unshared-scalar";
  if (vector && (await relaxedSimd())) return "relaxed-simd";
  return vector ? "simd" : "scalar";
}

export function isShared(build: BuildName): boolean {
  return !build.startsWith("unshared");
}

export async function compileBuild(build: BuildName | "read"): Promise<WebAssembly.Module> {
  const bytes = await binaryOf(build);
  try {
    return await WebAssembly.compile(bytes);
  } catch (error) {
    const { message } = error as Error;
    throw new InternalError(`cannot compile the WebAssembly build "${build}": ${message}; reinstall the package if its files are damaged`, { cause: error });
  }
}
