import { InvalidParameterError } from "../../errors.js";
import type { aceSchema } from "../../descriptors/ace/parameters.js";
import type { z } from "zod";
import { isPolynomial, type Yace, type YaceBond, type YaceFunction, type YacePolynomials } from "./yace-file.js";

type AceInput = z.input<typeof aceSchema>;
type ListedFunction = NonNullable<AceInput["functions"]>[number];

/** A function of a file as a column of the descriptor `ace`: its part of a density is coefficient × column. */
export interface YaceColumn {
  /** As in `functions` of the descriptor. */
  readonly entry: ListedFunction;
  /** Which one; undefined: added to the energy beside the densities. */
  readonly density: number | undefined;
  readonly coefficient: number;
}

/** Columns of the center of an element, those of the pair term first, as the descriptor has them. */
export function yaceColumns(yace: Yace, element: number): YaceColumn[] {
  const columns = [...pairTermColumns(yace, element), ...yace.functions[element].flatMap((own) => columnsOf(yace, element, own))];
  const isPair = ({ entry }: YaceColumn): boolean => "pair" in entry;
  return [...columns.filter(isPair), ...columns.filter((column) => !isPair(column))];
}

function pairTermColumns({ elements, polypairpot }: Yace, element: number): YaceColumn[] {
  if (!polypairpot) return [];
  return elements.flatMap((neighbor, other) =>
    // the file halves pairs
    polypairpot.coefficients[element][other].map((own, n) => ({ entry: { pair: true as const, neighbors: [neighbor], n: [n + 1] }, density: undefined, coefficient: 0.5 * own })),
  );
}

function columnsOf({ elements, bonds }: Yace, element: number, { rank, ndensity, num_ms_combs: nTerms, mus, ns, ls, ms_combs: ms, ctildes }: YaceFunction): YaceColumn[] {
  const neighbors = mus.map((mu) => elements[mu]);
  // with harmonics that have Y_00 = 1
  const scale = (4 * Math.PI) ** (rank / 2);
  return Array.from({ length: nTerms === 0 ? 0 : ndensity }, (_, density): YaceColumn => {
    const coefficients = Array.from({ length: nTerms }, (__, q) => ctildes[q * ndensity + density]);
    // a product of one factor is g_k itself
    if (rank === 1 && !isPolynomial(bonds[element][mus[0]])) {
      return { entry: { pair: true, neighbors, n: [...ns] }, density, coefficient: coefficients.reduce((sum, own) => sum + own, 0) };
    }
    const largest = Math.max(...coefficients.map(Math.abs)) || 1;
    const terms = coefficients.map((own, q) => ({ m: ms.slice(q * rank, (q + 1) * rank), coefficient: own / largest }));
    return { entry: { neighbors, n: [...ns], l: [...ls], terms }, density, coefficient: scale * largest };
  });
}

/**
 * Parameters of the descriptor `ace` with some functions, and the radial functions of a file.
 * @throws {InvalidParameterError} for what the descriptor has no parameters for
 */
export function aceParameters(yace: Yace, functions: readonly ListedFunction[]): AceInput {
  const { elements, bonds, polypairpot } = yace;
  const all = bonds.flat();
  const largest = Math.max(...all.map(({ maxn = 0 }) => maxn));
  return {
    type: "ace",
    species: [...elements],
    cutoff: { radius: Math.max(...all.map(({ rcut }) => rcut)) },
    functions: [...functions],
    pair: polypairpot ? pairParameters(polypairpot) : "radial",
    ...(isPolynomial(all[0]) && { bondLengths: bondLengths(yace) }),
    bonds: elements.flatMap((center, i) => elements.map((neighbor, j) => ({ center, neighbor, ...radialOf(bonds[i][j], largest) }))),
  };
}

/** r0 of each pair, which the descriptor has one of, whichever is the center. */
function bondLengths({ elements, bonds, polypairpot }: Yace): Record<string, number> {
  const lengths: Record<string, number> = {};
  elements.forEach((a, i) =>
    elements.slice(i).forEach((b, offset) => {
      const own = [bonds[i][i + offset].r0!, bonds[i + offset][i].r0!, ...(polypairpot ? [polypairpot.r0] : [])];
      if (own.some((r0) => r0 !== own[0])) throw new InvalidParameterError(`${a} and ${b} have several r0 (${own.join(", ")}), which the descriptor ace has one of`);
      lengths[`${a}-${b}`] = own[0];
    }),
  );
  return lengths;
}

/** @param size of the polynomials of all bonds */
function radialOf(bond: YaceBond, size: number): Pick<NonNullable<AceInput["bonds"]>[number], "cutoff" | "radial"> {
  if (isPolynomial(bond)) {
    const { cutoff, innerCutoff, transform, envelope, recursion } = polynomialsOf(bond as YacePolynomials, size);
    return { cutoff: { radius: cutoff }, radial: { type: "polynomials", innerCutoff, transform, envelope, recursion } };
  }
  const { radparameters: [lambda] = [], dcut: switchWidth, rcut_in: radius = 0, dcut_in: width = 0, inner_cutoff_type: inner } = bond;
  const common = { size: bond.nradbasemax, coefficients: bond.radcoefficients, ...(inner === "distance" && radius > 0 && { innerSwitch: { radius, width } }) };
  const cutoff = { radius: bond.rcut };
  switch (bond.radbasename) {
    case "ChebPow":
      return { cutoff, radial: { type: "chebyshev-power", lambda, ...common } };
    case "ChebLinear":
      return { cutoff, radial: { type: "chebyshev-linear", ...common } };
    case "ChebExpCos":
      return { cutoff, radial: { type: "chebyshev-exponential-cosine", lambda, switchWidth, ...common } };
    default:
      return { cutoff, radial: { type: "simplified-bessel", ...common } };
  }
}

/** Ends in x to ends in r: x = ((1 + r0) / (1 + r))^p. The envelope of the file has (x − xr)^pr, that of the descriptor (xr − x)^pr. */
function polynomialsOf({ p, r0, xl, xr, pl, pr, maxn, recursion_coefficients: { A, B, C } }: YacePolynomials, size = maxn) {
  // a bond with fewer functions than others has zeros in their place
  const padded = (list: readonly number[]): number[] => Array.from({ length: size }, (_, n) => (n < maxn ? list[n] : 0));
  const distance = (x: number): number => (1 + r0) / x ** (1 / p) - 1;
  return {
    cutoff: distance(xl),
    innerCutoff: Math.max(0, distance(xr)),
    transform: { type: "inverse-power" as const, p },
    envelope: { type: "polynomial" as const, inner: pr, outer: pl },
    recursion: { a: padded(pr % 2 === 1 ? [-A[0], ...A.slice(1)] : A), b: padded(B), c: padded(C) },
  };
}

function pairParameters(pair: YacePolynomials): Exclude<AceInput["pair"], false | "radial"> {
  const { cutoff, ...rest } = polynomialsOf(pair);
  return { cutoff: { radius: cutoff }, ...rest };
}
