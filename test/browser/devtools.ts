import { type BrowserEvent, type BrowserProcess, type Parameters, sharedBrowser } from "./browser-process.js";

/** How a page is looked at. */
export interface Look {
  /** CSS pixels */
  readonly width: number;
  readonly height?: number;
  readonly scheme?: "light" | "dark";
  /** Default: the screen, and paper where it prints. */
  readonly media?: "print";
}

interface RemoteValue {
  readonly value?: unknown;
  readonly description?: string;
}

/** A page with a context of its own in a shared headless Chromium: measures, pictures and prints it. */
export class DevtoolsPage {
  /** What the page wrote to the console, errors and refused loads among it. */
  readonly console: string[] = [];
  private onLoad: (() => void) | undefined;

  private constructor(
    private readonly browser: BrowserProcess,
    private readonly context: string,
    private readonly session: string,
  ) {
    browser.listen(session, (event) => this.hear(event));
  }

  static async open(chromium: string, flags: readonly string[]): Promise<DevtoolsPage> {
    const browser = sharedBrowser(chromium, flags);
    const { browserContextId } = await browser.send("Target.createBrowserContext");
    const { targetId } = await browser.send("Target.createTarget", { url: "about:blank", browserContextId });
    const { sessionId } = await browser.send("Target.attachToTarget", { targetId, flatten: true });
    const page = new DevtoolsPage(browser, browserContextId as string, sessionId as string);
    for (const domain of ["Page", "Runtime", "Log"]) await page.send(`${domain}.enable`);
    return page;
  }

  /** Loads a page and waits for its `load` event. */
  async goTo(url: string): Promise<void> {
    const loaded = new Promise<void>((resolve) => (this.onLoad = resolve));
    await this.navigate(url);
    await loaded;
  }

  /** Begins to load a page. */
  async navigate(url: string): Promise<void> {
    const { errorText } = await this.send("Page.navigate", { url });
    if (errorText) throw new Error(`${url}: ${String(errorText)}`);
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
    this.browser.listen(this.session, undefined);
    await this.browser.send("Target.disposeBrowserContext", { browserContextId: this.context });
  }

  private send(method: string, params: Parameters = {}): Promise<Record<string, unknown>> {
    return this.browser.send(method, params, this.session);
  }

  private hear({ method, params }: BrowserEvent): void {
    if (method === "Page.loadEventFired") this.onLoad?.();
    if (method === "Runtime.consoleAPICalled") {
      this.console.push((params.args as RemoteValue[]).map(({ value, description }) => String(value ?? description)).join(" "));
    }
    if (method === "Runtime.exceptionThrown") {
      const { text, exception } = params.exceptionDetails as { text: string; exception?: RemoteValue };
      this.console.push(`${text} ${exception?.description ?? String(exception?.value)}`);
    }
    if (method === "Log.entryAdded") this.console.push((params.entry as { text: string }).text);
  }
}
