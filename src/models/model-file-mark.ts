/** The first bytes of a model file; they tell text-mode damage as those of PNG do: https://www.w3.org/TR/png/#5PNG-file-signature */
export const MODEL_FILE_MARK = Uint8Array.of(0x89, 0x50, 0x53, 0x54, 0x4c, 0x0d, 0x0a, 0x1a);

/** Whether bytes begin as a model file does. */
export function startsModelFile(bytes: Uint8Array): boolean {
  return bytes.length >= MODEL_FILE_MARK.length && MODEL_FILE_MARK.every((byte, i) => bytes[i] === byte);
}

/** Whether a file begins as a model file does; false when it cannot be read, and for pipes, of which a look would take the beginning away. */
export async function isModelFile(path: string): Promise<boolean> {
  // browsers, which have no files, load this module too
  const { open, stat } = await import("node:fs/promises");
  const status = await stat(path).catch(() => undefined);
  if (!status?.isFile()) return false;
  const handle = await open(path).catch(() => undefined);
  if (!handle) return false;
  try {
    const { buffer, bytesRead } = await handle.read(new Uint8Array(16), 0, 16, 0);
    return startsModelFile(buffer.subarray(0, bytesRead));
  } finally {
    await handle.close();
  }
}
