import { symbolOf } from "../../dist/index.js";

/** Å: longer than bonds, so that the functions of the distance do not crowd at the bonds. */
const BOND_LENGTHS = { H: 1.6, C: 1.8, N: 1.8, O: 1.8 };
/** Å: all of a small molecule. */
const CUTOFF = 6;

/**
 * A linear ACE with a term for each species of centers: no function has more factors of a species than any center of the term has neighbors of it.
 * @param degrees of orders 1, 2, 3, …
 */
export function modelOf(dataset, degrees) {
  const terms = [...mostNeighbors(dataset)].map(([center, most]) => ({
    centers: [center],
    descriptor: {
      type: "ace",
      cutoff: { radius: CUTOFF },
      order: degrees.length,
      degree: degrees,
      lWeight: 1,
      mostFactors: most,
      radial: { type: "polynomials", envelope: { inner: 0 } },
      bondLengths: Object.fromEntries(dataset.species().map(symbolOf).map((symbol) => [symbol, BOND_LENGTHS[symbol] ?? 2])),
    },
  }));
  return { type: "linear", isolatedAtomEnergies: "least-squares", intercept: false, terms };
}

/** For each species of centers: the most neighbors of each species within the cutoff that any of them has. */
function mostNeighbors(dataset) {
  const species = dataset.species();
  const most = new Map(species.map((z) => [symbolOf(z), Object.fromEntries(species.map((other) => [symbolOf(other), 0]))]));
  for (const { atomicNumbers, positions } of dataset) {
    for (const [i, center] of atomicNumbers.entries()) {
      const counts = {};
      for (const [j, neighbor] of atomicNumbers.entries()) {
        const distance = Math.hypot(...[0, 1, 2].map((k) => positions[3 * j + k] - positions[3 * i + k]));
        if (j !== i && distance < CUTOFF) counts[symbolOf(neighbor)] = (counts[symbolOf(neighbor)] ?? 0) + 1;
      }
      const known = most.get(symbolOf(center));
      for (const [symbol, count] of Object.entries(counts)) known[symbol] = Math.max(known[symbol], count);
    }
  }
  return most;
}
