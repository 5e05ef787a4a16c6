// What must not be in the repository: build outputs, large files, paths and hosts of the machine that wrote it.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const isCheckout = existsSync(join(root, ".git"));

function trackedFiles(): string[] {
  const output = execFileSync("git", ["ls-files", "-z"], { cwd: root, encoding: "utf8" });
  return output.split("\0").filter((name) => name !== "" && existsSync(join(root, name)));
}

const binary = /\.(gz|npy|h5|png|jpg|pestle|woff2?)$/;

describe.skipIf(!isCheckout)("tracked files", () => {
  const files = isCheckout ? trackedFiles() : [];
  const texts = files.filter((name) => !binary.test(name));

  it("exist", () => {
    expect(files).toContain("package.json");
  });

  it("are sources, not outputs", () => {
    expect(files.filter((name) => /^(build|dist|coverage|docs\/api|node_modules)\/|\.(wasm|wat|tgz|tsbuildinfo|map)$/.test(name))).toEqual([]);
  });

  it("are small", () => {
    const size = (name: string): number => statSync(join(root, name)).size;
    expect(files.filter((name) => size(name) > 2_000_000)).toEqual([]);
    const bundled = files.filter((name) => name.startsWith("examples/data/"));
    expect(bundled.reduce((sum, name) => sum + size(name), 0)).toBeLessThan(2_000_000);
  });

  it("hold no absolute path of a machine", () => {
    const places = [root.replace(/\/$/, ""), homedir()].filter((path) => path.length > 5).map((path) => path.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
    const path = new RegExp(`(?<![\\w.\\]])(?:${["/(?:home|Users)/\\w", "/work/\\w", "[A-Z]:\\\\Users", ...places].join("|")})`);
    expect(texts.filter((name) => name !== "test/repository.test.ts" && path.test(readFileSync(join(root, name), "utf8")))).toEqual([]);
  });

  it("name no registry", () => {
    const lock = readFileSync(join(root, "package-lock.json"), "utf8");
    expect(lock).not.toContain('"resolved"');
    expect(files.filter((name) => /(^|\/)\.npmrc$/.test(name))).toEqual([]);

  });
});
