// Linear potentials in the .yace form with everything that such files may have, and the ways in which YAML writes them.
import { stringify } from "yaml";
import { randomSource } from "../linalg/dense.js";

type Table = Record<string, unknown>;

/** Content of a file; keys of pairs as [0, 1]. */
export interface RandomYace extends Table {
  readonly elements: readonly string[];
}

const SYMBOLS = ["Si", "O", "Na", "Cl"];

/** Random numbers for files. */
class Source {
  readonly signed: () => number;

  constructor(seed: number) {
    this.signed = randomSource(seed);
  }

  between(low: number, high: number): number {
    return low + (high - low) * 0.5 * (this.signed() + 1);
  }

  whole(low: number, high: number): number {
    return Math.min(high, Math.floor(this.between(low, high + 1)));
  }

  of<Value>(values: readonly Value[]): Value {
    return values[this.whole(0, values.length - 1)];
  }

  list(count: number): number[] {
    return Array.from({ length: count }, () => this.signed());
  }
}

/** @param isPolynomial whether its radial functions are the polynomials of ACE.jl */
export function randomYace(seed: number, isPolynomial: boolean): RandomYace {
  const source = new Source(seed);
  const first = source.whole(0, SYMBOLS.length - 1);
  const elements = Array.from({ length: source.whole(1, 3) }, (_, i) => SYMBOLS[(first + 3 * i) % SYMBOLS.length]);
  const indices = elements.map((_, i) => i);
  const pairs = indices.flatMap((i) => indices.map((j): [number, number] => [i, j]));
  const ofPairs = (make: (i: number, j: number) => unknown): Table => Object.fromEntries(pairs.map(([i, j]) => [`[${i}, ${j}]`, make(i, j)]));
  const ndensity = source.whole(1, 3);
  const r0 = source.between(1.8, 2.6);
  const lmax = 3;
  const bonds = ofPairs(() => (isPolynomial ? { radbasename: "ACE.jl.base", ...polynomials(source, r0, source.whole(3, 6)) } : chebyshev(source, lmax)));
  const functions = Object.fromEntries(indices.map((mu0) => [mu0, Array.from({ length: source.whole(4, 12) }, () => randomFunction(source, { mu0, nElements: elements.length, lmax, ndensity }, bonds))]));
  const maxn = source.whole(2, 4);
  const polypairpot = { ...polynomials(source, r0, maxn), coefficients: ofPairs(() => source.list(maxn)) };
  return {
    elements,
    E0: source.list(elements.length),
    ...(source.signed() > 0 && { deltaSplineBins: 0.001 }),
    embeddings: Object.fromEntries(indices.map((i) => [i, embedding(source, ndensity)])),
    bonds,
    functions,
    ...(isPolynomial && { lmax }),
    ...(isPolynomial && source.signed() > 0 && { polypairpot }),
  };
}

function embedding(source: Source, ndensity: number): Table {
  const FS_parameters = source.list(ndensity).flatMap((weight) => [weight, 1]);
  return { ndensity, FS_parameters, npoti: source.of(["FinnisSinclair", "FinnisSinclairShiftedScaled"]), rho_core_cutoff: 100_000, drho_core_cutoff: 250 };
}

function polynomials(source: Source, r0: number, maxn: number): Table {
  const p = source.whole(1, 3);
  const pr = source.whole(0, 3);
  const [cutoff, start] = [source.between(3, 4), pr === 0 ? 0 : source.of([0, source.between(0.3, 1)])];
  const x = (r: number): number => ((1 + r0) / (1 + r)) ** p;
  const recursion = { A: source.list(maxn), B: source.list(maxn), C: source.list(maxn) };
  return { p, r0, rcut: cutoff, xl: x(cutoff), xr: x(start), pl: source.whole(2, 3), pr, maxn, recursion_coefficients: recursion };
}

