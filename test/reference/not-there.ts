/** Something that the program has no expression for yet, and why. */
export class NotThere {
  constructor(readonly reason: string) {}
}

/** @throws {Error} for keys that a suite does not know: a reference that is not understood must not pass */
export function expectKnown(what: string, keys: readonly string[], known: readonly string[]): void {
  const unknown = keys.filter((key) => !known.includes(key));
  if (unknown.length > 0) throw new Error(`${what}: the suite does not know ${unknown.join(", ")}`);
}
