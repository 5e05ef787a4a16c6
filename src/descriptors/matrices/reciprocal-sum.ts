import { ResourceError } from "../../errors.js";

/** Reciprocal vectors of an Ewald sum, one of each G and −G. */
export interface ReciprocalSum {
  /** 1/Å, n × 3 */
  readonly vectors: Float64Array;
  /** 8π/V exp(−G²/4a²)/G² */
  readonly weights: Float64Array;
  /** n × 6: derivative of the logarithm of the weight by strain, xx yy zz yz xz xy */
  readonly weightStrains: Float64Array;
}

/** More vectors than any sensible sum has: a mistake in the cell or in gCut. */
const MOST_VECTORS = 1e7;

/**
 * All reciprocal vectors up to gCut.
 * @param inverse 1/Å: its columns are the reciprocal vectors without 2π
 * @throws {ResourceError} for more than ten million
 */
export function reciprocalSum(inverse: Float64Array, { a, gCut, volume }: { readonly a: number; readonly gCut: number; readonly volume: number }): ReciprocalSum {
  const expected = ((4 / 3) * Math.PI * gCut ** 3 * volume) / (2 * Math.PI) ** 3;
  if (expected > MOST_VECTORS) {
    throw new ResourceError(`an Ewald sum up to gCut ${gCut.toPrecision(3)} 1/Å has ${expected.toExponential(0)} reciprocal vectors in this cell: lower gCut or a, or raise accuracy`);
  }
  const [vectors, weights, weightStrains]: [number[], number[], number[]] = [[], [], []];
  for (const g of halfSphere(inverse, gCut, volume)) {
    const squared = g[0] ** 2 + g[1] ** 2 + g[2] ** 2;
    vectors.push(...g);
    weights.push(((8 * Math.PI) / volume) * (Math.exp(-squared / (4 * a * a)) / squared));
    const along = 2 * (1 / squared + 1 / (4 * a * a));
    const [x, y, z] = g;
    weightStrains.push(along * x * x - 1, along * y * y - 1, along * z * z - 1, along * y * z, along * x * z, along * x * y);
  }
  return { vectors: Float64Array.from(vectors), weights: Float64Array.from(weights), weightStrains: Float64Array.from(weightStrains) };
}

/** 2π times whole multiples of the columns of the inverse, within a sphere; of each ± pair the one whose first multiple that is not 0 is positive. */
function* halfSphere(inverse: Float64Array, gCut: number, volume: number): Generator<[number, number, number]> {
  // |m_k| = |G · a_k| / 2π, at most gCut times the length of the lattice vector
  const most = latticeLengths(inverse, volume).map((length) => Math.floor((gCut * length) / (2 * Math.PI) + 1e-9));
  for (let p = 0; p <= most[0]; p++) {
    for (let q = p === 0 ? 0 : -most[1]; q <= most[1]; q++) {
      for (let r = p === 0 && q === 0 ? 1 : -most[2]; r <= most[2]; r++) {
        const [x, y, z] = [0, 1, 2].map((k) => 2 * Math.PI * (p * inverse[3 * k] + q * inverse[3 * k + 1] + r * inverse[3 * k + 2]));
        if (x * x + y * y + z * z <= gCut * gCut) yield [x, y, z];
      }
    }
  }
}

/** Lengths of the lattice vectors, which are cross products of the columns of the inverse times the volume. */
function latticeLengths(inverse: Float64Array, volume: number): number[] {
  const column = (k: number): readonly number[] => [inverse[k], inverse[3 + k], inverse[6 + k]];
  return [0, 1, 2].map((k) => {
    const [b, c] = [column((k + 1) % 3), column((k + 2) % 3)];
    return volume * Math.hypot(b[1] * c[2] - b[2] * c[1], b[2] * c[0] - b[0] * c[2], b[0] * c[1] - b[1] * c[0]);
  });
}
