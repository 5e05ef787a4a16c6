import type { FileHandle } from "node:fs/promises";

/** Copies that may wait to be written: enough that a program that also computes comes back before all of them are. */
const COPIES = 4;

interface Copy {
  bytes: Uint8Array;
  /** Never rejects. */
  written: Promise<void>;
}

/**
 * Writes copies, so that the caller may go on with its memory at once: a write takes several turns of the event loop, each of which may have
 * to wait for a computation. A failure is thrown by the next call.
 */
export class WriteBehind {
  private readonly copies: Copy[] = [];
  private next = 0;
  private failure: { readonly error: unknown } | undefined;

  constructor(private readonly handle: FileHandle) {}

  /**
   * Takes bytes that belong at a position of the file; waits while too many are on the way.
   * @throws the system's error of an earlier write
   */
  async write(bytes: Uint8Array, position: number): Promise<void> {
    const copy = (this.copies[this.next] ??= { bytes: new Uint8Array(bytes.length), written: Promise.resolve() });
    this.next = (this.next + 1) % COPIES;
    await copy.written;
    this.throwFailure();
    if (copy.bytes.length < bytes.length) copy.bytes = new Uint8Array(bytes.length);
    const own = copy.bytes.subarray(0, bytes.length);
    own.set(bytes);
    copy.written = this.writeAll(own, position).catch((error: unknown) => {
      this.failure ??= { error };
    });
  }

  /**
   * Resolves when everything is written.
   * @throws the system's error of an earlier write
   */
  async settle(): Promise<void> {
    await Promise.all(this.copies.map(({ written }) => written));
    this.throwFailure();
  }

  private throwFailure(): void {
    if (this.failure) throw this.failure.error;
  }

  private async writeAll(bytes: Uint8Array, position: number): Promise<void> {
    for (let done = 0; done < bytes.length; ) {
      const { bytesWritten } = await this.handle.write(bytes, done, bytes.length - done, position + done);
      done += bytesWritten;
    }
  }
}
