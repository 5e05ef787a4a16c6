// The examples of README and docs compile in a strict project of somebody else. CI does the same with the installed tarball, see .ci/packed.mjs.
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compile, examplesOf, writeExamples } from "../.ci/doc-examples.mjs";
import { TIME_LIMIT } from "./time-limit.js";

const root = fileURLToPath(new URL("..", import.meta.url));

/** A project that has the package and nothing else: what only development has is out of reach. */
function makeProject(): string {
  const folder = mkdtempSync(join(tmpdir(), "pestle-examples-"));
  const modules = join(folder, "node_modules");
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { dependencies: Record<string, string> };
  mkdirSync(join(modules, "pestle"), { recursive: true });
  const isFolderOrTypes = (path: string): boolean => /\.d\.ts$|[\\/][^.\\/]*$/.test(path);
  for (const name of ["dist", "build"]) cpSync(join(root, name), join(modules, "pestle", name), { recursive: true, filter: isFolderOrTypes });
  cpSync(join(root, "package.json"), join(modules, "pestle", "package.json"));
  for (const name of Object.keys(manifest.dependencies)) {
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    symlinkSync(join(root, "node_modules", name), join(modules, name));
  }
  // examples are modules
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  return folder;
}

describe("the examples of the documentation", () => {
  let folder: string;
  let files: string[];

  beforeAll(() => {
    folder = makeProject();
    files = writeExamples(folder);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it("are found on every page that has some", () => {
    expect(files).toContain(join("pages", "README", "README.ts"));
    expect(files).toContain(join("pages", "docs", "how-to", "new-format", "hartree-bohr.ts"));
    expect(files.length).toBeGreaterThan(5);
  });

  it("compile under strict TypeScript, with exact optional properties and a look at our declarations", { timeout: 2 * TIME_LIMIT }, () => {
    expect(compile(folder, files)).toBe("");
  });
});

describe("the blocks of a page", () => {
  it("keep their lines, and those with a name make files of their own", () => {
    const page = ["# Page", "```js", "const a = 1;", "```", "```sh", "pestle", "```", "```ts own.ts", "export const b = 2;", "```", "```ts", "a;", "```"].join("\n");
    const modules = examplesOf("docs/page.md", page);
    expect([...modules.keys()]).toEqual(["docs-page.ts", "own.ts"]);
    expect(modules.get("docs-page.ts")!.split("\n").slice(0, 12)).toEqual(["", "", "const a = 1;", "", "", "", "", "", "", "", "", "a;"]);
    expect(modules.get("own.ts")!.split("\n")[8]).toBe("export const b = 2;");
  });
});
