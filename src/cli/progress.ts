import type { SingleBar } from "cli-progress";
import type { Progress, ProgressListener } from "../parallel/progress.js";

const LINE_INTERVAL = 5000; // ms

/** Shows progress on a stream: a bar on a terminal, a line every few seconds elsewhere, nothing when quiet. */
export interface ProgressDisplay {
  readonly listener: ProgressListener;
  /** Clears the bar, so that other text can follow. */
  stop(): void;
}

export function createProgressDisplay(stream: NodeJS.WriteStream, isQuiet: boolean): ProgressDisplay {
  if (isQuiet) return { listener: () => undefined, stop: () => undefined };
  return stream.isTTY ? new BarDisplay(stream) : new LineDisplay(stream);
}

export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds)) return "?";
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 120) return `${whole} s`;
  const minutes = Math.round(whole / 60);
  if (whole < 600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return minutes < 120 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

export function formatRate(perSecond: number, unit: string): string {
  const digits = perSecond >= 100 ? 0 : perSecond >= 10 ? 1 : 2;
  return `${perSecond.toFixed(digits)} ${unit}/s`;
}

/** Rate and remaining time of the stage that runs now. */
class StageClock {
  stage = "";
  private start = 0;
  private firstDone = 0;

  /** Whether a stage begins with this event. */
  enter(progress: Progress): boolean {
    if (progress.stage === this.stage) return false;
    this.stage = progress.stage;
    this.start = performance.now();
    this.firstDone = progress.done;
    return true;
  }

  describe({ done, total, unit, safe = 0 }: Progress): string {
    const seconds = (performance.now() - this.start) / 1000;
    const rate = (done - this.firstDone) / seconds;
    if (!(rate > 0) || !Number.isFinite(rate)) return "";
    const left = total !== undefined && total > done ? `, ${formatDuration((total - done) / rate)} left` : "";
    const kept = safe > 0 && total !== undefined ? `, ${Math.floor((100 * safe) / total)} % safe` : "";
    return `${formatRate(rate, unit)}${left}${kept}`;
  }
}

class BarDisplay implements ProgressDisplay {
  private readonly clock = new StageClock();
  private bar: SingleBar | undefined;
  /** Loaded at the first progress: most runs of the command line have none. */
  private barClass: typeof SingleBar | undefined;
  private isLoading = false;

  constructor(private readonly stream: NodeJS.WriteStream) {}

  readonly listener: ProgressListener = (progress) => {
    if (!this.barClass) return this.load();
    if (this.clock.enter(progress)) {
      this.stop();
      this.bar = new this.barClass({
        stream: this.stream,
        format: progress.total === undefined ? "{stage} {value} {unit} {speed}" : "{stage} [{bar}] {value}/{total} {unit} {speed}",
        barCompleteChar: "=",
        barIncompleteChar: " ",
        barsize: 24,
        hideCursor: true,
        clearOnComplete: true,
        gracefulExit: false, // main handles signals
        fps: 8,
      });
      this.bar.start(progress.total ?? 0, progress.done, { stage: progress.stage, unit: progress.unit, speed: "" });
    }
    if (progress.total !== undefined) this.bar?.setTotal(progress.total);
    this.bar?.update(progress.done, { speed: this.clock.describe(progress) });
  };

  private load(): void {
    if (this.isLoading) return;
    this.isLoading = true;
    void import("cli-progress").then(({ default: library }) => (this.barClass = library.SingleBar));
  }

  stop(): void {
    this.bar?.stop();
    this.bar = undefined;
  }
}

class LineDisplay implements ProgressDisplay {
  private readonly clock = new StageClock();
  private lastLine = performance.now();

  constructor(private readonly stream: NodeJS.WritableStream) {}

  readonly listener: ProgressListener = (progress) => {
    this.clock.enter(progress);
    const now = performance.now();
    if (now - this.lastLine < LINE_INTERVAL) return;
    this.lastLine = now;
    const speed = this.clock.describe(progress);
    this.stream.write(`${progress.stage}: ${progress.done}${progress.total === undefined ? "" : `/${progress.total}`} ${progress.unit}${speed ? `, ${speed}` : ""}\n`);
  };

  stop(): void {
    this.lastLine = performance.now();
  }
}
