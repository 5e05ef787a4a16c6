// The spectrum of an information matrix of 75 parameters with its eigenvectors in 256 bits, from rows that are there.
import { PreciseInformation } from "../../dist/analysis/fisher/precise/information-matrix.js";
import { preciseSpectrum } from "../../dist/analysis/fisher/precise/spectrum.js";
import { PreciseArithmetic } from "../../dist/math/precise/arithmetic.js";

const PARAMETERS = 75;

export const cases = [
  {
    name: "fisher-75",
    unit: "spectrum of 75 parameters and 533 rows in 256 bits",
    async run({ smoke, measureBoth, verify }) {
      const numbers = await PreciseArithmetic.open(256);
      const [n, nRows] = smoke ? [12, 40] : [PARAMETERS, 533];
      const spectrum = () => {
        const mark = numbers.mark();
        const rows = numbers.vector(nRows * n);
        // powers of sines: columns that fall off and depend on each other nearly
        for (let e = 0; e < nRows * n; e++) numbers.setNumber(numbers.at(rows, e), Math.sin(1 + Math.floor(e / n)) ** (1 + (e % n)) + 1e-9 * Math.cos(e * e));
        const information = new PreciseInformation(numbers, n);
        information.add(rows, new Float64Array(nRows).fill(1));
        const { values, vectors } = preciseSpectrum(numbers, information.block(Array.from({ length: n }, (_, p) => p)), n, [], true);
        const found = { values: numbers.numbers(values, n), vectors: numbers.numbers(vectors, n * n) };
        numbers.reset(mark);
        return found;
      };
      const { values, vectors } = spectrum();
      verify(values.every((value, k) => value > 0 && (k === 0 || value <= values[k - 1])), "eigenvalues are positive and fall");
      for (let k = 0; k < n; k++) {
        const length = vectors.subarray(k * n, (k + 1) * n).reduce((sum, component) => sum + component ** 2, 0);
        verify(Math.abs(length - 1) < 1e-12, `length of eigenvector ${k}`);
      }
      const measured = await measureBoth(spectrum);
      numbers.close();
      return { count: 1, ...measured, verified: true };
    },
  },
];
