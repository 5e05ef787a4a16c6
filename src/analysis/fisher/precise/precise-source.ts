import type { PreciseArithmetic } from "../../../math/precise/arithmetic.js";
import type { Precise } from "../../../math/precise/binding.js";
import { commonDigits, type EigenSystem, type InformationSource, type ParameterSet } from "../eigen-system.js";
import type { PreciseInformation } from "./information-matrix.js";
import { preciseSpectrum, type PreciseSpectrum } from "./spectrum.js";

/** Digits that are printed at most. */
const MOST_DIGITS = 30;
/** An eigenvalue below 2⁻²ᵖ times 2 to this of the largest is rounding. */
const ROUNDING_BITS = 48;

/** Information in p and in 2p bits: what both say is certain. */
export class PreciseSource implements InformationSource {
  /** What was asked for before: error bars are made of a spectrum that is told, too. */
  private readonly known = new Map<string, EigenSystem>();

  constructor(
    private readonly coarse: PreciseInformation,
    private readonly fine: PreciseInformation,
  ) {}

  /** p */
  get bits(): number {
    return this.coarse.numbers.bits;
  }

  diagonal(): Float64Array {
    const { numbers, n, matrix } = this.fine;
    return Float64Array.from({ length: n }, (_, p) => numbers.number(numbers.at(matrix, p * (n + 1))));
  }

  eigenSystem(set: ParameterSet, scaled: boolean): Promise<EigenSystem> {
    const key = JSON.stringify([scaled, set.parameters, set.gauge.map((direction) => [...direction])]);
    const system = this.known.get(key) ?? this.solve(set, scaled);
    this.known.set(key, system);
    return Promise.resolve(system);
  }

  private solve(set: ParameterSet, scaled: boolean): EigenSystem {
    const marks = [this.coarse, this.fine].map(({ numbers }) => numbers.mark());
    const n = set.parameters.length;
    const coarse = spectrumOf(this.coarse, set, scaled, false);
    const fine = spectrumOf(this.fine, set, scaled, true);
    const compared = this.compare(coarse, fine);
    const { numbers } = this.fine;
    const system: EigenSystem = {
      nGauge: n - fine.count,
      gaugeResidual: fine.largestRemoved,
      values: compared.digits.map((digits, k) => numbers.text(numbers.at(fine.values, k), Math.max(1, digits))),
      ...compared,
      vectors: numbers.numbers(fine.vectors!, fine.count * n),
    };
    [this.coarse, this.fine].forEach((information, k) => information.numbers.reset(marks[k]));
    return system;
  }

  /** Certain digits, logarithms, and which eigenvalues are rounding. */
  private compare(coarse: PreciseSpectrum, fine: PreciseSpectrum): { digits: number[]; logarithms: Float64Array; isNull: boolean[] } {
    const { numbers } = this.fine;
    const [other, smallest, t] = [numbers.scalar(), numbers.scalar(), numbers.scalar()];
    if (fine.count > 0) numbers.scale(smallest, fine.values, 2 ** -Math.min(1000, numbers.bits - ROUNDING_BITS));
    const all = Array.from({ length: fine.count }, (_, k) => {
      const value = numbers.at(fine.values, k);
      numbers.setText(other, this.coarse.numbers.text(this.coarse.numbers.at(coarse.values, k), Math.ceil(this.bits * Math.LOG10E * Math.LN2) + 5));
      numbers.subtract(other, other, value);
      if (numbers.sign(value) !== 0) numbers.divide(other, other, value);
      const digits = numbers.sign(value) === 0 ? 0 : commonDigits(Math.abs(numbers.number(other)), MOST_DIGITS);
      numbers.absolute(t, value);
      numbers.logarithm10(t, t);
      return { digits, logarithm: numbers.number(t), isNull: numbers.compareMagnitudes(value, smallest) <= 0 };
    });
    return { digits: all.map(({ digits }) => digits), logarithms: Float64Array.from(all, ({ logarithm }) => logarithm), isNull: all.map(({ isNull }) => isNull) };
  }

  /** The root B of F⁻¹ = BᵀB on the directions that are kept, by the scaled matrix: rows × parameters of the set, in the finer precision. */
  covarianceRoot(set: ParameterSet, isKept: (k: number) => boolean): { numbers: PreciseArithmetic; rows: Precise; count: number } {
    const { numbers } = this.fine;
    const n = set.parameters.length;
    const { values, vectors, count } = spectrumOf(this.fine, set, true, true);
    const kept = Array.from({ length: count }, (_, k) => k).filter(isKept);
    const rows = numbers.vector(kept.length * n);
    const t = numbers.scalar();
    const roots = set.parameters.map((p) => this.root(p));
    for (const [i, k] of kept.entries()) {
      numbers.squareRoot(t, numbers.at(values, k));
      for (let p = 0; p < n; p++) {
        const element = numbers.at(rows, i * n + p);
        numbers.divide(element, numbers.at(vectors!, k * n + p), t);
        numbers.divide(element, element, roots[p]);
      }
    }
    return { numbers, rows, count: kept.length };
  }

  /** √F_pp */
  private root(p: number): Precise {
    const { numbers, n, matrix } = this.fine;
    const t = numbers.scalar();
    numbers.squareRoot(t, numbers.at(matrix, p * (n + 1)));
    return t;
  }
}

/** @param scaled with a diagonal of 1: a direction v becomes D^½ v */
function spectrumOf(information: PreciseInformation, { parameters, gauge }: ParameterSet, scaled: boolean, wantsVectors: boolean): PreciseSpectrum {
  const { numbers } = information;
  const m = parameters.length;
  const block = information.block(parameters);
  const directions = gauge.map((direction) => {
    const own = numbers.vector(m);
    direction.forEach((value, k) => numbers.setNumber(numbers.at(own, k), value));
    return own;
  });
  if (scaled) {
    const roots = numbers.vector(m);
    for (let k = 0; k < m; k++) numbers.squareRoot(numbers.at(roots, k), numbers.at(block, k * (m + 1)));
    for (let e = 0; e < m * m; e++) {
      const element = numbers.at(block, e);
      numbers.divide(element, element, numbers.at(roots, Math.floor(e / m)));
      numbers.divide(element, element, numbers.at(roots, e % m));
    }
    for (const direction of directions) for (let k = 0; k < m; k++) numbers.multiply(numbers.at(direction, k), numbers.at(direction, k), numbers.at(roots, k));
  }
  return preciseSpectrum(numbers, block, m, directions, wantsVectors);
}
