const reasons: Readonly<Record<string, string>> = {
  ENOENT: "no such file",
  EEXIST: "there is a file of that name",
  EISDIR: "it is a folder, not a file",
  ENOTDIR: "a part of the path is not a folder",
  EACCES: "permission denied",
  EPERM: "not permitted",
  EROFS: "the file system is read-only",
  ENOSPC: "no space left on the device",
  ENAMETOOLONG: "the name is too long",
  EMFILE: "too many open files",
};

/** Why the operating system refused, in words without its codes; undefined for any other error. */
export function systemReason(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (code === undefined) return undefined;
  if (Object.hasOwn(reasons, code)) return reasons[code];
  if (syscall === undefined || !/^E[A-Z0-9]+$/.test(code)) return undefined;
  // "EIO: i/o error, write"
  return /^E[A-Z0-9]+: ([^,]+)/.exec(error.message)?.[1] ?? code;
}

/** The same for messages about reading and writing, where other errors say what they say. */
export function reasonOf(error: unknown): string {
  return systemReason(error) ?? (error instanceof Error ? error.message : String(error));
}
