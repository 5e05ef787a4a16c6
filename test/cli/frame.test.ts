import { readdirSync, readFileSync } from "node:fs";
import { CommanderError, InvalidArgumentError } from "commander";
import { availableParallelism } from "node:os";
import { Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it, vi } from "vitest";
import { failureOf } from "../../src/cli/failure.js";
import { byteCount, wholeNumber } from "../../src/cli/options.js";
import { createProgressDisplay, formatDuration, formatRate } from "../../src/cli/progress.js";
import { Session } from "../../src/cli/session.js";
import { CancelledError, FormatError, InternalError, InvalidParameterError } from "../../src/errors.js";
import { runMain, runPestle, withoutProgress } from "./run-pestle.js";

const docs = fileURLToPath(new URL("../../docs", import.meta.url));

describe("pestle", () => {
  it("prints its version and help on stdout", async () => {
    const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
    expect(await runPestle(["--version"])).toEqual({ status: 0, stdout: `${version}\n`, stderr: "" });
    const help = await runPestle(["--help"]);
    expect(help.status).toBe(0);
    expect(help.stderr).toBe("");
    expect(help.stdout).toContain("bench");
  });

  it("prints help on stderr without a command", async () => {
    const { status, stdout, stderr } = await runPestle([]);
    expect(status).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toContain("Usage: pestle");
  });

  it.each([
    [["benhc"], "error: unknown command 'benhc' (Did you mean bench?)\n"],
    [["bench", "--smok"], "error: unknown option '--smok' (Did you mean --smoke?)\n"],
  ])("suggests for %j", async (args, stderr) => {
    expect(await runPestle(args)).toEqual({ status: 2, stdout: "", stderr });
  });

  it("lists the pages of the documentation, prints them, and names what is near one that there is not", async () => {
    const list = await runPestle(["help"]);
    expect(list.stdout).toMatch(/^Usage: pestle[^]*\n +evaluate\|predict[^]*\nTopics, for pestle help TOPIC:\n/);
    const pages = readdirSync(docs, { recursive: true, encoding: "utf8" }).filter((name) => /^(how-to\W|theory\W|results\W)?[\w-]+\.md$/.test(name));
    expect(pages.length).toBeGreaterThan(15);
    const topics = [...list.stdout.split("TOPIC:\n")[1].matchAll(/^ {2}(\S+) +(\S.*)$/gm)].map(([, name, title]) => ({ name, title }));
    expect(topics).toHaveLength(pages.length);
    for (const { name, title } of topics) {
      const { status, stdout, stderr } = await runMain(["help", name]);
      expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
      const [path] = stdout.split("\n", 1);
      const text = readFileSync(path, "utf8");
      expect(stdout).toBe(`${path}\n\n${text}`);
      expect(text.startsWith(`# ${title}\n`)).toBe(true);
    }
    for (const name of ["fit-file", "docs/conventions.md", "how-to/tune", "docs/how-to/data.md#keys", "decisions/0016-records"]) {
      expect((await runMain(["help", name])).status).toBe(0);
    }
    expect((await runMain(["help", "fit"])).stdout).toBe((await runMain(["fit", "--help"])).stdout);
    const wrong = await runMain(["help", "convetions"]);
    expect(wrong).toEqual({ status: 2, stdout: "", stderr: expect.stringMatching(/^error: there is no help on "convetions"; the nearest topics are conventions, .*; pestle help lists all\n$/) as string });
    expect((await runMain(["help", "../README"])).status).toBe(2);
  });

  it("shows the stack with --debug only", async () => {
    const { stderr } = await runPestle(["bench", "--smok", "--debug"]);
    expect(stderr).toMatch(/^error: unknown option.*\n[^]*\n +at /);
  });
});

describe("failureOf", () => {
  it.each([
    [new InvalidParameterError("bad\n  value"), 2, "bad value"],
    [new FormatError({ file: "a.xyz", line: 3, column: 7 }, "no number"), 2, "a.xyz:3:7: no number"],
    [new InternalError("broken"), 1, "broken"],
    [new CancelledError(), 130, "stopped"],
    [new CommanderError(0, "commander.helpDisplayed", "(outputHelp)"), 0, ""],
    [Object.assign(new Error("ENOENT: no such file or directory, open 'x'"), { code: "ENOENT", path: "x" }), 2, "x: no such file"],
    [Object.assign(new Error("ENOSPC: write"), { code: "ENOSPC" }), 2, "no space left on the device"],
    [new TypeError("x is undefined"), 1, "TypeError: x is undefined (a defect of pestle; --debug shows where)"],
    ["text", 1, "text (a defect of pestle; --debug shows where)"],
  ])("%o", (error, status, message) => {
    expect(failureOf(error)).toEqual({ status, message });
  });
});

