import { FormatError } from "../../errors.js";
import { isPolynomial, type Yace, type YaceFunction } from "./yace-file.js";

/**
 * Refuses functions that a file cannot have.
 * @param counts functions of each element that its head tells; undefined: it tells none
 * @throws {FormatError}
 */
export function checkFunctions(yace: Yace, counts: readonly number[] | undefined, file: string): void {
  yace.functions.forEach((list, element) => list.forEach((own, index) => {
    const problem = problemOf(yace, own, element);
    if (problem) throw new FormatError({ file }, `functions[${element}][${index}] ${problem}`);
  }));
  yace.elements.forEach((symbol, element) => {
    const [there, told] = [yace.functions[element].length, counts?.[element] ?? yace.functions[element].length];
    if (there === told) return;
    throw new FormatError({ file }, `there are ${there} functions of ${symbol}, and its head tells ${told}: it is cut off, or was changed (then take the line "# functions of elements" out)`);
  });
}

function problemOf({ elements, bonds, embeddings }: Yace, own: YaceFunction, element: number): string | undefined {
  const { rank, ndensity, num_ms_combs: terms, mus, ns, ls, ms_combs: ms, ctildes } = own;
  for (const [name, list, expected] of [["mus", mus, rank], ["ns", ns, rank], ["ls", ls, rank], ["ms_combs", ms, rank * terms], ["ctildes", ctildes, ndensity * terms]] as const) {
    if (list.length !== expected) return `has ${list.length} numbers in ${name}; it must have ${expected}`;
  }
  if (own.mu0 !== element) return `has mu0: ${own.mu0}; it stands among those of ${element}`;
  if (ndensity > embeddings[element].ndensity) return `has ndensity: ${ndensity}; the embedding of ${elements[element]} has ${embeddings[element].ndensity}`;
  if (mus.some((mu) => mu >= elements.length)) return `has mus: ${mus.join(", ")}; there are ${elements.length} elements, counted from 0`;
  for (const [t, mu] of mus.entries()) {
    const largest = largestOf(bonds[element][mu], rank);
    if (ns[t] > largest) return `has ns: ${ns.join(", ")}; ${elements[element]}-${elements[mu]} has ${largest} radial functions`;
  }
  if (rank === 1 && (ls[0] !== 0 || ms.some((m) => m !== 0))) return `has rank 1 with ls: ${ls[0]}, ms_combs: ${ms.join(", ")}; a function of one neighbor has 0 in both`;
  return angularProblem(own, Math.max(...bonds.flat().map((bond) => bond.lmax ?? Infinity)));
}

function largestOf(bond: Yace["bonds"][number][number], rank: number): number {
  if (isPolynomial(bond)) return bond.maxn!;
  return rank === 1 ? bond.nradbasemax! : Math.max(bond.nradmax ?? 0, bond.radcoefficients!.length);
}

/** Sizes of LAMMPS are those of the bonds. */
function angularProblem({ rank, ls, ms_combs: ms }: YaceFunction, lMax: number): string | undefined {
  if (ls.some((l) => l > lMax)) return `has ls: ${ls.join(", ")}; the largest lmax of the bonds is ${lMax}`;
  for (let at = 0; at < ms.length; at += rank) {
    const own = ms.slice(at, at + rank);
    if (own.some((m, t) => Math.abs(m) > ls[t])) return `has ${own.join(", ")} in ms_combs; |m| must not exceed its l (${ls.join(", ")})`;
    if (own.reduce((sum, m) => sum + m, 0) !== 0) return `has ${own.join(", ")} in ms_combs; m of a product must add up to 0`;
  }
  return undefined;
}
