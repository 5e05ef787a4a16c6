/** Twice the angular momenta of a component B_{j1 j2 j}. */
export interface Triple {
  readonly j1: number;
  readonly j2: number;
  readonly j: number;
}

/** One of the densities that a component is made of. */
export interface Channels {
  readonly e1: number;
  readonly e2: number;
  readonly e3: number;
}

/** B[feature] += factor · Re Σ Z U*, U of the coupling's j and of this element. */
export interface Term {
  readonly feature: number;
  readonly element: number;
  readonly factor: number;
}

/** Z^{j1 j2 j} of two matrices and what becomes of it; twice the angular momenta, j1 ≤ j2. */
export interface CouplingOf {
  readonly j1: number;
  readonly e1: number;
  readonly j2: number;
  readonly e2: number;
  readonly j: number;
  readonly terms: readonly Term[];
}

/** Components in the order of LAMMPS: j1 ≥ j2, j = j1 − j2 … j1 + j2 in steps of 2, of which j ≥ j1 are kept. */
export function triples(twoJMax: number): Triple[] {
  const list: Triple[] = [];
  for (let j1 = 0; j1 <= twoJMax; j1++) {
    for (let j2 = 0; j2 <= j1; j2++) {
      for (let j = j1 - j2; j <= Math.min(twoJMax, j1 + j2); j += 2) if (j >= j1) list.push({ j1, j2, j });
    }
  }
  return list;
}

/** Triples of elements, the first slowest: each has a block of all components. */
export function channelTriples(nElements: number): Channels[] {
  const elements = Array.from({ length: nElements }, (_, element) => element);
  return elements.flatMap((e1) => elements.flatMap((e2) => elements.map((e3) => ({ e1, e2, e3 }))));
}

interface Factor {
  readonly j: number;
  readonly e: number;
}

/** Couplings by what they couple, so that those with the same Z share it. */
class CouplingList {
  private readonly byKey = new Map<string, { -readonly [Key in keyof CouplingOf]: CouplingOf[Key] } & { terms: Term[] }>();

  add(a: Factor, b: Factor, out: Factor, feature: number, factor: number): void {
    const [first, second] = a.j < b.j || (a.j === b.j && a.e <= b.e) ? [a, b] : [b, a];
    const key = `${first.j} ${first.e} ${second.j} ${second.e} ${out.j}`;
    let coupling = this.byKey.get(key);
    if (!coupling) this.byKey.set(key, (coupling = { j1: first.j, e1: first.e, j2: second.j, e2: second.e, j: out.j, terms: [] }));
    const known = coupling.terms.findIndex((term) => term.feature === feature && term.element === out.e);
    if (known < 0) coupling.terms.push({ feature, element: out.e, factor });
    else coupling.terms[known] = { feature, element: out.e, factor: coupling.terms[known].factor + factor };
  }

  /** Ascending in j. */
  list(): CouplingOf[] {
    return [...this.byKey.values()].sort((p, q) => p.j - q.j);
  }
}

export interface BispectrumCouplings {
  /** B = Σ factor · Re Σ Z U* */
  readonly values: readonly CouplingOf[];
  /** dB = Σ factor · Re Σ Z dU*: a component by each of its three matrices */
  readonly gradients: readonly CouplingOf[];
}

/**
 * What has to be coupled for values and for gradients. B_{j1 j2 j}/(j+1) is the same whichever two of the three matrices are coupled to the
 * third, with its j, so two equal ones are: half of their products follow by symmetry.
 */
export function couplingsOf(twoJMax: number, nElements: number, bnorm: boolean): BispectrumCouplings {
  const values = new CouplingList();
  const gradients = new CouplingList();
  const list = triples(twoJMax);
  channelTriples(nElements).forEach(({ e1, e2, e3 }, block) => {
    list.forEach(({ j1, j2, j }, index) => {
      const feature = block * list.length + index;
      const [p, q, r] = [{ j: j1, e: e1 }, { j: j2, e: e2 }, { j, e: e3 }];
      const factorOf = (out: Factor): number => (j + 1) / (out.j + 1) / (bnorm ? j + 1 : 1);
      if (nElements === 1 && j === j1 && j1 !== j2) values.add(p, r, q, feature, factorOf(q));
      else values.add(p, q, r, feature, factorOf(r));
      gradients.add(p, q, r, feature, factorOf(r));
      gradients.add(r, q, p, feature, factorOf(p));
      gradients.add(p, r, q, feature, factorOf(q));
    });
  });
  return { values: values.list(), gradients: gradients.list() };
}