describe("flags", () => {
  it("reads sizes", () => {
    expect(byteCount("1.5GB")).toBe(1.5e9);
    expect(byteCount("800 mb")).toBe(8e8);
    expect(byteCount("2GiB")).toBe(2 ** 31);
    for (const text of ["", "1", "many", "5GB", "1.5XB", "-1GB"]) expect(() => byteCount(text), text).toThrow(InvalidArgumentError);
  });

  it("reads whole numbers in a range", () => {
    expect(wholeNumber(1, 8)("8")).toBe(8);
    for (const text of ["", " ", "0", "9", "1.5", "two", "NaN"]) {
      expect(() => wholeNumber(1, 8)(text), text).toThrow("It must be a whole number from 1 to 8.");
    }
    expect(() => wholeNumber(0)("-1")).toThrow("≥ 0");
  });

  it("writes a line of progress every five seconds where there is no terminal", () => {
    const clock = vi.spyOn(performance, "now");
    let text = "";
    const stream = new Writable({ write: (chunk: Buffer, _encoding, done) => ((text += chunk.toString()), done()) }) as unknown as NodeJS.WriteStream;
    clock.mockReturnValue(0);
    const { listener } = createProgressDisplay(stream, false);
    for (let second = 0; second <= 21; second++) {
      clock.mockReturnValue(1000 * second);
      listener({ stage: "rows of A", unit: "frames", done: second, total: second < 16 ? 40 : undefined });
    }
    clock.mockRestore();
    const lines = ["5/40 frames, 1.00 frames/s, 35 s left", "10/40 frames, 1.00 frames/s, 30 s left", "15/40 frames, 1.00 frames/s, 25 s left", "20 frames, 1.00 frames/s"];
    expect(text).toBe(lines.map((line) => `rows of A: ${line}\n`).join(""));
    expect(withoutProgress(`warning: a\n${text}stopped\n`)).toBe("warning: a\nstopped\n");
  });

  it("formats durations and rates", () => {
    const seconds = [0.123, 12.4, 119.4, 119.6, 185, 1000, 7300, NaN, Infinity];
    const texts = ["0.1 s", "12 s", "119 s", "2 min 0 s", "3 min 5 s", "17 min", "2 h 2 min", "?", "?"];
    expect(seconds.map(formatDuration)).toEqual(texts);
    expect([0.5, 12.34, 1234.5].map((rate) => formatRate(rate, "frames"))).toEqual(["0.50 frames/s", "12.3 frames/s", "1235 frames/s"]);
  });
});

describe("threads of a session", () => {
  afterEach(() => void vi.unstubAllEnvs());

  function threadsOf(threads: number | undefined, isQuiet = false): { threads: number; said: string } {
    let said = "";
    const stderr = new Writable({ write: (chunk: Buffer, _encoding, done) => ((said += chunk.toString()), done()) }) as unknown as NodeJS.WriteStream;
    const session = new Session({ stdout: stderr, stderr }, new AbortController().signal, { threads, quiet: isQuiet });
    expect(session.threads).toBe(session.threads);
    return { threads: session.threads, said };
  }

  it("are those that were asked for, as far as there are cores, and it is said once when there are fewer", () => {
    vi.stubEnv("PESTLE_CORES", "4");
    expect(threadsOf(undefined)).toEqual({ threads: 4, said: "" });
    expect(threadsOf(3)).toEqual({ threads: 3, said: "" });
    expect(threadsOf(64)).toEqual({
      threads: 4,
      said: "64 threads were asked for, 4 are used: as many as this machine runs at once (PESTLE_CORES=64 has all of them)\n",
    });
    expect(threadsOf(64, true)).toEqual({ threads: 4, said: "" });
  });

  it("are at most those of the machine without PESTLE_CORES", () => {
    vi.stubEnv("PESTLE_CORES", "");
    expect(threadsOf(1024).threads).toBe(availableParallelism());
    expect(threadsOf(undefined).threads).toBe(availableParallelism());
  });

  it.each(["0", "two", "1.5", "2000"])("refuses %s cores", (cores) => {
    vi.stubEnv("PESTLE_CORES", cores);
    expect(() => threadsOf(2)).toThrow(`PESTLE_CORES is "${cores}"; it must be a whole number from 1 to 1024, or unset it`);
  });
});
