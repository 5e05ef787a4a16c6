/** Frames that are named; the others are counted. */
const NAMED = 3;

/** "frame 3 of a.xyz; frame 5 of a.xyz; frame 9 of a.xyz, and 4 more" */
export function describeFrames(frames: readonly string[]): string {
  const rest = frames.length > NAMED ? `, and ${frames.length - NAMED} more` : "";
  return `${frames.slice(0, NAMED).join("; ")}${rest}`;
}
