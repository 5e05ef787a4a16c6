// Fingerprints of the carbon atom that are compared. Hydrogen is the only species they see.
const quip = { type: "soap", basis: "equispaced-gaussian", species: ["H"], otherSpecies: "ignore", centralReference: "all", cutoff: { radius: 2.5, width: 0.5 } };
const ace = { type: "ace", cutoff: { radius: 2.5 }, lWeight: 1, degree: 10, pair: false, mostFactors: { C: 0 } };
const overlap = { type: "overlap-matrix", orbitals: "sp", cutoff: { radius: 4 }, maxNeighbors: 4 };

const symmetryFunctions = [
  ...[[0.1, 0], [1, 0], [4, 0], [16, 1], [16, 1.2], [64, 1.1]].map(([eta, shift]) => ({ center: "C", type: 2, neighbors: ["H"], eta, shift, radius: 4 })),
  ...[0.01, 0.1, 1].flatMap((eta) =>
    [1, 2, 4, 16].flatMap((zeta) => [1, -1].map((lambda) => ({ center: "C", type: 3, neighbors: ["H", "H"], eta, zeta, lambda, radius: 4 }))),
  ),
];

/**
 * `bodies`: atoms, the center among them, that one feature sees together; undefined: all of them. Distances do not change when the mean is taken
 * off, but lose fewer digits; columns of ACE, whose sizes are arbitrary, are also divided by their standard deviations.
 */
export const fingerprints = [
  { key: "soap-8", title: "SOAP n = l = 8, σ = 0.2 Å", bodies: 3, isWhole: true, isFollowed: true, method: "center", descriptor: { ...quip, nMax: 8, lMax: 8, sigma: 0.2 } },
  { key: "soap-16", title: "SOAP n = l = 16, σ = 0.3 Å", bodies: 3, isFollowed: true, method: "center", descriptor: { ...quip, nMax: 16, lMax: 16, sigma: 0.3 } },
  { key: "soap-turbo", title: "soap_turbo n = l = 8, σ = 0.2 Å", bodies: 3, method: "center", descriptor: { type: "soap-turbo", nMax: 8, lMax: 8, sigmaRadial: 0.2, sigmaAngular: 0.2, cutoff: { radius: 2.5, soft: 2 }, species: ["H"] } },
  { key: "acsf", title: "30 symmetry functions", bodies: 3, isFollowed: true, method: "center", descriptor: { type: "acsf", symmetryFunctions } },
  { key: "ace-2", title: "ACE of order 2", bodies: 3, method: "standard", descriptor: { ...ace, order: 2 } },
  { key: "overlap-narrow", title: "overlap matrix, H 0.31 Å", isFollowed: true, method: "center", descriptor: { ...overlap, widths: { H: 0.31 } } },
  { key: "overlap-wide", title: "overlap matrix, H 0.60 Å", method: "center", descriptor: { ...overlap, widths: { H: 0.6 } } },
  { key: "ace-3", title: "ACE of order 3", bodies: 4, isWhole: true, method: "standard", descriptor: { ...ace, order: 3 } },
];

/** Whose distances stand beside the variation of others along their paths. */
export const reference = fingerprints.find(({ key }) => key === "overlap-narrow");
