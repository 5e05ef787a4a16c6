// Finds the bench modules: every .mjs file in a folder of bench/ other than harness/.
import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");

/** All cases with their files, in order of their areas and files. */
export async function findCases() {
  const areas = readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== "harness" && entry.name !== "data")
    .map((entry) => entry.name)
    .sort();
  const cases = [];
  for (const area of areas) {
    const names = readdirSync(join(root, area)).filter((name) => name.endsWith(".mjs"));
    for (const name of names.sort()) {
      const module = await import(pathToFileURL(join(root, area, name)).href);
      for (const entry of module.cases ?? []) cases.push({ ...entry, file: `${area}/${name}` });
    }
  }
  const seen = new Set();
  for (const { name } of cases) {
    if (seen.has(name)) throw new Error(`two bench cases are called "${name}"`);
    seen.add(name);
  }
  return cases;
}
