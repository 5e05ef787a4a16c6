/** A path that stands for the standard input. */
export const STANDARD_INPUT = "-";

/** How messages name a path: "standard input" for `-`. */
export function inputName(path: string): string {
  return path === STANDARD_INPUT ? "standard input" : path;
}

/** The same without the folders, for labels; places under /dev and /proc keep them, since their last part says nothing. */
export function shortInputName(path: string): string {
  return /^\/(?:dev|proc)\//u.test(path) ? path : inputName(path).replace(/^.*[/\\]/u, "");
}
