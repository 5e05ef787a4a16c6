import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { flags } from "../browser/chromium.js";
import { TIME_LIMIT } from "../time-limit.js";

export const softwareWebGL: readonly string[] = ["--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"];
export const withoutWebGL: readonly string[] = ["--disable-3d-apis"];

export interface DumpedPage {
  /** The document after its scripts have run. */
  readonly dom: string;
  /** What the page wrote to the console, errors and refused loads among it. */
  readonly console: readonly string[];
}

/** Loads a file in a headless Chromium and returns what has become of it. */
export async function dumpPage(chromium: string, path: string, extraFlags: readonly string[]): Promise<DumpedPage> {
  const profile = mkdtempSync(join(tmpdir(), "pestle-chromium-"));
  const options = [...flags, ...extraFlags, "--enable-logging=stderr", `--user-data-dir=${profile}`, "--dump-dom", pathToFileURL(path).href];
  const child = spawn(chromium, options, { stdio: ["ignore", "pipe", "pipe"], detached: true });
  const timer = setTimeout(() => {
    if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL"); // the browser and the processes it started
  }, TIME_LIMIT);
  try {
    const [dom, log] = await Promise.all([readAll(child.stdout), readAll(child.stderr)]);
    // The software renderer remarks on its own speed.
    const lines = log.split("\n").filter((line) => line.includes("CONSOLE") && !/GL Driver Message \(OpenGL, Performance/.test(line));
    return { dom, console: lines };
  } finally {
    clearTimeout(timer);
    rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}

async function readAll(stream: NodeJS.ReadableStream): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part as Buffer);
  return Buffer.concat(parts).toString("utf8");
}
