import { InvalidParameterError } from "../../errors.js";
import type { Checkpoint, FitIdentity, KeptParts } from "./checkpoint.js";
import { clearFolder, hasParts, isForeign, PartFolder, type WritingOptions } from "./part-folder.js";

/** How a checkpoint is kept. */
export interface CheckpointOptions extends WritingOptions {
  /** Whether to go on with what an earlier process has left; default: that is an error. */
  readonly resume?: boolean;
}

/**
 * The checkpoint of a fit in a folder, which appears with the first part that is kept: a fit that is done sooner writes nothing. Every file
 * in it is whole or absent whenever a process ends. It stays until `remove` is called, so that nothing is lost before the model is stored.
 */
export class CheckpointFolder implements Checkpoint {
  private opened: PartFolder | undefined;

  constructor(
    /** Of the folder. */
    readonly path: string,
    private readonly options: CheckpointOptions = {},
  ) {}

  /**
   * Makes sure, before data are read, that the folder can be used.
   * @throws {InvalidParameterError} when there is a checkpoint already that is not to be gone on with, or something else; the system's
   * error for a file
   */
  check(): void {
    const { path, options } = this;
    if (isForeign(path)) throw new InvalidParameterError(`${path} is not a checkpoint: there are other files in it; name another folder`);
    if (options.resume || !this.exists) return;
    throw new InvalidParameterError(`there is a checkpoint ${path} already: add --resume to go on with it, or delete it, or name another with --checkpoint`);
  }

  /** Whether there is something to go on with. */
  get exists(): boolean {
    return hasParts(this.path);
  }

  /** How much of the fit need not be done again, 0 to 1, roughly. */
  get safeShare(): number {
    return this.opened?.safeShare ?? 0;
  }

  async open(identity: FitIdentity): Promise<KeptParts> {
    // the fit before it has ended
    if (this.opened) this.remove();
    this.check();
    this.opened = new PartFolder(this.path, identity, this.options);
    const { resume, onNote } = this.options;
    if (this.exists) {
      await this.opened.resume();
      onNote?.(`the fit goes on with the checkpoint ${this.path}`);
    } else if (resume) onNote?.(`there is no checkpoint ${this.path} to resume; the fit begins`);
    return this.opened;
  }

  /** Removes the folder: when the model is stored. */
  remove(): void {
    clearFolder(this.path);
  }
}
