import { Command } from "commander";
import { removeUnfinishedOutputs } from "../output-file.js";
import { version } from "../version.js";
import { commands } from "./commands/index.js";
import { failureOf } from "./failure.js";
import { type OpenSession, Session, type Streams } from "./session.js";

/**
 * Runs the command line and returns the exit status: 0, 2 for an error of the user, 130 after Ctrl-C, 1 for anything else.
 * Prints one line for an error; the stack with `--debug`.
 */
export async function main(args: readonly string[], streams: Streams = process): Promise<number> {
  const controller = new AbortController();
  const interruption = watchInterruptions(controller, streams);
  const sessions: Session[] = [];
  const openSession: OpenSession = (options) => {
    const session = new Session(streams, controller.signal, options);
    sessions.push(session);
    return session;
  };
  try {
    const program = await createProgram(args, streams, openSession);
    await program.parseAsync([...args], { from: "user" });
    return 0;
  } catch (error) {
    for (const session of sessions) session.close();
    if (interruption.isPipeClosed()) return 0;
    const { message, status } = failureOf(error);
    if (message) streams.stderr.write(`${status === 130 ? "" : "error: "}${message}\n`);
    if (args.includes("--debug") && status !== 0 && error instanceof Error) streams.stderr.write(`${stackOf(error)}\n`);
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
    .exitOverride()
    .configureOutput({
      writeOut: (text) => streams.stdout.write(text),
      writeErr: (text) => streams.stderr.write(text),
      outputError: () => undefined, // main prints errors
    })
    .showSuggestionAfterError(true)
    .addHelpText("after", "\nRun pestle COMMAND --help for the options of a command.");
  for (const { name, description, load } of commands) {
    const command = program.command(name).description(description);
    if (args.slice(0, 2).includes(name)) (await load()).configure(command, openSession);
  }
  return program;
}

interface Interruption {
  isPipeClosed(): boolean;
  /** Exit status that a signal asks for. */
  status(): number | undefined;
  stop(): void;
}

/** First Ctrl-C: stop in order. Second: at once. A reader that closes the pipe (`| head`) ends the run without a word. */
function watchInterruptions(controller: AbortController, streams: Streams): Interruption {
  let isPipeClosed = false;
  let status: number | undefined;
  const onSignal = (signal: NodeJS.Signals): void => {
    const isSecond = status !== undefined;
    status = signal === "SIGTERM" ? 143 : 130;
    if (isSecond) {
      removeUnfinishedOutputs();
      process.exit(status);
    }
    controller.abort();
  };
  const onPipeError = (error: NodeJS.ErrnoException): void => {
    if (error.code !== "EPIPE") throw error;
    isPipeClosed = true;
    controller.abort();
  };
  const ignore = (): void => undefined;
  process.on("SIGINT", onSignal).on("SIGTERM", onSignal);
  streams.stdout.on("error", onPipeError);
  streams.stderr.on("error", ignore);
  return {
    isPipeClosed: () => isPipeClosed,
    status: () => status,
    // the pipe listeners stay: the last write may fail after the command has returned
    stop: () => process.off("SIGINT", onSignal).off("SIGTERM", onSignal),
  };
}

function stackOf(error: Error): string {
  const cause = error.cause instanceof Error ? `\ncaused by ${stackOf(error.cause)}` : "";
  return `${error.stack ?? error.message}${cause}`;
}
