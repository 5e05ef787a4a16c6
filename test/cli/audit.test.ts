import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Audit } from "../../src/audit/index.js";
import { runMain } from "./run-pestle.js";

let folder: string;
let data: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "pestle-audit-"));
  data = join(folder, "data.xyz");
  writeFileSync(data, Array.from({ length: 20 }, (_, frame) => water(frame)).join(""));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A bent molecule with bonds and an angle of its own. */
function water(frame: number): string {
  const [a, b, angle] = [0.96 + 0.1 * Math.sin(frame), 0.96 + 0.1 * Math.cos(2.3 * frame), 1.8 + 0.2 * Math.sin(5.1 * frame)];
  return `3\nProperties=species:S:1:pos:R:3\nO 0 0 0\nH ${a} 0 0\nH ${b * Math.cos(angle)} ${b * Math.sin(angle)} 0\n`;
}

const small = ["-d", "soap", "-p", "nMax=3,lMax=2,sigma=0.5,cutoff.radius=3", "--quick", "--threads", "1"];

/** Paths of what JSON cannot hold as a number. */
function nulls(value: unknown, path = ""): string[] {
  if (value === null) return [path];
  if (typeof value !== "object") return [];
  return Object.entries(value).flatMap(([key, part]) => nulls(part, `${path}/${key}`));
}

describe("pestle audit", () => {
  it("prints every number with a sentence, writes them and a page, and finds them again", async () => {
    const [cache, page, numbers] = [join(folder, "cache"), join(folder, "page.html"), join(folder, "audit.json")];
    const first = await runMain(["audit", data, ...small, "--cache", cache, "--report", page, "-o", numbers]);
    expect(first).toMatchObject({ status: 0 });
    expect(first.stdout).toMatch(/^effective rank +[\d.]+ of \d+ +good/mu);
    expect(first.stdout).toMatch(/^linear redundancy: \d+ principal components? /mu);
    const text = readFileSync(numbers, "utf8");
    const audit = JSON.parse(text) as Audit;
    expect(nulls(audit)).toEqual([]);
    expect(audit).toMatchObject({ data: { structures: 20, atoms: 60, species: ["H", "O"] }, descriptor: { type: "soap", rows: "center" }, cached: [] });
    for (const { meaning } of audit.verdicts) expect(readFileSync(page, "utf8").replaceAll("\u00a0", " ")).toContain(meaning.replaceAll("<", "&lt;"));
    const again = JSON.parse((await runMain(["audit", data, ...small, "--cache", cache, "--json"])).stdout) as Audit;
    expect(again.cached).toContain("cost");
    expect({ ...again, seconds: 0, cached: [] }).toEqual({ ...audit, seconds: 0 });
  });

  it("plans without measuring", async () => {
    const { status, stdout } = await runMain(["audit", data, ...small, "--dry-run"]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/rows +60 × \d+ columns\natoms +moved around 60, pairs searched among 60\nmemory +[\d.]+ [kM]B\ntime +about [\d.]+ s on 1 thread/u);
  });

  it.each(["README.md", "docs/how-to/audit.md"])("takes the command that stands in %s", async (page) => {
    const [, command] = /^pestle (audit .+)$/mu.exec(readFileSync(page, "utf8"))!;
    const words = command.match(/"[^"]*"|\S+/gu)!.map((word) => word.replaceAll('"', ""));
    expect(await runMain([...words, "--dry-run"])).toMatchObject({ status: 0, stderr: expect.not.stringContaining("error") as string });
  });

  it("takes a preset of pestle compare, with the cutoff that it has there", async () => {
    const { status, stdout } = await runMain(["audit", data, "-d", "soap n4 l3", "-p", "nMax=3", "--quick", "--no-cache", "--json"]);
    expect(status).toBe(0);
    const { descriptor } = JSON.parse(stdout) as Audit;
    expect(descriptor.parameters).toMatchObject({ nMax: 3, lMax: 3 });
    expect(descriptor.cutoff).toBeGreaterThan(2);
  });

  it("takes a file, with paths beside it", async () => {
    const config = join(folder, "audit.yaml");
    writeFileSync(config, "data: [data.xyz]\nquick: true\nreport: of-file.html\ndescriptor: { type: acsf, cutoff: { radius: 3 }, g2: [[1, 0]] }\n");
    const { status, stdout } = await runMain(["audit", "-c", config, "--no-cache", "--set", "sample.rows=10"]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^acsf, 2 columns, on 20 structures/mu);
    expect(existsSync(join(folder, "of-file.html"))).toBe(true);
  });

  it.each([
    [["-d", "sop"], /sop.*did you mean "?soap"?/u],
    [["-d", "soap n4 l5"], /there is no descriptor and no preset "soap n4 l5".*did you mean "soap n4 l3"/u],
    [["-d", "soap"], /descriptor.nMax is missing; .*; or take a preset: -d "soap n4 l3", -d "soap n8 l6"/u],
    [[], /no descriptor is given; add for example -d soap/u],
    [["-d", "soap", "--set", "sample.row=5"], /unknown key "row" in sample; did you mean "rows"/u],
  ])("says what is wrong with %j", async (args, message) => {
    const { status, stderr } = await runMain(["audit", data, ...args]);
    expect(status).toBe(2);
    expect(stderr).toMatch(message);
  });

  it("does not take a preset from data that can be read once", async () => {
    const { status, stderr } = await runMain(["audit", "-", "-d", "soap n4 l3"]);
    expect(status).toBe(2);
    expect(stderr).toContain("the standard input cannot be: give a file, or a type and its parameters with -p");
  });

  it("says why parts are left out of descriptors of whole structures, and of one atom", async () => {
    const whole = JSON.parse((await runMain(["audit", data, "-d", "coulomb-matrix", "--quick", "--no-cache", "--json"])).stdout) as Audit;
    expect(nulls(whole)).toEqual([]);
    expect(whole.blind).toMatchObject({ leftOut: expect.stringMatching(/describes whole structures; blind pairs need/u) as unknown });
    const single = join(folder, "one.xyz");
    writeFileSync(single, "1\nProperties=species:S:1:pos:R:3\nH 0 0 0\n");
    const one = JSON.parse((await runMain(["audit", single, ...small, "--no-cache", "--json"])).stdout) as Audit;
    expect(nulls(one)).toEqual([]);
    expect(one.variance).toEqual({ leftOut: "fewer than two rows have no variance" });
  });

  it("calls rows that are all equal by that name", async () => {
    const same = join(folder, "same.xyz");
    writeFileSync(same, "2\nProperties=species:S:1:pos:R:3\nH 0 0 0\nH 0.74 0 0\n".repeat(4));
    const audit = JSON.parse((await runMain(["audit", same, ...small, "--no-cache", "--json"])).stdout) as Audit;
    expect(nulls(audit)).toEqual([]);
    expect(audit.verdicts).toContainEqual(expect.objectContaining({ part: "variance", severity: "bad" }));
  });
});
