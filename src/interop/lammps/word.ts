/** A name as one word of input. */
export function word(name: string): string {
  return /[\s#$&]/u.test(name) ? `"${name}"` : name;
}
