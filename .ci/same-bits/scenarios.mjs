// What must not change, as commands of the program. Paths are relative to a folder that holds the inputs as data/.

const twoTerms = {
  data: { train: "data/alloy.xyz", split: { test: 0.15, stratify: true } },
  model: {
    type: "sparse-gp",
    isolatedAtomEnergies: { Si: -0.79, Ge: -0.6 },
    terms: [
      {
        descriptor: { type: "soap", basis: "equispaced-gaussian", nMax: 4, lMax: 3, sigma: 0.5, cutoff: { radius: 4.5, width: 0.7 } },
        kernel: { type: "dot-product", zeta: 2.5, delta: 1.5 },
        sparse: { method: "cur", count: { Si: 24, Ge: 11 } },
      },
      {
        descriptor: { type: "soap", basis: "gto", nMax: 2, lMax: 2, sigma: 0.6, cutoff: { radius: 3.2, function: "cosine", width: 0.5 }, normalize: true },
        kernel: { type: "dot-product", zeta: 4, delta: 0.4 },
        sparse: { method: "farthest-point", count: 17 },
        centers: ["Si"],
      },
    ],
  },
  fit: { sigma: { energy: 0.01, forces: 0.1, virial: 0.05, configTypes: { Surface: { energy: 0.005, forces: 0.2 } } }, jitter: 1e-8 },
  seed: 3,
};

const turbo = {
  data: { train: "data/silicon.xyz", validation: "data/silicon-small.xyz" },
  model: {
    type: "sparse-gp",
    isolatedAtomEnergies: "least-squares",
    terms: [
      {
        descriptor: {
          type: "soap-turbo", basis: "poly3gauss", nMax: 4, lMax: 3, cutoff: { radius: 4.5, soft: 3.9 },
          sigmaRadialScaling: 0.1, sigmaAngularScaling: 0.05, radialEnhancement: 1, compression: "trivial",
        },
        kernel: { type: "dot-product", zeta: 4, delta: 1 },
        sparse: { method: "random", count: 50 },
      },
    ],
  },
  fit: { sigma: { energy: 0.01, forces: 0.1 }, jitter: 1e-8 },
};

const energies = {
  data: { train: "data/fragments.xyz" },
  model: {
    type: "sparse-gp",
    isolatedAtomEnergies: { H: 0, C: 0, N: 0, O: 0, F: 0 },
    terms: [
      {
        descriptor: { type: "soap", basis: "polynomial", nMax: 2, lMax: 1, sigma: 0.5, cutoff: { radius: 3, function: "cosine", width: 1 }, compression: "mu1nu1" },
        kernel: { type: "dot-product", zeta: 2, delta: 1 },
        sparse: { method: "random", count: 60 },
      },
    ],
  },
  fit: { sigma: { energy: 0.05, perAtom: false }, jitter: 1e-8 },
};

const search = {
  data: { train: "data/silicon-small.xyz", split: { validation: 0.4 } },
  model: {
    type: "sparse-gp",
    isolatedAtomEnergies: { Si: -0.79 },
    terms: [
      {
        descriptor: { type: "soap", basis: "equispaced-gaussian", nMax: 3, lMax: 2, sigma: 0.5, cutoff: { radius: 4 } },
        kernel: { type: "dot-product", zeta: 2 },
        sparse: { method: "random", count: 30 },
      },
    ],
  },
  fit: { sigma: { energy: 0.01, forces: 0.2 }, jitter: 1e-8 },
  tune: {
    stages: [
      {
        name: "kernels",
        parameters: { "model.terms[0].descriptor.sigma": { from: 0.3, to: 1, scale: "log" } },
        objective: { type: "kernel-distribution", references: 100 },
        optimizer: { type: "sobol", points: 6 },
        budget: { evaluations: 6 },
      },
      {
        name: "errors",
        parameters: {
          "model.terms[0].descriptor.cutoff.radius": { from: 3.5, to: 4.5 },
          "model.terms[0].kernel.zeta": { from: 1, to: 6 },
          "fit.sigma.energy": { from: 0.001, to: 0.1, scale: "log" },
        },
        objective: { type: "validation-loss" },
        optimizer: { type: "particle-swarm", particles: 5 },
        budget: { evaluations: 15 },
      },
    ],
  },
};

/** Environments for several blocks of kernel values. */
const kernels = {
  ...search,
  data: { train: "data/silicon.xyz" },
  tune: {
    parameters: { "model.terms[0].descriptor.sigma": { from: 0.3, to: 1 }, "model.terms[0].kernel.zeta": { from: 1, to: 6 } },
    objective: { type: "kernel-distribution", references: 300 },
    optimizer: { type: "latin-hypercube", points: 5 },
    budget: { evaluations: 5 },
  },
};

const searchOf = (name, config) => ({
  name,
  files: { "tune.json": config },
  command: ["tune", "tune.json", "-o", "best.yaml", "--json"],
  keep: ["best.journal.jsonl", "best.yaml"],
});

const fit = (name, config) => ({
  name: `fit-${name}`,
  files: { "fit.json": config },
  command: ["fit", "fit.json", "-o", "model.pestle", "--json"],
  keep: ["model.pestle"],
});

