export interface Tick {
  /** 0 to 1 */
  readonly position: number;
  readonly text: string;
}

export interface AxisNumbers {
  readonly most: number;
  readonly isLog: boolean;
  /** Whole numbers only. */
  readonly whole?: boolean;
}

/** Round numbers within a range, ascending. */
export function axisNumbers([lower, upper]: readonly [number, number], { most, isLog, whole = false }: AxisNumbers): number[] {
  return isLog ? logarithmicTicks(lower, upper, most) : linearTicks(lower, upper, most, whole);
}

/** Multiples of 1, 2 or 5 times a power of ten; whole ones for whole numbers. */
function linearTicks(lower: number, upper: number, most: number, whole: boolean): number[] {
  if (!(upper > lower)) return [lower];
  for (let exponent = Math.floor(Math.log10((upper - lower) / Math.max(1, most))) - 1; ; exponent++) {
    for (const factor of [1, 2, 5]) {
      const step = factor * 10 ** exponent;
      if (whole && step < 1) continue;
      const first = Math.ceil(lower / step - 1e-9);
      const count = Math.floor(upper / step + 1e-9) - first + 1;
      if (count <= Math.max(2, most)) return count >= 2 ? Array.from({ length: count }, (_, i) => Number(((first + i) * step).toPrecision(12))) : [lower, upper];
    }
  }
}

/** Powers of ten, or 1-2-5 steps, or 1-2-3-5-7 steps: the densest that fits; both ends where no row has two ticks. */
function logarithmicTicks(lower: number, upper: number, most: number): number[] {
  const first = Math.floor(Math.log10(lower));
  const last = Math.ceil(Math.log10(upper));
  const rows = [[1, 2, 3, 5, 7], [1, 2, 5], [1]].map((factors) => {
    const all = Array.from({ length: last - first + 1 }, (_, i) => factors.map((factor) => Number(`${factor}e${first + i}`))).flat();
    return all.filter((value) => value >= lower * (1 - 1e-9) && value <= upper * (1 + 1e-9));
  });
  const fitting = rows.find((row) => row.length <= most && row.length >= 2);
  if (fitting) return fitting;
  const decades = rows[rows.length - 1];
  const step = Math.ceil(decades.length / Math.max(1, most));
  return decades.length > most ? decades.filter((_, i) => i % step === 0) : [lower, upper];
}
