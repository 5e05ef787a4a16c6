import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Comparison } from "../../src/compare/index.js";
import { runMain, runPestle } from "./run-pestle.js";

let folder: string;
let data: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "pestle-compare-"));
  data = join(folder, "data.xyz");
  writeFileSync(data, Array.from({ length: 30 }, (_, frame) => water(frame)).join(""));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A bent molecule with bonds and an angle of its own, and an energy that is a function of these. */
function water(frame: number): string {
  const [a, b, angle] = [0.96 + 0.1 * Math.sin(frame), 0.96 + 0.1 * Math.cos(2.3 * frame), 1.8 + 0.2 * Math.sin(5.1 * frame)];
  const energy = 10 * (a - 0.96) ** 2 + 10 * (b - 0.96) ** 2 + 2 * (angle - 1.8) ** 2;
  return `3\nProperties=species:S:1:pos:R:3 energy=${energy}\nO 0 0 0\nH ${a} 0 0\nH ${b * Math.cos(angle)} ${b * Math.sin(angle)} 0\n`;
}

const few = ["-d", "bispectrum 2J=6", "-d", "acsf", "--quick"];

describe("pestle compare", () => {
  it("prints a table and sentences, writes a page, and keeps what it measured", async () => {
    const [cache, page] = [join(folder, "cache"), join(folder, "page.html")];
    const args = ["compare", data, ...few, "--cache", cache, "--threads", "1"];
    const first = await runMain([...args, "--report", page]);
    expect(first).toMatchObject({ status: 0 });
    expect(first.stdout).toMatch(/descriptor +columns +µs\/atom/u);
    expect(first.stdout).toMatch(/^acsf: .*µs for each atom with its neighbors.*\.$/mu);
    expect(first.stdout).toMatch(/energy, meV\/atom/u);
    expect(first.stdout).toMatch(/^all: The data has no forces/mu);
    // what the page shows is a file that the command takes
    expect(readFileSync(page, "utf8")).toMatch(/- name: bispectrum 2J=6\s+descriptor:\s+type: bispectrum/u);
    expect(readFileSync(page, "utf8")).toContain("bispectrum 2J=6");
    const again = JSON.parse((await runMain([...args, "-d", "distance-2b", "--json"])).stdout) as Comparison;
    expect(again.descriptors.map(({ name, cached }) => [name, cached.length])).toEqual([["bispectrum 2J=6", 3], ["acsf", 3], ["acsf weighted", 3], ["distance-2b", 0]]);
  });

  it("plans without measuring", async () => {
    const { status, stdout } = await runMain(["compare", data, "--dry-run"]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/coulomb-matrix +6? *(?:by the data|3) +–/u);
    expect(stdout).toMatch(/time +about \d+ min/u);
  });

  it("takes descriptors from a file, and names what is wrong in it", async () => {
    const config = join(folder, "compare.yaml");
    const written = (descriptors: string): void => writeFileSync(config, `data: data.xyz\nquick: true\ndescriptors:\n${descriptors}`);
    written("  - name: mine\n    descriptor: { type: acsf, cutoff: { radius: 3 }, g2: [[1, 0]] }\n");
    const { status, stdout } = await runMain(["compare", "-c", config, "--no-cache", "--json"]);
    expect(status).toBe(0);
    expect((JSON.parse(stdout) as Comparison).descriptors).toMatchObject([{ name: "mine", length: 2 }]);
    written("  - name: mine\n    descriptor: { type: acsf, cutof: { radius: 3 } }\n");
    const wrong = await runMain(["compare", "-c", config]);
    expect(wrong).toMatchObject({ status: 2, stdout: "" });
    expect(wrong.stderr).toMatch(/compare\.yaml:\d+.*cutof/u);
  });

  it.each([
    [["-d", "soapturbo"], /nothing called "soapturbo".*did you mean "?soap-turbo"?/u],
    [["-d", "concatenation"], /concatenation has no parameters.*--config/u],
    [["--budget", "soon"], /"soon" is not a duration/u],
  ])("says what is wrong with %j", async (args, message) => {
    const { status, stderr } = await runMain(["compare", data, ...args]);
    expect(status).toBe(2);
    expect(stderr).toMatch(message);
  });

  it("keeps what it measured when it is stopped, and leaves no page", async () => {
    const [cache, page] = [join(folder, "stopped"), join(folder, "stopped.html")];
    const args = ["compare", data, "-d", "acsf", "--quick", "--cache", cache, "--report", page];
    const { status, stderr } = await runPestle(args, {
      onStart: (child) => {
        const watch = setInterval(() => {
          if (!existsSync(cache) || readdirSync(cache).length === 0) return;
          clearInterval(watch);
          child.kill("SIGINT");
        }, 5);
        child.once("close", () => clearInterval(watch));
      },
    });
    expect([status, existsSync(page)]).toEqual([130, false]);
    expect(stderr).toMatch(/the same command goes on from there/u);
    expect(readdirSync(cache).every((name) => name.endsWith(".json"))).toBe(true);
  });
});
