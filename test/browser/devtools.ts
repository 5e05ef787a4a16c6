import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { StringDecoder } from "node:string_decoder";
import { end, flags } from "./chromium.js";

type Parameters = Readonly<Record<string, unknown>>;
interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly sessionId?: string;
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly message: string };
}

/** How a page is looked at. */
export interface Look {
  /** CSS pixels */
  readonly width: number;
  readonly height?: number;
  readonly scheme?: "light" | "dark";
  /** Default: the screen, and paper where it prints. */
  readonly media?: "print";
}

/** A page in a headless Chromium, by the DevTools protocol over pipes: measures, pictures and prints it. */
export class DevtoolsPage {
  private readonly pending = new Map<number, { resolve(result: Record<string, unknown>): void; reject(error: Error): void }>();
  private readonly events: { method: string; resolve(): void }[] = [];
  private session: string | undefined;
  private serial = 0;

  private constructor(
    private readonly child: ChildProcess,
    private readonly profile: string,
  ) {
    const decoder = new StringDecoder("utf8");
    let text = "";
    (child.stdio[4] as NodeJS.ReadableStream).on("data", (chunk: Buffer) => {
      const messages = (text + decoder.write(chunk)).split("\0");
      text = messages.pop()!;
      for (const message of messages) this.receive(JSON.parse(message) as Message);
    });
    child.once("exit", () => {
      for (const { reject } of this.pending.values()) reject(new Error("Chromium has ended"));
    });
  }

  static async open(chromium: string, extraFlags: readonly string[] = []): Promise<DevtoolsPage> {
    const profile = mkdtempSync(join(tmpdir(), "pestle-chromium-"));
    const options = [...flags, ...extraFlags, `--user-data-dir=${profile}`, "--remote-debugging-pipe", "about:blank"];
    const page = new DevtoolsPage(spawn(chromium, options, { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"], detached: true }), profile);
    const { targetId } = await page.send("Target.createTarget", { url: "about:blank" });
    const { sessionId } = await page.send("Target.attachToTarget", { targetId, flatten: true });
    page.session = sessionId as string;
    await page.send("Page.enable");
    return page;
  }

  /** Loads a page and waits for its `load` event. */
  async goTo(url: string): Promise<void> {
    const loaded = new Promise<void>((resolve) => this.events.push({ method: "Page.loadEventFired", resolve }));
    await this.send("Page.navigate", { url });
    await loaded;
  }

  async look({ width, height = 844, scheme = "light", media }: Look): Promise<void> {
    await this.send("Emulation.setDeviceMetricsOverride", { width, height, deviceScaleFactor: 1, mobile: width < 600 });
    await this.send("Emulation.setEmulatedMedia", { media: media ?? "", features: [{ name: "prefers-color-scheme", value: scheme }] });
  }

  /** The value of a function that is run in the page; it sees nothing of what is around it here. */
  async evaluate<Result>(run: (() => Result) | string): Promise<Awaited<Result>> {
    const { result, exceptionDetails } = await this.send("Runtime.evaluate", { expression: `(${run.toString()})()`, awaitPromise: true, returnByValue: true });
    if (exceptionDetails) throw new Error(JSON.stringify(exceptionDetails));
    return (result as { value: Awaited<Result> }).value;
  }

  /** PNG of the whole page. */
  async picture(): Promise<Buffer> {
    const { data } = await this.send("Page.captureScreenshot", { captureBeyondViewport: true, fromSurface: true });
    return Buffer.from(data as string, "base64");
  }

  /** PDF on A4, with the margins that the page asks for. */
  async print(): Promise<Buffer> {
    const { data } = await this.send("Page.printToPDF", { preferCSSPageSize: true, printBackground: false, paperWidth: 8.27, paperHeight: 11.69 });
    return Buffer.from(data as string, "base64");
  }

  async close(): Promise<void> {
    await end(this.child);
    rmSync(this.profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }

  private send(method: string, params: Parameters = {}): Promise<Record<string, unknown>> {
    const id = ++this.serial;
    const reply = new Promise<Record<string, unknown>>((resolve, reject) => this.pending.set(id, { resolve, reject }));
    (this.child.stdio[3] as NodeJS.WritableStream).write(`${JSON.stringify({ id, method, params, ...(this.session && { sessionId: this.session }) })}\0`);
    return reply;
  }

  private receive({ id, method, result, error }: Message): void {
    const request = id === undefined ? undefined : this.pending.get(id);
    if (request) {
      this.pending.delete(id!);
      if (error) request.reject(new Error(error.message));
      else request.resolve(result ?? {});
    }
    const index = this.events.findIndex((event) => event.method === method);
    if (index >= 0) this.events.splice(index, 1)[0].resolve();
  }
}
