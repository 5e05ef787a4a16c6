// What the package ships: everything that is needed to run, and nothing else. CI also installs the tarball, see .ci/packed.mjs.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { importsOf, sourceFiles } from "../.ci/layers.mjs";
import { buildNames } from "../src/wasm/builds.js";

const root = fileURLToPath(new URL("..", import.meta.url));

interface PackageJson {
  readonly bin: Record<string, string>;
  readonly exports: Record<string, string | { types: string; default: string }>;
  readonly dependencies: Record<string, string>;
  readonly optionalDependencies: Record<string, string>;
  readonly engines: { node: string };
  readonly scripts: Record<string, string>;
}

const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as PackageJson;

function packedFiles(): { path: string; size: number }[] {
  const output = execFileSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  return (JSON.parse(output) as [{ files: { path: string; size: number }[] }])[0].files;
}

describe("the package", () => {
  const packed = packedFiles();
  const paths = packed.map(({ path }) => path);

  it("ships every build, its types, the command, the data and the library", () => {
    for (const build of [...buildNames, "read"]) expect(paths).toContain(`build/${build}.wasm`);
    for (const path of ["build/pestle.d.ts", "build/layouts.js", "build/layouts.d.ts"]) expect(paths).toContain(path);
    for (const path of ["bin/pestle.js", "dist/index.js", "dist/index.d.ts", "dist/worker.js", "dist/browser.js", "dist/pestle-browser.js", "README.md", "LICENSE"]) {
      expect(paths).toContain(path);
    }
    expect(paths.some((path) => path.startsWith("examples/data/"))).toBe(true);
    expect(paths).toContain("examples/si.yaml");
  });

  it("ships the pages that README links to", () => {
    const readme = readFileSync(join(root, "README.md"), "utf8");
    const links = [...readme.matchAll(/\]\((docs\/[^)#]+)/g)].map(([, path]) => path).filter((path) => !path.startsWith("docs/api"));
    expect(links.length).toBeGreaterThan(5);
    expect(links.filter((path) => !paths.some((packed) => packed === path || packed.startsWith(`${path.replace(/\/$/, "")}/`)))).toEqual([]);
  });

  it("ships nothing that is only for development", () => {
    expect(paths.filter((path) => /^(src|test|assembly|docs\/api|\.ci|node_modules)\/|\.(wat|tsbuildinfo)$|(tsconfig|asconfig|eslint|vitest)/.test(path))).toEqual([]);
    expect(packed.reduce((sum, { size }) => sum + size, 0)).toBeLessThan(24_000_000);
  });

  it("ships what it declares as entries", () => {
    const targets = Object.values(manifest.exports).flatMap((entry) => (typeof entry === "string" ? [entry] : [entry.types, entry.default]));
    for (const target of [...targets, ...Object.values(manifest.bin)]) expect(paths).toContain(target.replace(/^\.\//, ""));
  });

  // npm runs it before it packs; .ci/run packs what these commands have made
  it("is built from nothing before it is packed", () => {
    expect(manifest.scripts.prepack).toBe("npm run clean && npm run build");
    expect(manifest.scripts.start).toMatch(/^npm run build --silent && /);
  });

  it("names no place on the network that is not there", () => {
    expect(["repository", "homepage", "bugs"].filter((field) => field in manifest)).toEqual([]);
  });

  it("has a JavaScript file for every source", () => {
    const sources = sourceFiles(join(root, "src")).map((file) => file.slice(join(root, "src").length + 1).replace(/\.ts$/, ".js"));
    expect(sources.filter((path) => !paths.includes(`dist/${path}`))).toEqual([]);
    expect(sources.length).toBeGreaterThan(20);
  });
});

describe("dependencies", () => {
  const dependencies = { ...manifest.dependencies, ...manifest.optionalDependencies };
  const texts = sourceFiles(join(root, "src")).map((file) => readFileSync(file, "utf8"));

  it("hold every package that the sources import", () => {
    const names = texts
      .flatMap(importsOf)
      .map(({ specifier }) => specifier)
      .filter((specifier) => !specifier.startsWith(".") && !specifier.startsWith("node:"))
      .map((specifier) => specifier.split("/").slice(0, specifier.startsWith("@") ? 2 : 1).join("/"));
    expect([...new Set(names)].filter((name) => !(name in dependencies))).toEqual([]);
    expect(names.filter((name) => builtinModules.includes(name))).toEqual([]);
  });

  it("are all used", () => {
    const unused = Object.keys(dependencies).filter((name) => !texts.some((text) => text.includes(`"${name}`)));
    expect(unused).toEqual([]);
  });

  // they are LGPL: not in any bundle, and nothing but what loads them names them
  it("that are optional are loaded only when they are used", () => {
    const loading = sourceFiles(join(root, "src")).filter((file) => Object.keys(manifest.optionalDependencies).some((name) => readFileSync(file, "utf8").includes(`"${name}"`)));
    expect(loading.map((file) => file.slice(root.length))).toEqual(["src/math/precise/binding.ts"]);
    expect(readFileSync(loading[0], "utf8")).toContain('await import("gmp-wasm")');
    const bundles = ["dist/cli-bundle/LICENSES.txt", "dist/pestle-browser.js"].map((file) => readFileSync(join(root, file), "utf8"));
    for (const bundle of bundles) expect(bundle).not.toMatch(/gmp-wasm 1/);
  });

  it("install on the oldest Node that the package supports", () => {
    const oldest = /(\d+)\.(\d+)/.exec(manifest.engines.node)!;
    expect([Number(oldest[1]), Number(oldest[2])]).toEqual([20, 19]);
    const tooNew = Object.keys(dependencies).filter((name) => {
      const path = join(root, "node_modules", name, "package.json");
      if (!existsSync(path)) return true;
      const { engines } = JSON.parse(readFileSync(path, "utf8")) as { engines?: { node?: string } };
      return /(?:^|[^|]\s*)>=\s*2[1-9]/.test(engines?.node ?? "") && !/20/.test(engines?.node ?? "");
    });
    expect(tooNew).toEqual([]);
  });
});
