import { Command } from "commander";
import { removeUnfinishedOutputs } from "../output-file.js";
import { version } from "../version.js";
import { commands } from "./flags/registry.js";
import { failureOf } from "./failure.js";
import { type OpenSession, Session, type Streams } from "./session.js";
import { printable } from "./terminal-text.js";

/**
 * Runs the command line and returns the exit status: 0, 2 for an error of the user, 3 where a check that was asked for does not hold, 130 after Ctrl-C, 1 for anything else.
 * Prints one line for an error; the stack with `--debug`.
 */
export async function main(args: readonly string[], streams: Streams = process): Promise<number> {
  const controller = new AbortController();
  const sessions: Session[] = [];
  const closeSessions = (): void => sessions.forEach((session) => session.close());
  const hasSpoken = (): boolean => sessions.some(({ hasSpokenSinceStop }) => hasSpokenSinceStop);
  const interruption = watchInterruptions(controller, streams, closeSessions, hasSpoken);
  const openSession: OpenSession = (options) => {
    const session = new Session(streams, controller.signal, options);
    sessions.push(session);
    return session;
  };
  try {
    const program = await createProgram(args, streams, openSession);
    await program.parseAsync([...args], { from: "user" });
    await new Promise((resolve) => setImmediate(resolve)); // a failure of the last write is told a turn later
    const outputError = interruption.outputError();
    if (outputError) throw outputError;
    return 0;
  } catch (error) {
    closeSessions();
    const outputError = interruption.outputError();
    if (outputError?.code === "EPIPE") return 0;
    const { message, status } = failureOf(outputError ?? error);
    if (message) streams.stderr.write(`${status === 130 ? "" : "error: "}${message}\n`);
    if (args.includes("--debug") && status !== 0 && error instanceof Error) streams.stderr.write(`${printable(stackOf(error))}\n`);
    return interruption.status() ?? status;
  } finally {
    interruption.stop();
    removeUnfinishedOutputs();
  }
}

async function createProgram(args: readonly string[], streams: Streams, openSession: OpenSession): Promise<Command> {
  const program = new Command("pestle")
    .description("fingerprints and machine-learned interatomic potentials")
    .version(version, "-V, --version")
    .helpCommand(false) // ours knows the pages, too
    .exitOverride()
    .configureOutput({
      writeOut: (text) => streams.stdout.write(text),
      writeErr: (text) => streams.stderr.write(text),
      outputError: () => undefined, // main prints errors
    })
    .showSuggestionAfterError(true)
    .addHelpText("after", "\nRun pestle COMMAND --help for the options of a command, pestle help for the pages of the documentation.");
  for (const { name, aliases = [], description, load } of commands) {
    const command = program.command(name).aliases(aliases).description(description);
    if ([name, ...aliases].some((known) => args.slice(0, 2).includes(known))) (await load()).configure(command, openSession);
  }
  return program;
}

interface Interruption {
  /** What went wrong with the standard output. */
  outputError(): NodeJS.ErrnoException | undefined;
  /** Exit status that a signal asks for. */
  status(): number | undefined;
  stop(): void;
}

/** Where the output is no terminal, only a stop that takes longer than this is spoken of, ms. */
const STOPPING_NOTICE = 300;

/** First Ctrl-C: stop in order. Second: at once. A reader that closes the pipe (`| head`) ends the run without a word. */
function watchInterruptions(controller: AbortController, streams: Streams, clearDisplay: () => void, hasSpoken: () => boolean): Interruption {
  let outputError: NodeJS.ErrnoException | undefined;
  let status: number | undefined;
  let notice: NodeJS.Timeout | undefined;
  const onSignal = (signal: NodeJS.Signals): void => {
    const isSecond = status !== undefined;
    status = signal === "SIGTERM" ? 143 : 130;
    clearDisplay();
    if (isSecond) {
      removeUnfinishedOutputs();
      process.exit(status);
    }
    const say = (): boolean => streams.stderr.write("stopping…; Ctrl-C again ends at once\n");
    if (streams.stderr.isTTY) say();
    // how to go on is the last word, however long threads take to end after it
    else notice = setTimeout(() => hasSpoken() || say(), STOPPING_NOTICE).unref();
    controller.abort();
  };
  const onOutputError = (error: NodeJS.ErrnoException): void => {
    outputError ??= Object.assign(error, { path: "cannot write the standard output" });
    controller.abort();
  };
  const ignore = (): void => undefined;
  process.on("SIGINT", onSignal).on("SIGTERM", onSignal);
  streams.stdout.on("error", onOutputError);
  streams.stderr.on("error", ignore);
  return {
    outputError: () => outputError,
    status: () => status,
    // the listeners of the streams stay: the last write may fail after the command has returned
    stop: () => {
      clearTimeout(notice);
      process.off("SIGINT", onSignal).off("SIGTERM", onSignal);
    },
  };
}

function stackOf(error: Error): string {
  const cause = error.cause instanceof Error ? `\ncaused by ${stackOf(error.cause)}` : "";
  return `${error.stack ?? error.message}${cause}`;
}
