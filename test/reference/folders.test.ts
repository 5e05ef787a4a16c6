// Every folder of reference values has a suite beside this file, or a reason.
import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { referenceRoot } from "./folder.js";

const notThere: Readonly<Record<string, string>> = {
  formats: "readers of foreign formats are not there yet",
  nacl: "classical potentials are not there yet",
  neural: "neural potentials are not there yet",
};

const folders = readdirSync(referenceRoot, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));

it("there are reference values", () => {
  expect(folders.length).toBeGreaterThan(0);
});

for (const name of folders) {
  const hasSuite = existsSync(fileURLToPath(new URL(`${name}.test.ts`, import.meta.url)));
  it.skipIf(!hasSuite && name in notThere)(`${name}${hasSuite ? "" : `: ${notThere[name]}`}`, () => {
    expect(hasSuite, `no suite compares with ${name}`).toBe(true);
    expect(Object.keys(notThere)).not.toContain(name);
  });
}
