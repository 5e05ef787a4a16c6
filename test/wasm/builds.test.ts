import { readFile } from "node:fs/promises";
import { relaxedSimd, simd } from "wasm-feature-detect";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { InternalError, InvalidParameterError } from "../../src/errors.js";
import { type BuildName, buildNames, compileBuild, detectBuild, isShared } from "../../src/wasm/builds.js";
import { loadWasm } from "../../src/wasm/wasm.js";

afterEach(() => vi.unstubAllEnvs());

async function runsHere(build: BuildName): Promise<boolean> {
  if (build === "relaxed-simd") return relaxedSimd();
  return build === "simd" || build === "unshared" ? simd() : true;
}

describe("detectBuild", () => {
  beforeEach(() => vi.stubEnv("PESTLE_WASM", ""));

  it("chooses the fastest shared build that this Node runs", async () => {
    const build = await detectBuild();
    expect(isShared(build)).toBe(true);
    expect(build).toBe((await relaxedSimd()) ? "relaxed-simd" : (await simd()) ? "simd" : "scalar");
  });

  it.each(buildNames)("can be told to use %s", async (name) => {
    vi.stubEnv("PESTLE_WASM", name);
    expect(await detectBuild()).toBe(name);
  });

  it("refuses a build that does not exist", async () => {
    vi.stubEnv("PESTLE_WASM", "avx512");
    await expect(detectBuild()).rejects.toThrow(InvalidParameterError);
    await expect(detectBuild()).rejects.toThrow('PESTLE_WASM is "avx512"; use one of scalar, simd, relaxed-simd, unshared, unshared-scalar');
  });
});

describe("compileBuild", () => {
  it("says what to do when the file is absent", async () => {
    const promise = compileBuild("absent" as BuildName);
    await expect(promise).rejects.toBeInstanceOf(InternalError);
    await expect(promise).rejects.toThrow(/cannot load the WebAssembly build "absent": run "npm run build" in a checkout, or reinstall/);
  });
});

describe.each(buildNames)("the build %s", (build) => {
  it("imports only its memory, shared or not, and allows 4 GiB", async () => {
    const bytes = await readFile(new URL(`../../build/${build}.wasm`, import.meta.url));
    expect(bytes.byteLength).toBeGreaterThan(100);
    if (!(await runsHere(build))) return;
    const module = await compileBuild(build);
    expect(WebAssembly.Module.imports(module)).toEqual([{ module: "env", name: "memory", kind: "memory" }]);
    const { wasm } = await loadWasm({ build });
    expect(wasm.shared.memory.buffer instanceof SharedArrayBuffer).toBe(isShared(build));
  });

  it("exports the same routines as the others", async () => {
    if (!(await runsHere(build))) return;
    const names = async (name: BuildName): Promise<string[]> => WebAssembly.Module.exports(await compileBuild(name)).map((entry) => entry.name);
    expect(await names(build)).toEqual(await names("scalar"));
  });

  it("exports no routine of more than nine arguments", async () => {
    if (!(await runsHere(build))) return;
    const { wasm } = await loadWasm({ build });
    const { exports } = await WebAssembly.instantiate(wasm.shared.module, { env: { memory: wasm.shared.memory } });
    const routines = Object.entries(exports).filter((entry): entry is [string, () => unknown] => typeof entry[1] === "function");
    expect(routines.length).toBeGreaterThan(40);
    expect(routines.filter(([, { length }]) => length > 9).map(([name, { length }]) => `${name} takes ${length}`)).toEqual([]);
    expect(Math.max(...routines.map(([, { length }]) => length))).toBe(9);
  });

  it("keeps its promise about vectors", async () => {
    // f64x2.mul and f64x2.relaxed_madd as bytes
    const bytes = await readFile(new URL(`../../build/${build}.wasm`, import.meta.url));
    const multiplies = bytes.includes(Buffer.from([0xfd, 0xf2, 0x01]));
    const fuses = bytes.includes(Buffer.from([0xfd, 0x87, 0x02]));
    expect(multiplies).toBe(!build.endsWith("scalar"));
    expect(fuses).toBe(build === "relaxed-simd");
  });
});

describe("the generated types", () => {
  it("declare exactly what the builds export", async () => {
    const text = await readFile(new URL("../../build/pestle.d.ts", import.meta.url), "utf8");
    const declared = [...text.matchAll(/^ {2}export function (\w+)\(/gm)].map((match) => match[1]);
    const exported = WebAssembly.Module.exports(await compileBuild("scalar")).filter((entry) => entry.kind === "function");
    expect(declared.sort()).toEqual(exported.map((entry) => entry.name).sort());
  });
});
