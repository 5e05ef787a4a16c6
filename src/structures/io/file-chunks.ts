import { open } from "node:fs/promises";

/** Of what is read at once. */
export const CHUNK_BYTES = 1 << 20;

/** Bytes as they come, and what lets go of where they come from. */
export interface ByteSource {
  /** A chunk is good until the next one is asked for: its memory may then be used again. */
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Also before the end; may be called twice. */
  close(): void;
  /** Bytes in all, where it is known. */
  readonly size?: number;
}

/** The content of a file through two buffers, one of which is filled while the other is read: no memory that is new to the process. */
export function fileChunks(path: string, size?: number): ByteSource {
  let close = (): void => undefined;
  async function* chunks(): AsyncGenerator<Uint8Array> {
    const file = await open(path, "r");
    close = () => void file.close().catch(() => undefined);
    try {
      const buffers = [Buffer.allocUnsafeSlow(CHUNK_BYTES), Buffer.allocUnsafeSlow(CHUNK_BYTES)] as const;
      let next = file.read(buffers[0], 0, CHUNK_BYTES);
      for (let k = 0; ; k++) {
        const { bytesRead, buffer } = await next;
        if (bytesRead === 0) return;
        next = file.read(buffers[(k + 1) % 2], 0, CHUNK_BYTES);
        // it fails again where it is waited for
        next.catch(() => undefined);
        yield buffer.subarray(0, bytesRead);
      }
    } finally {
      close();
    }
  }
  return { chunks: chunks(), close: () => close(), ...(size !== undefined && { size }) };
}
