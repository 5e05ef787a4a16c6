/** JSON has no NaN and no infinities. */
const specials: Readonly<Record<string, number>> = { NaN: Number.NaN, Infinity: Number.POSITIVE_INFINITY, "-Infinity": Number.NEGATIVE_INFINITY };

/** Plain data with such numbers as { number: "NaN" }. */
export function encodeSpecials(value: unknown): unknown {
  if (typeof value === "number") return Number.isFinite(value) ? value : { number: String(value) };
  if (Array.isArray(value)) return value.map(encodeSpecials);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, encodeSpecials(part)]));
}

/** The way back. */
export function decodeSpecials(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(decodeSpecials);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value);
  if (entries.length === 1 && entries[0][0] === "number" && String(entries[0][1]) in specials) return specials[String(entries[0][1])];
  return Object.fromEntries(entries.map(([key, part]) => [key, decodeSpecials(part)]));
}
