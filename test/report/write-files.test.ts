import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkReport, writeFiles } from "../../src/report/write-files.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "pestle-report-files-"));
});
afterAll(() => rm(folder, { recursive: true }));

describe("files of a report", () => {
  const figure = { name: "one", svg: "<svg/>", description: "", caption: "" };
  const broken = { ...figure, name: join("no-such-folder", "two") };

  it("are removed with the folders that were made for them when the report is not finished", async () => {
    for (const target of [join("deep", "deeper"), join("deep", "page.html")]) {
      await expect(writeFiles(join(folder, target), "page", [figure, broken])).rejects.toThrow(/no-such-folder/);
      expect(await readdir(folder)).not.toContain("deep");
    }
  });

  it("have their place looked at before, which leaves nothing behind", async () => {
    await checkReport(join(folder, "deep", "deeper"));
    await checkReport(join(folder, "deep", "page.html"));
    expect(await readdir(folder)).not.toContain("deep");
    await writeFile(join(folder, "in-the-way"), "");
    await expect(checkReport(join(folder, "in-the-way", "below", "report"))).rejects.toThrow(/for the report: .*in-the-way: there is a file of that name$/);
    await mkdir(join(folder, "named.html"));
    await expect(checkReport(join(folder, "named.html"))).rejects.toThrow(/it is a folder; name a file in it/);
  });

  // `mkdir` of Node.js with `recursive` does not end there
  const hasProc = existsSync("/proc/self");
  it.skipIf(!hasProc)(`are refused at once where nothing can be made${hasProc ? "" : ": there is no /proc"}`, async () => {
    for (const target of ["/proc/none", "/proc/none/deeper", "/proc/page.html"]) await expect(checkReport(target)).rejects.toThrow(/^cannot make the folder \/proc\//);
  });

  const isRoot = process.getuid?.() === 0;
  it.skipIf(isRoot)(`are refused in a folder without the right to write${isRoot ? ": not as root, who may write anywhere" : ""}`, async () => {
    const locked = join(folder, "locked");
    await mkdir(join(locked, "figures"), { recursive: true });
    await chmod(locked, 0o555);
    await expect(checkReport(locked)).rejects.toThrow(/locked: permission denied$/);
    await chmod(locked, 0o755);
  });

  it("leave what was there before", async () => {
    const target = join(folder, "kept");
    await mkdir(join(target, "figures"), { recursive: true });
    await writeFile(join(target, "figures", "one.svg"), "old");
    await writeFile(join(target, "notes.txt"), "mine");
    await expect(writeFiles(target, "page", [figure, { ...figure, name: "new" }, broken])).rejects.toThrow(/no-such-folder/);
    expect((await readdir(target, { recursive: true })).sort()).toEqual(["figures", join("figures", "one.svg"), "notes.txt"]);
  });
});
