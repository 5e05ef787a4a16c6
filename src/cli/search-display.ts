import { formatSignificant } from "../report/formatting.js";
import { formatValue } from "../report/search/value-display.js";
import type { EvaluationRecord } from "../tune/search-result.js";
import type { Parameter } from "../tune/search-space/search-space.js";
import type { SearchEvent, SearchListener, StageProgress } from "../tune/search-events.js";
import { formatDuration, formatRate, type ProgressDisplay } from "./progress.js";
import { describeLoss } from "./search-summary.js";
import { printable } from "./terminal-text.js";

const LINE_INTERVAL = 5000; // ms
const FRAME_INTERVAL = 100; // ms
const BAR_WIDTH = 24;

/** Shows a running search: a table that is drawn anew on a terminal, lines elsewhere, nothing when quiet. */
export interface SearchDisplay extends Pick<ProgressDisplay, "stop"> {
  readonly listener: SearchListener;
}

export function createSearchDisplay(stream: NodeJS.WriteStream, isQuiet: boolean): SearchDisplay {
  if (isQuiet) return { listener: () => undefined, stop: () => undefined };
  return stream.isTTY ? new TableDisplay(stream) : new LinesDisplay(stream);
}

/** What both displays know of the stage that runs. */
class StageState {
  title = "";
  parameters: readonly Parameter[] = [];
  start: EvaluationRecord | undefined;
  progress: StageProgress | undefined;
  spread: number | undefined;
  private fresh = 0;
  private began = 0;
  private firstShare: number | undefined;

  take(event: SearchEvent): void {
    if (event.kind === "stage") {
      const { name, stage, stages, optimizer, objective, known } = event;
      const place = stages > 1 ? `stage ${stage + 1} of ${stages}, ${name}` : "search";
      this.title = `${place}: ${optimizer}, ${objective}${known > 0 ? ` (${known} evaluations in the journal)` : ""}`;
      this.parameters = event.parameters;
      this.start = this.progress = this.spread = this.firstShare = undefined;
      this.fresh = 0;
      this.began = performance.now();
      return;
    }
    this.progress = event.progress;
    if (event.kind === "generation") this.spread = event.spread;
    if (event.kind !== "evaluation") return;
    if (event.record.id < 0) this.start = event.record;
    if (event.isReplayed) return;
    this.firstShare ??= event.progress.share;
    this.fresh++;
  }

  /** "1.4 evaluations/s, 2 min 10 s left" */
  get speed(): string {
    const seconds = (performance.now() - this.began) / 1000;
    if (this.fresh < 2 || !this.progress) return "";
    const done = this.progress.share - (this.firstShare ?? 0);
    const left = done > 0 && this.progress.share < 1 ? `, about ${formatDuration(((1 - this.progress.share) / done) * seconds)} left` : "";
    return `${formatRate(this.fresh / seconds, "evaluations")}${left}`;
  }

  get counts(): string {
    const { evaluations = 0, failures = 0, generation = 0 } = this.progress ?? {};
    const failed = failures > 0 ? `, ${failures} failed` : "";
    return `generation ${Math.max(0, generation) + 1}, ${evaluations} evaluations${failed}`;
  }

  get best(): string {
    const best = this.progress?.best;
    return best ? describeLoss(best, this.start) : "none yet";
  }
}

class LinesDisplay implements SearchDisplay {
  private readonly state = new StageState();
  private lastLine = 0;
  private last = "";

  constructor(private readonly stream: NodeJS.WritableStream) {}

  readonly listener: SearchListener = (event) => {
    this.state.take(event);
    if (event.kind === "stage") {
      this.write(this.state.title);
      for (const note of event.notes) this.write(`remark: ${note}`);
    } else if (event.kind === "evaluation" && event.record.id < 0 && !event.isReplayed) this.write(`start: ${describeLoss(event.record, undefined)}`);
    else if (event.kind === "stage-end") this.line();
    else if (performance.now() - this.lastLine > LINE_INTERVAL) this.line();
  };

  stop(): void {
    // lines stay
  }

  private line(): void {
    const { counts, best, speed } = this.state;
    this.lastLine = performance.now();
    const text = `${counts}; best ${best}`;
    if (text !== this.last) this.write(`${text}${speed ? `; ${speed}` : ""}`);
    this.last = text;
  }

  private write(text: string): void {
    this.stream.write(`${printable(text)}\n`);
  }
}

class TableDisplay implements SearchDisplay {
  private readonly state = new StageState();
  private drawn = 0;
  private lastFrame = 0;

  constructor(private readonly stream: NodeJS.WriteStream) {}

  readonly listener: SearchListener = (event) => {
    this.state.take(event);
    if (event.kind === "stage") {
      this.stop();
      for (const note of event.notes) this.stream.write(`remark: ${printable(note)}\n`);
    }
    if (event.kind === "stage-end") {
      this.draw();
      this.drawn = 0; // the table of a finished stage stays
    } else if (performance.now() - this.lastFrame > FRAME_INTERVAL) this.draw();
  };

  stop(): void {
    if (this.drawn > 0) this.stream.write(`\u001B[${this.drawn}A\u001B[J`);
    this.drawn = 0;
  }

  private draw(): void {
    this.lastFrame = performance.now();
    const width = this.stream.columns ?? 80;
    const lines = this.lines().map(printable).map((line) => (line.length >= width ? `${line.slice(0, width - 2)}…` : line));
    this.stop();
    this.stream.write(lines.map((line) => `${line}\n`).join(""));
    this.drawn = lines.length;
  }

  private lines(): string[] {
    const { title, counts, best, speed, spread, parameters, progress } = this.state;
    const share = progress?.share ?? 0;
    const filled = Math.round(share * BAR_WIDTH);
    return [
      title,
      `  [${"=".repeat(filled)}${" ".repeat(BAR_WIDTH - filled)}] ${(100 * share).toFixed(0)} % of the budget; ${formatDuration(progress?.elapsed ?? 0)}${speed ? `; ${speed}` : ""}`,
      `  ${counts}${spread === undefined ? "" : `; spread ${formatSignificant(spread)}`}`,
      `  best ${best}`,
      ...parameters.flatMap(({ path, label }) => {
        const value = progress?.best?.values[path];
        return value === undefined ? [] : [`    ${label}  ${formatValue(value)}`];
      }),
    ];
  }
}
