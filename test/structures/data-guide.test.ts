// The examples of docs/how-to/data.md, run as they stand.
import { execFileSync } from "node:child_process";
import { copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { dataSchema, readDataset } from "../../src/structures/index.js";

const root = new URL("../../", import.meta.url);

function blocks(text: string, language: string): string[] {
  return [...text.matchAll(/```(\w*)\n([\s\S]*?)```/g)].filter(([, name]) => name === language).map(([, , code]) => code);
}

it("the examples of the data guide run and print what they say", async () => {
  const guide = await readFile(new URL("docs/how-to/data.md", root), "utf8");
  const folder = await mkdtemp(join(tmpdir(), "pestle-guide-"));
  try {
    await copyFile(new URL("examples/data/Si_train.xyz.gz", root), join(folder, "Si_train.xyz.gz"));
    await writeFile(join(folder, "ions.xyz"), "2\nProperties=species:S:1:pos:R:3:ddec_charge:R:1 energy=-1.0 excitation=0.1\nNa 0 0 0 0.9\nCl 0 0 2.4 -0.9\n");
    const entry = new URL("dist/structures/index.js", root).href;
    await writeFile(join(folder, "guide.mjs"), blocks(guide, "js").join("\n").replaceAll('from "pestle"', `from "${entry}"`));
    const lines = execFileSync(process.execPath, ["guide.mjs"], { cwd: folder, encoding: "utf8" }).replace(/\n(?=\s|\])/g, "").split("\n");
    expect(lines[0]).toBe("214 13233");
    expect(lines[1]).toBe("214 39699 214");
    expect(lines[2]).toBe("[ { key: 'energy', structures: 214 } ]");
    expect(lines.slice(4, 11)).toEqual(["[]", "13233", "0", "e atom 1 2", "[ 'energy 1', 'forces 0', 'virial 0', 'excitation 1', 'charge 1' ]", "172 21 21", "[ 'Elastic', 'Surface' ]"]);
    const predicted = await readDataset(join(folder, "predicted.xyz.gz"));
    expect(predicted.nStructures).toBe(21);
    expect(predicted.structure(0).info.get("pestle_energy")).toBe(predicted.energies[0] + 0.1);
  } finally {
    await rm(folder, { recursive: true });
  }
  expect(dataSchema.safeParse((parse(blocks(guide, "yaml")[0]) as { data: unknown }).data).success).toBe(true);
});
