// Rank correlations, and random orders.

/** Spearman's ρ of pairs, with the share of permutations that give one as far from 0. */
export function rankCorrelation(pairs, permutations = 10_000) {
  const x = ranks(pairs.map(([a]) => a));
  const y = ranks(pairs.map(([, b]) => b));
  const rho = correlation(x, y);
  const random = randomOf(1);
  let beyond = 0;
  for (let k = 0; k < permutations; k++) {
    const seed = Math.floor(random() * 2 ** 31);
    if (Math.abs(correlation(x, shuffle(y, seed))) >= Math.abs(rho) - 1e-12) beyond++;
  }
  return { n: pairs.length, rho, p: (beyond + 1) / (permutations + 1) };
}

/** From 1; equal values share the mean of theirs. */
function ranks(values) {
  return values.map((value) => {
    const below = values.filter((other) => other < value).length;
    const equal = values.filter((other) => other === value).length;
    return below + (equal + 1) / 2;
  });
}

/** Pearson's. */
function correlation(x, y) {
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [mx, my] = [mean(x), mean(y)];
  const product = (a, b, ma, mb) => a.reduce((sum, value, k) => sum + (value - ma) * (b[k] - mb), 0);
  return product(x, y, mx, my) / Math.sqrt(product(x, x, mx, mx) * product(y, y, my, my));
}

/** Fisher and Yates, with numbers of mulberry32. */
export function shuffle(items, seed) {
  const random = randomOf(seed);
  const own = [...items];
  for (let i = own.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [own[i], own[j]] = [own[j], own[i]];
  }
  return own;
}

export function randomOf(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
