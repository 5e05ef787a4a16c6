/**
 * Piecewise Chebyshev interpolant of several smooth functions on [0, end]: values and the first two derivatives to near machine
 * precision. The panels are halved until the last coefficients vanish.
 */
export class ChebyshevPanels {
  readonly size: number;
  private readonly width: number;
  /** per panel: coefficients of f, f′, f″ as [order][function] */
  private readonly panels: Float64Array[][] = [];

  /** @param evaluate all functions at one point; `width` is the first guess of a panel's width */
  constructor(evaluate: (x: number) => Float64Array, size: number, end: number, width: number) {
    this.size = size;
    let count = Math.max(1, Math.ceil(end / width));
    for (let attempt = 0; ; attempt++) {
      this.width = end / count;
      this.panels.length = 0;
      let resolved = true;
      const largest = new Float64Array(size);
      const tails = new Float64Array(size);
      for (let p = 0; p < count; p++) {
        const coefficients = interpolate(evaluate, size, p * this.width, this.width);
        noteSizes(coefficients, size, largest, tails);
        const slope = differentiate(coefficients, size, this.width);
        this.panels.push([coefficients, slope, differentiate(slope, size, this.width)]);
      }
      for (let i = 0; i < size; i++) if (tails[i] > 1e-13 * largest[i]) resolved = false;
      if (resolved || attempt === 5) return;
      count *= 2;
    }
  }

  /** derivative: 0, 1 or 2 */
  evaluate(x: number, derivative: 0 | 1 | 2, out: Float64Array): void {
    const p = Math.min(this.panels.length - 1, Math.max(0, Math.floor(x / this.width)));
    const t = (2 * (x - p * this.width)) / this.width - 1;
    const coefficients = this.panels[p][derivative];
    const { size } = this;
    for (let i = 0; i < size; i++) {
      let b1 = 0;
      let b2 = 0;
      for (let k = ORDER - 1; k > 0; k--) {
        const b0 = 2 * t * b1 - b2 + coefficients[k * size + i];
        b2 = b1;
        b1 = b0;
      }
      out[i] = t * b1 - b2 + coefficients[i];
    }
  }
}

const ORDER = 24;

function interpolate(evaluate: (x: number) => Float64Array, size: number, start: number, width: number): Float64Array {
  const coefficients = new Float64Array(ORDER * size);
  for (let j = 0; j < ORDER; j++) {
    const angle = (Math.PI * (j + 0.5)) / ORDER;
    const values = evaluate(start + 0.5 * width * (1 + Math.cos(angle)));
    for (let k = 0; k < ORDER; k++) {
      const factor = ((k === 0 ? 1 : 2) / ORDER) * Math.cos(k * angle);
      for (let i = 0; i < size; i++) coefficients[k * size + i] += factor * values[i];
    }
  }
  return coefficients;
}

function noteSizes(coefficients: Float64Array, size: number, largest: Float64Array, tails: Float64Array): void {
  for (let k = 0; k < ORDER; k++) {
    for (let i = 0; i < size; i++) {
      const c = Math.abs(coefficients[k * size + i]);
      largest[i] = Math.max(largest[i], c);
      if (k >= ORDER - 2) tails[i] = Math.max(tails[i], c);
    }
  }
}

function differentiate(coefficients: Float64Array, size: number, width: number): Float64Array {
  const slope = new Float64Array(ORDER * size);
  for (let k = ORDER - 1; k > 0; k--) {
    for (let i = 0; i < size; i++) {
      const next = k + 1 < ORDER ? slope[(k + 1) * size + i] : 0;
      slope[(k - 1) * size + i] = next + 2 * k * coefficients[k * size + i] * (2 / width);
    }
  }
  for (let i = 0; i < size; i++) slope[i] *= 0.5;
  return slope;
}
