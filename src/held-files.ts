const held = new Map<string, string>();
let holders = 0;

/**
 * From now on texts that options name are read once, for work that makes the same thing of them again and again: a search. What it finds
 * is then made of the files as they were when it began, whatever becomes of them.
 * @returns what ends that
 */
export function holdFiles(): () => void {
  holders++;
  let isOver = false;
  return () => {
    if (isOver) return;
    isOver = true;
    holders--;
    if (holders === 0) held.clear();
  };
}

/** The text of a file, as it was when it was first read where files are held. */
export function heldText(path: string, read: (path: string) => string): string {
  const text = held.get(path) ?? read(path);
  if (holders > 0) held.set(path, text);
  return text;
}
