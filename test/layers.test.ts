import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { ESLint } from "eslint";
import { describe, expect, it } from "vitest";
import { findCycle, importGraph, importsOf, layerViolation, sourceFiles } from "../.ci/layers.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const files = [...sourceFiles(join(root, "src")), ...sourceFiles(join(root, "assembly"))];

function reason(file: string, specifier: string): string | undefined {
  return layerViolation(join(root, file), specifier, root);
}

function violationsOf(file: string): string[] {
  const found = importsOf(readFileSync(file, "utf8")).map(({ specifier }) => layerViolation(file, specifier, root));
  return found.filter((entry) => entry !== undefined).map((entry) => `${file.slice(root.length)}: ${entry}`);
}

describe("the layer rule", () => {
  it("lets a folder import from itself and from above", () => {
    expect(reason("src/fit/fit.ts", "../models/sparse-gp/model.js")).toBeUndefined();
    expect(reason("src/descriptors/soap/soap.ts", "../descriptor.js")).toBeUndefined();
    expect(reason("src/wasm/wasm.ts", "../../build/pestle.js")).toBeUndefined();
    expect(reason("src/wasm/records.ts", "../../build/layouts.js")).toBeUndefined();
    expect(reason("src/cli/commands/fit.ts", "commander")).toBeUndefined();
    expect(reason("assembly/neighbors/cells.ts", "../math/simd")).toBeUndefined();
  });

  it("reports an import from below", () => {
    expect(reason("src/models/sparse-gp/model.ts", "../../fit/fit.js")).toBe("src/models may not import src/fit: fit is below models");
    expect(reason("src/errors.ts", "./wasm/wasm.js")).toBe("src/errors may not import src/wasm: wasm is below errors");
    expect(reason("src/cli/commands/fit.ts", "../../index.js")).toBe("src/cli may not import src/index: index is below cli");
    expect(reason("assembly/math/exp.ts", "../linalg/gemm")).toBe("assembly/math may not import assembly/linalg: linalg is below math");
  });

  it("reports imports that leave the tree, and folders in no layer", () => {
    expect(reason("src/fit/fit.ts", "../../build/pestle.js")).toMatch(/lies outside/);
    expect(reason("src/fit/fit.ts", "../../build/layouts.js")).toMatch(/lies outside/);
    expect(reason("src/wasm/wasm.ts", "../../build/other.js")).toMatch(/lies outside/);
    expect(reason("src/fit/fit.ts", "../../test/expect.js")).toMatch(/lies outside/);
    expect(reason("src/fit/fit.ts", "../../assembly/status.js")).toMatch(/trees meet only/);
    expect(reason("src/misc/thing.ts", "../errors.js")).toMatch(/src\/misc is in no layer/);
    expect(reason("src/fit/fit.ts", "../misc/thing.js")).toMatch(/src\/misc is in no layer/);
  });

  it("fires in the linter", async () => {
    // this rule looks at no types, which take long to find out
    const untyped = { files: ["src/**/*.ts"], languageOptions: { parserOptions: { project: false } } };
    const eslint = new ESLint({ cwd: root, overrideConfig: untyped, ruleFilter: ({ ruleId }) => ruleId === "pestle/layers" });
    const planted = [
      ["src/errors.ts", 'export { loadWasm } from "./wasm/wasm.js";\n'],
      ["src/errors.ts", 'export type { Wasm } from "./wasm/wasm.js";\n'],
      ["src/errors.ts", 'export const later = () => import("./wasm/wasm.js");\n'],
      ["assembly/linalg/fill.ts", 'import { OK } from "../neighbors/cells";\n@inline function f(): i32 { return OK; }\n'],
    ];
    for (const [file, code] of planted) {
      const [result] = await eslint.lintText(code, { filePath: join(root, file) });
      expect(result.messages.filter((message) => message.ruleId === "pestle/layers").length, `${file}: ${code}`).toBe(1);
    }
    const [clean] = await eslint.lintText('@inline function f(): i32 { return 0; }\nexport { OK } from "../status";\n', {
      filePath: join(root, "assembly/linalg/fill.ts"),
    });
    expect(clean.messages.filter((message) => message.ruleId === null || message.ruleId === "pestle/layers")).toEqual([]);
  });
});

describe("the source trees", () => {
  it("follow the layer rule", () => {
    expect(files.length).toBeGreaterThan(15);
    expect(files.flatMap(violationsOf)).toEqual([]);
  });

  it("have no import cycles", () => {
    expect(findCycle(importGraph(files))?.map((file) => file.slice(root.length)).join(" → ")).toBeUndefined();
  });

  it("name what they hold", () => {
    const vague = /^(utils?|helpers?|common|misc|manager|process|new|old|outdated)\b/;
    expect(files.filter((file) => file.slice(root.length).split("/").some((part) => vague.test(part)))).toEqual([]);
    expect(files.filter((file) => basename(file) !== basename(file).toLowerCase())).toEqual([]);
  });
});

describe("the import scanner", () => {
  it("finds every form of import", () => {
    const text = `
      import { a, type B } from "./a.js";
      import type { C } from "./c.js";
      import "./d.js";
      export * from "./e.js";
      export type {
        F,
      } from "./f.js";
      const g = await import("./g.js");
      // import { no } from "./comment.js";
      /* import { no } from "./comment.js"; */
    `;
    const found = importsOf(text);
    expect(found.map(({ specifier }) => specifier)).toEqual(["./a.js", "./c.js", "./d.js", "./e.js", "./f.js", "./g.js"]);
    expect(found.filter(({ isType }) => isType).map(({ specifier }) => specifier)).toEqual(["./c.js", "./f.js"]);
  });

  it("finds a cycle", () => {
    const graph = new Map([
      ["a", ["b"]],
      ["b", ["c"]],
      ["c", ["a"]],
    ]);
    expect(findCycle(graph)).toEqual(["a", "b", "c", "a"]);
    expect(findCycle(new Map([["a", ["b", "c"]], ["b", ["c"]], ["c", []]]))).toBeUndefined();
  });
});
