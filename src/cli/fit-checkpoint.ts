import type { Command } from "commander";
import { InvalidParameterError } from "../errors.js";
import { type CheckpointContext, wouldFailAgain } from "../fit/checkpoint/checkpoint.js";
import { CheckpointFolder } from "../fit/checkpoint/checkpoint-folder.js";
import { parseDuration } from "../tune/duration.js";
import { besideWith } from "./paths.js";
import { resumeCommand } from "./resume-command.js";
import type { Session } from "./session.js";

/** Flags of a fit that can be gone on with. */
export interface CheckpointFlags {
  /** The folder; false: none */
  readonly checkpoint?: string | boolean;
  /** A duration. */
  readonly checkpointEvery?: string;
  readonly resume?: boolean;
}

/** How options are written that are not kept as they were given. */
const texts = { types: (symbols: unknown) => (symbols as string[]).join() };

/** The checkpoint of a fit on the command line. */
export class FitCheckpoint {
  readonly folder: CheckpointFolder;

  private constructor(
    private readonly session: Session,
    path: string,
    { resume, checkpointEvery }: CheckpointFlags,
    private readonly command: string,
  ) {
    const every = checkpointEvery === undefined ? undefined : parseDuration(checkpointEvery);
    this.folder = new CheckpointFolder(path, { resume, every, onNote: (text) => session.note(text) });
  }

  /**
   * Undefined where none is wanted.
   * @param output model file, where one is written
   * @param path fit file, where it is an argument
   * @throws {InvalidParameterError} when there is one that is not to be gone on with, and for flags that contradict each other
   */
  static of(session: Session, output: string | undefined, flags: CheckpointFlags, self: Command, path: string | undefined): FitCheckpoint | undefined {
    const { checkpoint, resume } = flags;
    if (checkpoint === false) {
      if (resume) throw new InvalidParameterError("--resume goes on with a checkpoint, and --no-checkpoint wants none; leave one of them out");
      return undefined;
    }
    const folder = typeof checkpoint === "string" ? checkpoint : besideWith(output ?? path ?? "fit", "", output === undefined ? ".validation.checkpoint" : ".checkpoint");
    const own = new FitCheckpoint(session, folder, flags, resumeCommand(self, path === undefined ? [] : [path], { texts }));
    own.folder.check();
    return own;
  }

  /** Does what is kept in the folder; says after an error how it can be gone on with. */
  async around<Result>(work: (context: CheckpointContext) => Promise<Result>): Promise<Result> {
    try {
      return await work({ checkpoint: this.folder });
    } catch (error) {
      this.sayHowToGoOn(error);
      throw error;
    }
  }

  /** Says after an error how the fit can be gone on with, where that makes sense. */
  private sayHowToGoOn(error: unknown): void {
    if (wouldFailAgain(error) || !this.folder.exists) return;
    const percent = Math.floor(100 * this.folder.safeShare);
    const what = percent > 0 ? `${percent} % is safe` : "what is done of it is safe";
    this.session.note(`${what} in ${this.folder.path}; go on with\n  ${this.command}`);
  }
}
