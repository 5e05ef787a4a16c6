import { expectClose, type ToleranceKind } from "../expect.js";

interface Kind {
  count: number;
  /** The largest deviation, relative to the largest value where tolerances are, and what was allowed there. */
  worst: { deviation: number; allowed: number; where: string };
}

/** Compares with reference values, and keeps account of what was compared and what could not be. */
export class Comparisons {
  private readonly kinds = new Map<string, Kind>();
  private readonly notes: string[] = [];
  private readonly skipped = new Map<string, string[]>();

  /** `expectClose`, counted under the name of a kind. */
  compare(
    kind: string,
    where: string,
    actual: ArrayLike<number>,
    expected: ArrayLike<number>,
    tolerance: number,
    tolerates: ToleranceKind = "relative-to-max",
  ): void {
    let [scale, deviation] = [tolerates === "absolute" ? 1 : 0, 0];
    for (let i = 0; i < expected.length; i++) {
      if (tolerates === "relative-to-max") scale = Math.max(scale, Math.abs(expected[i]));
      deviation = Math.max(deviation, Math.abs(actual[i] - expected[i]));
    }
    const relative = scale > 0 ? deviation / scale : deviation;
    const own = this.kinds.get(kind) ?? { count: 0, worst: { deviation: -1, allowed: 0, where: "" } };
    own.count += expected.length;
    if (!(relative <= own.worst.deviation)) own.worst = { deviation: relative, allowed: tolerance, where };
    this.kinds.set(kind, own);
    expectClose(actual, expected, tolerance, tolerates);
  }

  /** Notes what is not compared, and why. */
  skip(what: string, reason: string): void {
    this.skipped.set(reason, [...(this.skipped.get(reason) ?? []), what]);
  }

  /** Says something of a comparison that its numbers do not. */
  note(text: string): void {
    this.notes.push(text);
  }

  get total(): number {
    return [...this.kinds.values()].reduce((sum, { count }) => sum + count, 0);
  }

  print(title: string): void {
    const lines = [`${title}: ${this.total} values compared`];
    for (const [kind, { count, worst }] of this.kinds) {
      lines.push(`  ${kind}: ${count} values, largest deviation ${worst.deviation.toExponential(1)} of ${worst.allowed.toExponential(1)} allowed (${worst.where})`);
    }
    for (const [reason, all] of this.skipped) lines.push(`  not compared, ${all.length}: ${reason} (${all.slice(0, 4).join(", ")}${all.length > 4 ? ", …" : ""})`);
    for (const note of this.notes) lines.push(`  ${note}`);
    console.log(lines.join("\n"));
  }
}
