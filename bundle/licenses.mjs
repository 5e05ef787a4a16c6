import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Name, version and license of every package that modules of a bundle come from: whoever passes the bundle on passes these on. */
export function licenses(modules) {
  const folders = new Set();
  for (const id of modules) {
    const [, path] = /^(.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+)[\\/]/.exec(id) ?? [];
    if (path) folders.add(path);
  }
  return [...folders].sort().map(licenseOf).join(`\n\n${"-".repeat(80)}\n\n`);
}

/** Name, version and license of the package in a folder. */
export function licenseOf(folder) {
  const { name, version, license: kind } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const path = ["LICENSE", "LICENSE.md", "LICENSE.txt", "LICENSE-MIT.txt", "license"].map((file) => join(folder, file)).find((file) => existsSync(file));
  return `${name} ${version} (${kind})${path === undefined ? "" : `\n\n${readFileSync(path, "utf8").trim()}`}`;
}
