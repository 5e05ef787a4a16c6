import { type ChildProcess, spawn } from "node:child_process";
import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { FormatError, InvalidParameterError } from "../../../src/errors.js";
import { JournalFile, readJournal } from "../../../src/tune/journal/index.js";
import { TIME_LIMIT } from "../../time-limit.js";

let folder: string;
let path: string;
const identity = { configuration: { model: { zeta: [1, 2] }, seed: 1 }, data: [{ role: "train", path: "a.xyz", sha256: "abc" }] };
const entry = (id: number, more: object = {}): { kind: "evaluation"; id: number } => ({ kind: "evaluation", id, ...more });

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "pestle-journal-"));
});
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(() => {
  path = join(folder, "search.journal.jsonl");
  for (const name of readdirSync(folder)) rmSync(join(folder, name));
});

/** A journal with some entries, closed. */
function written(count: number): Buffer {
  const journal = JournalFile.create(path, identity);
  for (let id = 0; id < count; id++) journal.append(entry(id, { loss: Math.sin(id), text: 'ö" \\ \n\u2028' }));
  journal.close();
  return readFileSync(path);
}

/** Line (from 0) that a byte belongs to. */
function lineOf(content: Buffer, byte: number): number {
  return content.subarray(0, byte).filter((value) => value === 10).length;
}

function refusal(run: () => unknown): Error {
  try {
    run();
  } catch (error) {
    return error as Error;
  }
  throw new Error("nothing was refused");
}

const resume = (): JournalFile => JournalFile.resume(path, identity);

describe("a journal", () => {
  it("gives back what was appended, over several sessions", () => {
    written(3);
    const second = resume();
    expect(second.entries.map(({ id }) => id)).toEqual([0, 1, 2]);
    expect(second.entries[1]).toEqual(entry(1, { loss: Math.sin(1), text: 'ö" \\ \n\u2028' }));
    second.append(entry(3));
    second.close();
    const third = resume();
    expect(third.notes).toEqual([]);
    expect(third.entries.map(({ id }) => id)).toEqual([0, 1, 2, 3]);
    third.close();
    expect(readJournal(path)).toMatchObject({ ...identity, entries: [{ id: 0 }, { id: 1 }, { id: 2 }, { id: 3 }] });
    expect(readdirSync(folder)).toEqual(["search.journal.jsonl"]);
  });

  it("keeps numbers to the last bit and says what a reader will see", () => {
    const journal = JournalFile.create(path, identity);
    const numbers: number[] = [];
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (loss) => {
        const stored = journal.append({ kind: "evaluation", loss, absent: undefined });
        expect("absent" in stored).toBe(false);
        numbers.push(loss + 0);
      }),
      { numRuns: 300 },
    );
    journal.close();
    const read = resume();
    expect(read.entries.map(({ loss }) => loss)).toEqual(numbers);
    read.close();
  });

  it("consists of JSON lines", () => {
    const lines = written(2).toString("utf8").trimEnd().split("\n");
    expect(lines.map((line) => (JSON.parse(line) as { kind: string }).kind)).toEqual(["header", "session", "evaluation", "evaluation"]);
  });

  it("is not overwritten by a new search", () => {
    written(1);
    expect(refusal(() => JournalFile.create(path, identity)).message).toMatch(/there is a journal .* already: add --resume/);
    expect(existsSync(`${path}.lock`)).toBe(false);
  });

  it("is not left behind, nor in the way, without entries", () => {
    JournalFile.create(path, identity).close();
    expect(readdirSync(folder)).toEqual([]);
    const content = written(1);
    const header = content.subarray(0, content.indexOf(10) + 1);
    for (const rest of [Buffer.alloc(0), header.subarray(0, 40), header]) {
      writeFileSync(path, rest);
      const journal = JournalFile.create(path, identity);
      journal.append(entry(0));
      journal.close();
      expect(readJournal(path).entries).toEqual([entry(0)]);
    }
  });
});

