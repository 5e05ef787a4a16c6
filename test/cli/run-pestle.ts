import { type ChildProcess, spawn } from "node:child_process";
import { Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { main } from "../../src/cli/main.js";
import { TIME_LIMIT } from "../time-limit.js";

const bin = fileURLToPath(new URL("../../bin/pestle.js", import.meta.url));

export interface RunResult {
  readonly status: number | null;
  readonly stdout: string;
  /** Without the lines of progress that appear every few seconds: how many there are depends on the machine. */
  readonly stderr: string;
}

/** Text of the standard error without lines such as `fingerprints: 12/25 frames, 3.1 frames/s, 4.2 s left`. */
export function withoutProgress(text: string): string {
  return text.replace(/^[^:\n]+: \d+(?:\/\d+)? \w+(?:, [\d.]+ \w+\/s(?:, [^\n]* left)?)?\n/gm, "");
}

export interface RunOptions {
  readonly cwd?: string;
  /** Called once the process runs, for example to send it a signal. */
  readonly onStart?: (child: ChildProcess) => void;
}

/** Runs `bin/pestle.js` as a user would. Needs the build. */
export function runPestle(args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [bin, ...args], { cwd: options.cwd, stdio: ["ignore", "pipe", "pipe"], timeout: TIME_LIMIT });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    child.once("error", reject);
    child.once("close", (status) => resolve({ status, stdout, stderr: withoutProgress(stderr) }));
    options.onStart?.(child);
  });
}

/** Runs the command line in this process: faster, for what does not depend on a process of its own. */
export async function runMain(args: readonly string[]): Promise<RunResult> {
  const texts = { stdout: "", stderr: "" };
  const sink = (name: keyof typeof texts): NodeJS.WriteStream =>
    new Writable({
      write(chunk: Buffer, _encoding, done) {
        texts[name] += chunk.toString();
        done();
      },
    }) as unknown as NodeJS.WriteStream;
  const status = await main(args, { stdout: sink("stdout"), stderr: sink("stderr") });
  return { status, stdout: texts.stdout, stderr: withoutProgress(texts.stderr) };
}