function chebyshev(source: Source, lmax: number): Table {
  const name = source.of(["ChebPow", "ChebLinear", "ChebExpCos", "SBessel"]);
  const [nradbasemax, nradmax] = [source.whole(2, 7), source.whole(1, 4)];
  // what is not there is 0
  const rows = Array.from({ length: source.whole(1, nradmax) }, () => Array.from({ length: source.whole(lmax, lmax + 1) }, () => source.list(source.whole(1, nradbasemax))));
  const same = source.signed() > 0 ? rows.map((row) => row.map(() => row[0])) : rows;
  const inner = source.of([{}, { inner_cutoff_type: "distance", rcut_in: source.between(1.5, 2.4), dcut_in: source.between(0.2, 1.5) }, { inner_cutoff_type: "density", rcut_in: 1, dcut_in: 0.1 }]);
  return {
    radbasename: name, radparameters: [source.between(2, 6)], radcoefficients: same, nradmax, lmax, nradbasemax, prehc: 0, lambdahc: 1, rcut: source.between(3, 4), dcut: source.between(0, 0.5), ...inner,
  };
}

interface Sizes {
  readonly mu0: number;
  readonly nElements: number;
  readonly lmax: number;
  readonly ndensity: number;
}

function randomFunction(source: Source, { mu0, nElements, lmax, ndensity: most }: Sizes, bonds: Table): Table {
  const rank = source.whole(1, 4);
  const own = source.whole(1, 2) === 1 ? most : source.whole(1, most);
  const mus = Array.from({ length: rank }, () => source.whole(0, nElements - 1));
  const bondOf = (mu: number): Record<string, number> => bonds[`[${mu0}, ${mu}]`] as Record<string, number>;
  const ns = mus.map((mu) => source.whole(1, bondOf(mu).maxn ?? (rank === 1 ? bondOf(mu).nradbasemax : bondOf(mu).nradmax)));
  const ls = mus.map(() => (rank === 1 ? 0 : source.whole(0, lmax - (rank > 2 ? 1 : 0))));
  const combinations = Array.from({ length: rank === 1 ? 1 : source.whole(1, 3) }, () => {
    const ms = ls.map((l) => source.whole(-l, l));
    const rest = ms[0] - ms.reduce((sum, m) => sum + m, 0);
    return Math.abs(rest) <= ls[0] ? [rest, ...ms.slice(1)] : ls.map(() => 0);
  });
  return { mu0, rank, ndensity: own, num_ms_combs: combinations.length, mus, ns, ls, ms_combs: combinations.flat(), ctildes: source.list(combinations.length * own) };
}

const pairKeys = (text: string, written: (i: string, j: string, indent: string) => string): string =>
  text.replaceAll(/( *)"\[(\d), (\d)\]":/gu, (_, indent: string, i: string, j: string) => indent + written(i, j, indent));

/** Ways to write the same. The first is that of pacemaker. */
export const styles: Readonly<Record<string, (content: RandomYace) => string>> = {
  "keys of pairs as lists": (content) => pairKeys(stringify(content), (i, j) => `[${i}, ${j}]:`),
  "tables within lines": (content) => pairKeys(stringify(content, { collectionStyle: "flow", flowCollectionPadding: false, lineWidth: 0 }), (i, j) => `[${i},${j}]:`),
  "JSON, with quoted keys": (content) => JSON.stringify(content, null, 1),
  "explicit keys, as PyYAML writes them": (content) => pairKeys(stringify(content, { indentSeq: false }), (i, j, indent) => `? !!python/tuple\n${indent}- ${i}\n${indent}- ${j}\n${indent}:`),
  "explicit keys in one line": (content) => pairKeys(stringify(content), (i, j, indent) => `? [${i}, ${j}]\n${indent}:`),
  "keys in another order, comments, and numbers with a point": (content) => {
    const reversed = Object.fromEntries(Object.entries(content).reverse());
    const text = pairKeys(stringify(reversed), (i, j) => `[ ${i} , ${j} ] :  # of [${i}, ${j}]: one bond`);
    return `%YAML 1.2\n---\n# [0, 1]: in words\n${text.replaceAll(/(\b(?:mu0|rank|ndensity|nradmax|maxn|pl): -?\d+)$/gmu, "$1.0")}...\n`;
  },
  "line ends of Windows": (content) => pairKeys(stringify(content), (i, j) => `(${i}, ${j}):`).replaceAll("\n", "\r\n"),
};
