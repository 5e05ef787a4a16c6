import { symbolOf } from "../../dist/index.js";

/** Å: longer than bonds, so that the functions of the distance do not crowd at the bonds. */
const BOND_LENGTHS = { H: 1.6, C: 1.8, N: 1.8, O: 1.8 };
/** A species of no more than this share of the atoms gets fewer functions. */
const RARE = 0.1;

/**
 * A linear ACE with a term for each species of centers. No function has more factors of a species than any center of the term has neighbors of it;
 * a factor of a rare species counts one more in the degree, and its centers have degrees lower by one.
 * @param degrees of orders 1, 2, 3, …
 * @param cutoff Å
 */
export function modelOf(dataset, degrees, cutoff) {
  const symbols = dataset.species().map(symbolOf);
  const rare = symbols.filter((symbol) => shareOf(dataset, symbol) <= RARE);
  const terms = [...mostNeighbors(dataset, symbols, cutoff)].map(([center, most]) => ({
    centers: [center],
    descriptor: {
      type: "ace",
      cutoff: { radius: cutoff },
      order: degrees.length,
      degree: degrees.map((degree) => degree - (rare.includes(center) ? 1 : 0)),
      lWeight: 1,
      mostFactors: most,
      ...(rare.length > 0 && { speciesWeights: Object.fromEntries(rare.map((symbol) => [symbol, 1])) }),
      radial: { type: "polynomials", envelope: { inner: 0 } },
      bondLengths: Object.fromEntries(symbols.map((symbol) => [symbol, BOND_LENGTHS[symbol] ?? 2])),
    },
  }));
  return { type: "linear", isolatedAtomEnergies: "least-squares", intercept: false, terms };
}

function shareOf(dataset, symbol) {
  let count = 0;
  for (const { atomicNumbers } of dataset) count += atomicNumbers.filter((z) => symbolOf(z) === symbol).length;
  return count / dataset.nAtoms;
}

/** For each species of centers: the most neighbors of each species within the cutoff that any of them has. */
function mostNeighbors(dataset, symbols, cutoff) {
  const most = new Map(symbols.map((center) => [center, Object.fromEntries(symbols.map((symbol) => [symbol, 0]))]));
  for (const { atomicNumbers, positions } of dataset) {
    for (const [i, center] of atomicNumbers.entries()) {
      const counts = {};
      for (const [j, neighbor] of atomicNumbers.entries()) {
        const distance = Math.hypot(...[0, 1, 2].map((k) => positions[3 * j + k] - positions[3 * i + k]));
        if (j !== i && distance < cutoff) counts[symbolOf(neighbor)] = (counts[symbolOf(neighbor)] ?? 0) + 1;
      }
      const known = most.get(symbolOf(center));
      for (const [symbol, count] of Object.entries(counts)) known[symbol] = Math.max(known[symbol], count);
    }
  }
  return most;
}