describe("a damaged journal", () => {
  it("loses its last line and nothing else, wherever that was torn", () => {
    const content = written(4);
    const lastStart = content.lastIndexOf(10, content.length - 2) + 1;
    for (let end = lastStart + 1; end < content.length; end += 1) {
      writeFileSync(path, content.subarray(0, end));
      const journal = resume();
      expect(journal.entries.map(({ id }) => id)).toEqual([0, 1, 2]);
      expect(journal.notes.join()).toContain("cut off");
      if (end % 40 === 0) journal.append(entry(3));
      journal.close();
    }
    const again = resume();
    again.close();
    expect(again.notes).toEqual([]);
  });

  it("starts anew where only a part of its header was written", () => {
    const content = written(1);
    for (const end of [0, 1, 9, 50, content.indexOf(10)]) {
      writeFileSync(path, content.subarray(0, end));
      const journal = resume();
      expect(journal.entries).toEqual([]);
      journal.append(entry(7));
      journal.close();
      expect(readJournal(path).entries).toEqual([entry(7)]);
    }
  });

  it("is refused with the line where any bit is flipped", () => {
    const content = written(6);
    fc.assert(
      fc.property(fc.nat(content.length - 2), fc.nat(7), (byte, bit) => {
        const damaged = Buffer.from(content);
        damaged[byte] ^= 1 << bit;
        writeFileSync(path, damaged);
        const error = refusal(resume);
        expect(error).toBeInstanceOf(FormatError);
        const { location } = error as FormatError;
        // a newline that is gone joins a line with the next one, one that appears splits it: the first of the two is named
        expect(location.line).toBe(lineOf(content, byte) + 1);
        expect(readFileSync(path).equals(damaged)).toBe(true);
        expect(existsSync(`${path}.lock`)).toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  it("is refused where a line is missing, doubled or moved", () => {
    const lines = written(5).toString("utf8").trimEnd().split("\n");
    const changes: [string[], number][] = [
      [lines.filter((_, i) => i !== 3), 4],
      [lines.filter((_, i) => i !== 0), 1],
      [[...lines.slice(0, 4), lines[3], ...lines.slice(4)], 5],
      [[...lines.slice(0, 3), lines[4], lines[3], ...lines.slice(5)], 4],
    ];
    for (const [changed, line] of changes) {
      writeFileSync(path, `${changed.join("\n")}\n`);
      expect((refusal(resume) as FormatError).location).toEqual({ file: path, line });
    }
  });

  it("says how to go on from what is whole", () => {
    const content = written(5).toString("utf8");
    writeFileSync(path, content.replace('"id":2', '"id":9'));
    expect(refusal(resume).message).toMatch(/jsonl:5: the journal is damaged: .*head -n 4/);
  });

  it.each([["text without an end", "notes"], ["some text", "notes\nof mine\n"], ["another JSON file", '{"a":1}\n']])("is not made of %s", (_, text) => {
    writeFileSync(path, text);
    expect(refusal(resume).message).toContain("this is not the journal of a search");
    expect(refusal(() => JournalFile.create(path, identity)).message).toMatch(/already|not the journal/);
    expect(readFileSync(path, "utf8")).toBe(text);
  });
});

describe("a journal of another search", () => {
  it.each([
    ["a value", { ...identity, configuration: { model: { zeta: [1, 3] }, seed: 1 } }, "model.zeta[1] was 2, now 3"],
    ["a missing value", { ...identity, configuration: { model: { zeta: [1, 2] } } }, "seed was 1, now absent"],
    ["an added value", { ...identity, configuration: { ...identity.configuration, fit: { jitter: 1e-8 } } }, 'fit was absent, now {"jitter":1e-8}'],
    ["the data", { ...identity, data: [{ role: "train", path: "b.xyz", sha256: "abd" }] }, "the train data b.xyz has another content"],
    ["the number of files", { ...identity, data: [] }, "there were 1 data files, now there are 0"],
  ])("is refused, naming %s", (_, other, message) => {
    written(1);
    const error = refusal(() => JournalFile.resume(path, other));
    expect(error).toBeInstanceOf(InvalidParameterError);
    expect(error.message).toContain(message);
  });

  it("may have been about files that were moved, and about values that JSON does not have", () => {
    written(1);
    const moved = { configuration: { ...identity.configuration, output: undefined }, data: [{ ...identity.data[0], path: "elsewhere/a.xyz" }] };
    JournalFile.resume(path, moved).close();
  });
});

describe("the lock of a journal", () => {
  const lock = (): string => `${path}.lock`;

  function holder(): Promise<{ child: ChildProcess; exited: Promise<unknown> }> {
    const source = fileURLToPath(new URL("../../../dist/tune/journal/index.js", import.meta.url));
    const script = `import { JournalFile } from ${JSON.stringify(source)};
      const journal = JournalFile.resume(${JSON.stringify(path)}, ${JSON.stringify(identity)});
      journal.append({ kind: "evaluation", id: 1 });
      console.log("open");
      setInterval(() => journal, 1000);`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", script], { stdio: ["ignore", "pipe", "inherit"], timeout: TIME_LIMIT });
    const exited = new Promise((resolve) => child.once("exit", resolve));
    return new Promise((resolve, reject) => {
      child.stdout.once("data", () => resolve({ child, exited }));
      child.once("error", reject);
    });
  }

  it("keeps a second process out, and not its successor after kill -9", async () => {
    written(1);
    const { child, exited } = await holder();
    const error = refusal(resume);
    expect(error).toBeInstanceOf(InvalidParameterError);
    expect(error.message).toContain(`in use by process ${child.pid} on ${hostname()}`);
    expect(refusal(() => JournalFile.create(path, identity)).message).toContain("in use");
    child.kill("SIGKILL");
    await exited;
    expect(existsSync(lock())).toBe(true);
    const journal = resume();
    expect(journal.entries.map(({ id }) => id)).toEqual([0, 1]);
    expect(refusal(resume).message).toContain(`process ${process.pid}`);
    journal.close();
    expect(readdirSync(folder)).toEqual(["search.journal.jsonl"]);
  });

  it("of a process whose number another one has now is taken over", () => {
    written(1);
    for (const owner of [
      { pid: process.pid, host: hostname() }, // an earlier process, in a container
      { pid: process.ppid, host: hostname(), started: "1" },
    ]) {
      if (owner.started !== undefined && process.platform !== "linux") continue;
      writeFileSync(lock(), JSON.stringify(owner));
      resume().close();
    }
  });

  it("of another machine counts until it was not touched for minutes", () => {
    written(1);
    writeFileSync(lock(), JSON.stringify({ pid: 1, host: "elsewhere" }));
    expect(refusal(resume).message).toMatch(/in use by process 1 on elsewhere.*delete .*\.lock/);
    const old = new Date(Date.now() - 6 * 60_000);
    utimesSync(lock(), old, old);
    resume().close();
  });

  it("that is just being written counts for a moment", () => {
    written(1);
    writeFileSync(lock(), "");
    expect(refusal(resume).message).toContain("in use by another process");
    const old = new Date(Date.now() - 60_000);
    utimesSync(lock(), old, old);
    resume().close();
  });

  it("does not hinder reading", () => {
    written(2);
    const journal = resume();
    expect(readJournal(path).entries.length).toBe(2);
    copyFileSync(path, `${path}.copy`);
    expect(readJournal(`${path}.copy`).entries.length).toBe(2);
    journal.close();
  });
});
