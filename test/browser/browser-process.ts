import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { StringDecoder } from "node:string_decoder";

export type Parameters = Readonly<Record<string, unknown>>;
export interface BrowserEvent {
  readonly method: string;
  readonly params: Parameters;
}

interface Message extends Partial<BrowserEvent> {
  readonly id?: number;
  readonly sessionId?: string;
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly message: string };
}

const flags = [
  "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
  "--disable-sync",
];
const running = new Map<string, BrowserProcess>();

/**
 * The headless Chromium with these flags, by the DevTools protocol over pipes. To start one takes longer than most pages do: it serves all
 * tests of this process and ends with it. What pages keep is kept apart by contexts.
 */
export function sharedBrowser(chromium: string, extraFlags: readonly string[]): BrowserProcess {
  const key = [chromium, ...extraFlags].join(" ");
  const known = running.get(key);
  if (known) return known;
  const started = new BrowserProcess(chromium, extraFlags, () => running.delete(key));
  running.set(key, started);
  return started;
}

export class BrowserProcess {
  private readonly pending = new Map<number, { resolve(result: Record<string, unknown>): void; reject(error: Error): void }>();
  private readonly listeners = new Map<string, (event: BrowserEvent) => void>();
  private readonly child: ChildProcess;
  private serial = 0;

  constructor(chromium: string, extraFlags: readonly string[], onEnd: () => void) {
    const profile = mkdtempSync(join(tmpdir(), "pestle-chromium-"));
    const options = [...flags, ...extraFlags, `--user-data-dir=${profile}`, "--remote-debugging-pipe", "about:blank"];
    this.child = spawn(chromium, options, { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"], detached: true });
    this.child.unref();
    for (const pipe of this.child.stdio.slice(3)) (pipe as Socket).unref();
    this.read(this.child.stdio[4] as NodeJS.ReadableStream);
    this.child.once("exit", () => {
      for (const { reject } of this.pending.values()) reject(new Error("Chromium has ended"));
      onEnd();
    });
    process.once("SIGTERM", () => process.exit()); // how Vitest ends its workers
    process.once("exit", () => {
      if (this.child.exitCode === null && this.child.pid !== undefined) process.kill(-this.child.pid, "SIGKILL"); // and the processes it started
      rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    });
  }

  send(method: string, params: Parameters = {}, sessionId?: string): Promise<Record<string, unknown>> {
    const id = ++this.serial;
    const reply = new Promise<Record<string, unknown>>((resolve, reject) => this.pending.set(id, { resolve, reject }));
    (this.child.stdio[3] as NodeJS.WritableStream).write(`${JSON.stringify({ id, method, params, ...(sessionId && { sessionId }) })}\0`);
    return reply;
  }

  /** Calls `listener` with the events of a session, until there is none. */
  listen(sessionId: string, listener: ((event: BrowserEvent) => void) | undefined): void {
    if (listener) this.listeners.set(sessionId, listener);
    else this.listeners.delete(sessionId);
  }

  private read(stream: NodeJS.ReadableStream): void {
    const decoder = new StringDecoder("utf8");
    let text = "";
    stream.on("data", (chunk: Buffer) => {
      const messages = (text + decoder.write(chunk)).split("\0");
      text = messages.pop()!;
      for (const message of messages) this.receive(JSON.parse(message) as Message);
    });
  }

  private receive({ id, method, params = {}, sessionId, result, error }: Message): void {
    if (method !== undefined) this.listeners.get(sessionId ?? "")?.({ method, params });
    const request = id === undefined ? undefined : this.pending.get(id);
    if (!request) return;
    this.pending.delete(id!);
    if (error) request.reject(new Error(error.message));
    else request.resolve(result ?? {});
  }
}
