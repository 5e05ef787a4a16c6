import { seededRandom } from "../../math/random.js";
import { InvalidParameterError } from "../../errors.js";
import type { UnitPoint } from "../dimensions.js";
import { directionNumbers } from "./direction-numbers.js";

/** Most dimensions that there are direction numbers for. */
export const SOBOL_DIMENSIONS = directionNumbers.length + 1;

const BITS = 32;

/**
 * Points of a Sobol sequence by their number from 0, in the order of the Gray code (Antonov & Saleev 1979). With a seed the sequence is
 * scrambled: its direction numbers are multiplied by random lower triangular bit matrices and every coordinate is shifted bit by bit
 * (Matoušek 1998, doi:10.1006/jcom.1998.0489), which keeps the discrepancy and makes the sequence another one for every seed.
 * @throws {InvalidParameterError} for more than SOBOL_DIMENSIONS dimensions
 */
export function sobolSequence(nDimensions: number, seed?: number): (index: number) => UnitPoint {
  if (nDimensions > SOBOL_DIMENSIONS) {
    throw new InvalidParameterError(
      `a Sobol sequence has ${SOBOL_DIMENSIONS} dimensions at most, there are ${nDimensions}; choose latin-hypercube or random instead`,
    );
  }
  const random = seed === undefined ? undefined : seededRandom(seed);
  const directions: Uint32Array[] = [];
  const shifts = new Uint32Array(nDimensions);
  for (let d = 0; d < nDimensions; d++) {
    const plain = directionsOf(d);
    directions.push(random ? scramble(plain, () => random.next()) : plain);
    if (random) shifts[d] = random.next();
  }
  return (index) => {
    const gray = (index ^ (index >>> 1)) >>> 0;
    return directions.map((numbers, d) => {
      let bits = shifts[d];
      for (let k = 0; gray >>> k !== 0 && k < BITS; k++) if ((gray >>> k) & 1) bits ^= numbers[k];
      return (bits >>> 0) / 2 ** BITS;
    });
  };
}

/** v_1 … v_32 of a dimension as fractions of 2³², by the recurrence of Bratley & Fox (1988), eq. (2). */
function directionsOf(dimension: number): Uint32Array {
  const numbers = new Uint32Array(BITS);
  if (dimension === 0) return numbers.map((_, k) => 2 ** (BITS - 1 - k));
  const [coefficients, ...initial] = directionNumbers[dimension - 1];
  const degree = initial.length;
  for (let k = 0; k < BITS; k++) {
    if (k < degree) {
      numbers[k] = initial[k] * 2 ** (BITS - 1 - k);
      continue;
    }
    let bits = numbers[k - degree] ^ (numbers[k - degree] >>> degree);
    for (let i = 1; i < degree; i++) if ((coefficients >>> (degree - 1 - i)) & 1) bits ^= numbers[k - i];
    numbers[k] = bits;
  }
  return numbers;
}

/** Every bit becomes the parity of itself and a random choice of the bits above it. */
function scramble(numbers: Uint32Array, nextBits: () => number): Uint32Array {
  const rows = Array.from({ length: BITS }, (_, row) => {
    const own = 2 ** (BITS - 1 - row);
    const above = row === 0 ? 0 : ~(2 ** (BITS - row) - 1);
    return ((nextBits() & above) | own) >>> 0;
  });
  return numbers.map((bits) => {
    let scrambled = 0;
    for (const [row, mask] of rows.entries()) scrambled |= parity(bits & mask) << (BITS - 1 - row);
    return scrambled;
  });
}

function parity(bits: number): number {
  bits ^= bits >>> 16;
  bits ^= bits >>> 8;
  bits ^= bits >>> 4;
  bits ^= bits >>> 2;
  return (bits ^ (bits >>> 1)) & 1;
}
