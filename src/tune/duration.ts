import { InvalidParameterError } from "../errors.js";

const secondsPerUnit: Readonly<Record<string, number>> = { s: 1, sec: 1, min: 60, h: 3600, d: 86_400 };

/**
 * Seconds of a text such as `90 s`, `15 min`, `2h` or `1 h 30 min`.
 * @throws {InvalidParameterError}
 */
export function parseDuration(text: string): number {
  const parts = [...text.trim().matchAll(/(\d+(?:\.\d+)?)\s*(s|sec|min|h|d)(?:\s+|(?=\d)|$)/gy)];
  const isWhole = parts.reduce((length, [part]) => length + part.length, 0) === text.trim().length;
  const seconds = parts.reduce((sum, [, count, unit]) => sum + Number(count) * secondsPerUnit[unit], 0);
  if (isWhole && seconds > 0) return seconds;
  throw new InvalidParameterError(`"${text}" is not a duration; write for example 90 s, 15 min, 2 h or 1 h 30 min`);
}
