import { type CandidateEntry, isTrained, sizeOf, type TrainedEntry } from "../compose/candidate.js";
import type { ComposeEvent, ComposeListener } from "../compose/compose-events.js";
import { errorsInWords, sizeInWords } from "./compose-text.js";
import { formatDuration, type ProgressDisplay } from "./progress.js";
import { formatNumber, formatTable } from "./table.js";
import { printable } from "./terminal-text.js";

const BAR_WIDTH = 24;
/** Candidates of the present round that are shown. */
const SHOWN = 10;
/** So that times go on while a candidate is trained. */
const FRAME_INTERVAL = 1000; // ms

/** Shows a running search: a table that is drawn anew on a terminal, a line for each candidate elsewhere, nothing when quiet. */
export interface ComposeDisplay extends Pick<ProgressDisplay, "stop"> {
  readonly listener: ComposeListener;
}

export function createComposeDisplay(stream: NodeJS.WriteStream, isQuiet: boolean): ComposeDisplay {
  if (isQuiet) return { listener: () => undefined, stop: () => undefined };
  return stream.isTTY ? new TableDisplay(stream) : new LinesDisplay(stream);
}

/** What became of a candidate, in words. */
function verdictOf({ decision, reason }: CandidateEntry): string {
  return decision === "failed" ? `failed: ${reason}` : decision === "refused" ? `refused: ${reason}` : reason;
}

function roundTitle({ phase, round }: Pick<CandidateEntry, "phase" | "round">): string {
  return phase === "pool" ? "pool" : phase === "growth" ? `round ${round}` : `pruning ${round}`;
}

/** What is told when a round is over. */
function roundText({ accepted, reason }: Extract<ComposeEvent, { kind: "round" }>): string {
  if (!accepted) return `growth is over: ${reason}`;
  return `${accepted.phase === "pool" ? "starts from" : "takes"} ${accepted.notation}: ${errorsInWords(accepted.errors.validation)}; ${sizeInWords(accepted)}`;
}

class LinesDisplay implements ComposeDisplay {
  /** Whether what comes now is found in the journal. */
  private isReplaying = false;

  constructor(private readonly stream: NodeJS.WritableStream) {}

  readonly listener: ComposeListener = (event) => {
    if (event.kind === "begin") return;
    if (event.kind === "round") {
      if (!this.isReplaying) this.write(`  ${roundText(event)}`);
      return;
    }
    const { entry, share, elapsed, isReplayed } = event;
    this.isReplaying = isReplayed;
    if (isReplayed) return;
    const place = share > 0 ? `${(100 * share).toFixed(0)} % of the budget` : formatDuration(elapsed);
    const numbers = isTrained(entry) ? `${errorsInWords(entry.errors.validation)}; ` : "";
    this.write(`${roundTitle(entry)}, ${place}: ${entry.notation} (${sizeOf(entry)} parameters): ${numbers}${verdictOf(entry)}`);
  };

  stop(): void {
    // lines stay
  }

  private write(text: string): void {
    this.stream.write(`${printable(text)}\n`);
  }
}

class TableDisplay implements ComposeDisplay {
  private drawn = 0;
  private best: TrainedEntry | undefined;
  private round: CandidateEntry[] = [];
  private present: Extract<ComposeEvent, { kind: "begin" }> | undefined;
  private presentSince = 0;
  private share = 0;
  /** s of earlier sessions and of this one when the last event came. */
  private elapsed = 0;
  private elapsedAt = performance.now();
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly stream: NodeJS.WriteStream) {}

  readonly listener: ComposeListener = (event) => {
    this.timer ??= setInterval(() => this.draw(), FRAME_INTERVAL).unref();
    this.share = event.share;
    if (event.kind === "begin") {
      this.present = event;
      this.presentSince = performance.now();
      if (this.round.length > 0 && roundTitle(this.round[0]) !== roundTitle(event)) this.round = [];
    } else if (event.kind === "candidate") {
      this.present = undefined;
      this.elapsed = event.elapsed;
      this.elapsedAt = performance.now();
      if (this.round.length > 0 && roundTitle(this.round[0]) !== roundTitle(event.entry)) this.round = [];
      this.round.push(event.entry);
      if (event.isReplayed) return; // many at once
    } else {
      this.best = event.accepted ?? this.best;
      this.say(roundText(event));
    }
    this.draw();
  };

  stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
    this.clear();
  }

  /** A line that stays above the table. */
  private say(text: string): void {
    this.clear();
    this.stream.write(`${printable(text)}\n`);
  }

  private clear(): void {
    if (this.drawn > 0) this.stream.write(`\u001B[${this.drawn}A\u001B[J`);
    this.drawn = 0;
  }

  private draw(): void {
    const width = this.stream.columns ?? 80;
    const lines = this.lines().map(printable).map((line) => (line.length >= width ? `${line.slice(0, width - 2)}…` : line));
    this.clear();
    this.stream.write(lines.map((line) => `${line}\n`).join(""));
    this.drawn = lines.length;
  }

  private lines(): string[] {
    const filled = Math.round(this.share * BAR_WIDTH);
    const seconds = this.elapsed + (performance.now() - this.elapsedAt) / 1000;
    const rest = (this.elapsed * (1 - this.share)) / this.share - (seconds - this.elapsed);
    const left = this.share > 0.02 && rest > 0 ? `, at most about ${formatDuration(rest)} left` : "";
    return [
      `[${"=".repeat(filled)}${" ".repeat(BAR_WIDTH - filled)}] ${(100 * this.share).toFixed(0)} % of the budget, ${formatDuration(seconds)}${left}`,
      ...(this.best ? [`best ${this.best.notation}: ${errorsInWords(this.best.errors.validation)}; ${sizeInWords(this.best)}`] : []),
      ...this.roundLines(),
      ...(this.present ? [`${roundTitle(this.present)}: training ${this.present.notation}, ${formatDuration((performance.now() - this.presentSince) / 1000)}`] : []),
    ];
  }

  private roundLines(): string[] {
    if (this.round.length === 0) return [];
    const rows = this.round.slice(-SHOWN).map((entry) => {
      const errors = isTrained(entry) ? entry.errors.validation : { force: null, energy: null };
      return [entry.notation, String(sizeOf(entry)), formatNumber(errors.force ?? NaN, 4), formatNumber(1000 * (errors.energy ?? NaN), 2), verdictOf(entry)];
    });
    return formatTable([[roundTitle(this.round[0]), "parameters", "eV/Å", "meV/atom", ""], ...rows], "  ").split("\n");
  }
}
