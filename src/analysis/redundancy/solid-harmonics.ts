import type { PrimeField } from "./prime-field.js";

/** A number modulo a prime that depends on x, y, z: its value and its three derivatives. */
export type Slope = readonly [value: number, x: number, y: number, z: number];

/** Arithmetic of such numbers. */
export class Slopes {
  constructor(private readonly field: PrimeField) {}

  constant(value: number): Slope {
    return [value, 0, 0, 0];
  }

  sum(a: Slope, b: Slope): Slope {
    const { field } = this;
    return [field.add(a[0], b[0]), field.add(a[1], b[1]), field.add(a[2], b[2]), field.add(a[3], b[3])];
  }

  scaled(a: Slope, factor: number): Slope {
    const { field } = this;
    return [field.multiply(a[0], factor), field.multiply(a[1], factor), field.multiply(a[2], factor), field.multiply(a[3], factor)];
  }

  product(a: Slope, b: Slope): Slope {
    const { field } = this;
    const rule = (i: 1 | 2 | 3): number => field.add(field.multiply(a[0], b[i]), field.multiply(a[i], b[0]));
    return [field.multiply(a[0], b[0]), rule(1), rule(2), rule(3)];
  }
}

/**
 * Solid harmonics S_lm of one position with whole coordinates, and their slopes, up to factors that couplings without roots take up:
 * S_00 = 1, S_mm = −(x + iy) S_{m−1,m−1} / 2m, (l² − m²) S_lm = (2l − 1) z S_{l−1,m} − r² S_{l−2,m}; of −m with (x − iy) / 2m in place of −(x + iy) / 2m.
 * @returns [l][m + l], and r²
 */
export function solidHarmonics(field: PrimeField, position: readonly number[], lMax: number): { harmonics: Slope[][]; square: Slope } {
  const slopes = new Slopes(field);
  const [x, y, z] = position.map((value, axis): Slope => [field.of(value), Number(axis === 0), Number(axis === 1), Number(axis === 2)]);
  const square = slopes.sum(slopes.sum(slopes.product(x, x), slopes.product(y, y)), slopes.product(z, z));
  const turned = slopes.scaled(y, field.imaginaryUnit());
  const up = slopes.scaled(slopes.sum(x, turned), field.prime - 1);
  const down = slopes.sum(x, slopes.scaled(turned, field.prime - 1));
  const harmonics: Slope[][] = [[slopes.constant(1)]];
  const at = (l: number, m: number): Slope => (Math.abs(m) > l ? slopes.constant(0) : harmonics[l][m + l]);
  for (let l = 1; l <= lMax; l++) {
    const half = field.inverse(2 * l);
    harmonics.push(
      Array.from({ length: 2 * l + 1 }, (_, i): Slope => {
        const m = i - l;
        if (m === l) return slopes.scaled(slopes.product(up, at(l - 1, l - 1)), half);
        if (m === -l) return slopes.scaled(slopes.product(down, at(l - 1, 1 - l)), half);
        const first = slopes.scaled(slopes.product(z, at(l - 1, m)), 2 * l - 1);
        const second = l > 1 ? slopes.scaled(slopes.product(square, at(l - 2, m)), field.prime - 1) : slopes.constant(0);
        return slopes.scaled(slopes.sum(first, second), field.inverse(l * l - m * m));
      }),
    );
  }
  return { harmonics, square };
}
