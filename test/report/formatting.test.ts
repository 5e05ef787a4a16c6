import { describe, expect, it } from "vitest";
import {
  columnDecimals, displayName, formatBytes, formatCorrelation, formatCounted, formatError, formatFixed, formatSeconds, formatSignificant,
} from "../../src/report/formatting.js";

describe("numbers for people", () => {
  it("have three significant digits", () => {
    const values = [4.0249, 0.11711, 1234.5, 99.96, 0, 0.9996, 12.345, NaN];
    expect(values.map(formatSignificant)).toEqual(["4.02", "0.117", "1230", "100", "0", "1.00", "12.3", "–"]);
  });

  it("have the units of the field", () => {
    expect(formatError("energy", 0.00402)).toBe("4.02 meV/atom");
    expect(formatError("forces", 0.117)).toBe("0.117 eV/Å");
    expect(formatError("virial", NaN)).toBe("–");
  });

  it("show the smallest value of a column with two significant digits, within reason", () => {
    expect(columnDecimals([120, 4, 35])).toBe(1);
    expect(columnDecimals([0.11, 0.032])).toBe(3);
    expect(columnDecimals([1e-9, 1])).toBe(4);
    expect(columnDecimals([NaN, 0])).toBe(1);
    expect(formatFixed(NaN, 2)).toBe("–");
    expect(formatFixed(3e9, 2)).toBe("3.00e+9");
  });

  it("give durations and sizes in the unit that fits", () => {
    expect([0, 9.33e-5, 0.000933, 0.0123, 0.31, 9.7, 48.44, 59.96, 65.1, 3599.7, 3661, 7322].map(formatSeconds)).toEqual([
      "0.00 s", "93.3 µs", "0.933 ms", "12.3 ms", "0.31 s", "9.70 s", "48.4 s", "1 min 00 s", "1 min 05 s", "1 h 00 min", "1 h 01 min", "2 h 02 min",
    ]);
    expect([0, 999, 1000, 846e6, 3.68e9].map(formatBytes)).toEqual(["0 B", "999 B", "1.00 kB", "846 MB", "3.68 GB"]);
    expect([formatCounted(1, "atom"), formatCounted(13233, "atom")]).toEqual(["1 atom", "13,233 atoms"]);
  });

  it("give correlations two digits, and zero no sign", () => {
    expect([-0.004, 0, 0.004, -0.006, 0.456, NaN].map(formatCorrelation)).toEqual(["0.00", "0.00", "0.00", "-0.01", "0.46", "–"]);
  });

  it("shorten names in the middle", () => {
    expect(displayName("a".repeat(30) + "b".repeat(30), 20)).toBe(`${"a".repeat(13)}…${"b".repeat(6)}`);
    expect(displayName("\u{1F600}".repeat(5), 3)).toBe("\u{1F600}\u{1F600}…");
  });
});
