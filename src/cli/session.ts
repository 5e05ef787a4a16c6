import { stat } from "node:fs/promises";
import { availableCores } from "../parallel/cores.js";
import type { Executor } from "../parallel/executor.js";
import type { ProgressListener } from "../parallel/progress.js";
import { createProgressDisplay, type ProgressDisplay } from "./progress.js";
import { oneLine, printable, printableJson } from "./terminal-text.js";

/** Flags that every command understands. */
export interface SessionOptions {
  readonly threads?: number;
  readonly memoryLimit?: number;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

export interface Streams {
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
}

/** Data that a command reads before it computes. */
export interface ExpectedWork {
  readonly files: readonly string[];
  /** Of processor time, at the least: a thread too many costs less than one that comes late. */
  readonly secondsPerMegabyte: number;
}

/** Of text: about what there will be when it is not compressed any more. */
const COMPRESSION = 4;

/** Pipes and files that are not there count as nothing. */
async function megabytesOf(paths: readonly string[]): Promise<number> {
  const bytes = await Promise.all(
    paths.map(async (path) => (await stat(path).then(({ size }) => size, () => 0)) * (path.endsWith(".gz") ? COMPRESSION : 1)),
  );
  return bytes.reduce((sum, size) => sum + size, 0) / 1e6;
}

/** What one run of a command works with: results go to stdout, everything said on the way to stderr. */
export class Session {
  readonly signal: AbortSignal;
  private readonly streams: Streams;
  private readonly options: SessionOptions;
  private display: Pick<ProgressDisplay, "stop">;
  private readonly progress: ProgressDisplay;
  /** Whether it was said that there are fewer cores than threads. */
  private knowsCores = false;
  /** Whether something was said after the command was told to stop. */
  hasSpokenSinceStop = false;

  constructor(streams: Streams, signal: AbortSignal, options: SessionOptions) {
    this.streams = streams;
    this.signal = signal;
    this.options = options;
    this.progress = createProgressDisplay(streams.stderr, options.quiet === true);
    this.display = this.progress;
  }

  /** Characters in a line of the result; undefined where it goes to no terminal. */
  get width(): number | undefined {
    return this.streams.stdout.columns;
  }

  /** For results that are streamed. */
  get stdout(): NodeJS.WritableStream {
    return this.streams.stdout;
  }

  /** For displays of their own; what is said once goes through `note`. */
  get stderr(): NodeJS.WriteStream {
    return this.streams.stderr;
  }

  get isQuiet(): boolean {
    return this.options.quiet === true;
  }

  /** What `--threads` asks for, as far as the machine runs them at once: more would take turns, and each takes memory and time to start. */
  get threads(): number {
    const cores = availableCores();
    const { threads = cores } = this.options;
    if (threads <= cores) return threads;
    if (!this.knowsCores) {
      this.note(`${threads} threads were asked for, ${cores} ${cores === 1 ? "is" : "are"} used: as many as this machine runs at once (PESTLE_CORES=${threads} has all of them)`);
    }
    this.knowsCores = true;
    return cores;
  }

  get onProgress(): ProgressListener {
    return this.progress.listener;
  }

  /** Puts a display in place of the bar; it is cleared whenever something else is said. */
  show(display: Pick<ProgressDisplay, "stop">): void {
    this.display.stop();
    this.display = display;
  }

  /** A remark on the way, on stderr; not with --quiet. */
  note(text: string): void {
    this.display.stop();
    this.hasSpokenSinceStop ||= this.signal.aborted;
    if (!this.options.quiet) this.streams.stderr.write(`${printable(text)}\n`);
  }

  /** What may ruin the result, on a line of its own; records and reports hold it too. Not with --quiet. */
  warn(text: string): void {
    this.note(`warning: ${oneLine(text)}`);
  }

  /** The result: the record as JSON with --json, the text otherwise. */
  result(record: unknown, text: string): void {
    this.display.stop();
    this.streams.stdout.write(`${this.options.json ? printableJson(JSON.stringify(record, null, 2)) : printable(text)}\n`);
  }

  /**
   * Runs a body with the threads of the command, and ends them.
   * @param expected what the body will read: threads start meanwhile, if that is much
   */
  async withExecutor<Result>(body: (executor: Executor) => Promise<Result>, expected?: ExpectedWork): Promise<Result> {
    const { createExecutor } = await import("../parallel/create-executor.js"); // not every command computes
    const executor = await createExecutor({ threads: this.threads, maximumBytes: this.options.memoryLimit, lazyThreads: true });
    try {
      if (expected && executor.threads > 1) executor.expectWork((await megabytesOf(expected.files)) * expected.secondsPerMegabyte * 1000);
      return await body(executor);
    } finally {
      this.display.stop();
      await executor.close();
    }
  }

  /** Ends the display of progress; safe to call again. */
  close(): void {
    this.display.stop();
  }
}

/** Given to every command, which opens its session once it knows its flags. */
export type OpenSession = (options: SessionOptions) => Session;