const describe = (name, file, flags, extra = {}) => ({
  name: `describe-${name}`,
  command: ["describe", ...flags, "-o", file, "--json"],
  keep: file.endsWith(".npy") ? [file, `${file}.json`] : [file],
  isBrief: true,
  ...extra,
});

const soap = (data, parameters = "") => [
  `data/${data}.xyz`, "-d", "soap", "-p", "nMax=4,lMax=3,sigma=0.5,cutoff.radius=4", ...(parameters === "" ? [] : ["-p", parameters]),
];
const turboFlags = (data, parameters) => [`data/${data}.xyz`, "-d", "soap-turbo", "-p", `nMax=4,lMax=3,cutoff.radius=4,${parameters}`];

/**
 * command: arguments of the program. keep: the files that it leaves, compared beside its --json output. after: a scenario whose folder
 * it runs in. isBrief: with the first two numbers of threads only. isSerial: once, whatever the build and the threads.
 */
export const scenarios = [
  fit("two-terms", twoTerms),
  fit("turbo", turbo),
  fit("energies", energies),
  {
    name: "evaluate",
    after: "fit-two-terms",
    command: ["evaluate", "model.pestle", "data/mixed-sizes.xyz", "-o", "predicted.xyz", "--json"],
    keep: ["predicted.xyz"],
  },
  { name: "info-model", after: "fit-two-terms", command: ["info", "model.pestle", "--json"], keep: [], isBrief: true },
  searchOf("search", search),
  searchOf("search-kernels", kernels),
  describe("npy", "rows.npy", soap("mixed-sizes"), { isBrief: false }),
  describe("h5", "rows.h5", soap("alloy", "basis=equispaced-gaussian")),
  describe("json", "rows.json", soap("silicon-small", "basis=polynomial")),
  describe("jsonl", "rows.jsonl", [...soap("molecules", "nMax=2,lMax=2,weighting.function=poly,weighting.r0=4"), "--centers", "C,O"]),
  describe("single", "rows.npy", [...soap("silicon"), "--precision", "single"]),
  describe("single-h5", "rows.h5", [...soap("silicon"), "--precision", "single"]),
  describe("inner", "rows.npy", soap("mixed-sizes", "average=inner")),
  describe("outer", "rows.npy", soap("mixed-sizes", "average=outer")),
  describe("positions", "rows.npy", [...soap("molecules", "nMax=2,lMax=2"), "--centers", "0,3,1"]),
  ...["mu2", "mu1nu1", "crossover"].map((mode) => describe(mode, "rows.npy", soap("alloy", `compression=${mode}`))),
  describe("diagonal-radial", "rows.npy", soap("alloy", "basis=equispaced-gaussian,compression=diagonal-radial")),
  describe("nu", "rows.npy", soap("alloy", "compression.mode=nu,compression.nuR=1,compression.nuS=0")),
  describe("turbo", "rows.npy", turboFlags("alloy", "sigmaRadialScaling=0.1")),
  describe("turbo-gauss", "rows.h5", turboFlags("molecules", "basis=poly3gauss,compression=trivial,radialEnhancement=2")),
  describe("turbo-nu", "rows.npy", turboFlags("alloy", "compression=1_0")),
  { name: "info-data", command: ["info", "data/alloy.xyz", "data/silicon-small.xyz", "--json"], keep: [], isSerial: true },
  ...["fit", "describe", "tune"].map((name) => ({ name: `schema-${name}`, command: ["schema", name], keep: [], isSerial: true })),
];

/** Differences that are meant, with the reason: { scenario: RegExp, place: RegExp, reason }. */
export const declared = [
  {
    scenario: /./,
    place: /^output\.(warnings|closeAtoms|domain)\b/,
    reason: "records hold what was warned of, atoms that are too close, and how much lies outside the training domain",
  },
  {
    scenario: /^schema-/,
    place: /\.properties\.types\b/,
    reason: "atom types can be mapped to elements",
  },
  {
    scenario: /^schema-/,
    place: /\.description$/,
    reason: "every key is described",
  },
  {
    scenario: /^schema-(fit|tune)$/,
    place: /\.kernel\b/,
    reason: "there is a second kernel, squared-exponential",
  },
  {
    scenario: /^fit-/,
    place: /^output\.fit\.(terms|extent|sizes|stages|tables)/,
    reason: "the record of a fit is the summary that any trainer gives: sizes, stages and tables in place of the terms of one family",
  },
  {
    scenario: /^schema-(fit|tune)$/,
    place: /\.data\.properties\.columns\b|\.sigma\.properties\.(columns|masks)\b/,
    reason: "columns of the data, and σ and masks from them",
  },
  {
    scenario: /^info-data$/,
    place: /^output\.(columns|unread)\b/,
    reason: "info counts every column, and lists the names that were not read",
  },
  {
    scenario: /^schema-(fit|tune)$/,
    place: /\.fit\.(default|properties\.jitter)\b/,
    reason: "the default jitter is relative to the diagonal; the fits here keep the absolute one that the base has by default",
  },
  {
    scenario: /^fit-/,
    place: /^output\.fit\.warnings\b/,
    reason: "fits warn of what may ruin them",
  },
  {
    scenario: /^(fit-|info-model)/,
    place: /provenance\.data\[\d+\]\.path$/,
    reason: "models record files by their names, without folders",
  },
];
