// The paper's claims on our results: a verdict, and the numbers that it is from.
import { familyOf, isProduct, isSum, titleOf } from "./models.mjs";
import { rankCorrelation } from "./statistics.mjs";

export const METRICS = ["forces", "energy", "amplitude", "angle"];
const SYMBOLS = { forces: "ε_F", energy: "ε_E", amplitude: "ε_A", angle: "ε_θ" };

/** √⟨θ²⟩ of random directions, rad: ∫ ½ θ² sin θ dθ = (π² − 4)/2. */
const RANDOM_DIRECTIONS = Math.sqrt((Math.PI ** 2 - 4) / 2);

/** Of one of the rank correlations, as eight readings are tried: 0.05/8 is 0.006. */
const SIGNIFICANT = 0.005;

/** Those of which the potentials are there. */
export function claimsOf({ potentials }) {
  const of = (name) => potentials.find((own) => own.name === name);
  return CLAIMS.flatMap(({ claim, test }) => {
    const result = test(of, potentials);
    return result ? [{ claim, ...result }] : [];
  });
}

/** log₁₀κ of the linear parameters on the sample, in high precision. */
export const kappaOf = ({ fisher }) => fisher.sample.sets.linear.log10Kappa;
const spectrumOf = ({ fisher }, set = "linear") => fisher.sample.sets[set].log10Eigenvalues;

const CLAIMS = [
  {
    claim: "Gaussians converge faster than Chebyshev polynomials",
    test: (of, potentials) => {
      const pairs = pairsOf(of, [["G8", "C8"], ["G16", "C16"]]);
      if (!pairs) return undefined;
      const best = Math.min(...potentials.filter(({ name }) => ["G", "C"].includes(familyOf(name))).map(({ train }) => train.forces));
      const first = (family) => potentials.filter(({ name }) => familyOf(name) === family).find(({ train }) => train.forces <= 1.02 * best);
      const [g, c] = [first("G"), first("C")];
      return judged(pairs, `within 2 % of the least ε_F of both (${fixed(best, 4)}): ${g ? `from ${g.name}` : "no G"}, ${c ? `from ${c.name}` : "no C"}`);
    },
  },
  {
    claim: "G does not capture directions of forces: more functions do not lower ε_θ",
    test: (of) => {
      const [few, many, other] = ["G4", "G18", "E[G8L4]"].map(of);
      if (!few || !many || !other) return undefined;
      const large = [few, many, other].map(({ name, angleOfLargeForces }) => `${name} ${fixed(angleOfLargeForces, 3)}`).join(", ");
      const all = [few, many, other].map((own) => `${own.name} ${errorText(own, "angle")}`).join(", ");
      return { verdict: many.train.angle < few.train.angle ? "does not hold" : "holds", found: `ε_θ ${all} (random directions ${RANDOM_DIRECTIONS.toFixed(3)}); over forces above 0.5 eV/Å ${large}: directions of small forces make most of ε_θ` };
    },
  },
  {
    claim: "Functions added to G redistribute errors: some grow while others fall",
    test: (_, potentials) => {
      const own = potentials.filter(({ name }) => familyOf(name) === "G");
      if (own.length < 3) return undefined;
      const changes = own.slice(1).map((later, k) => METRICS.map((metric) => ({ metric, before: own[k], later, growth: later.train[metric] / own[k].train[metric] - 1 })));
      const isMixed = changes.map((steps) => steps.some(({ growth }) => growth > 0) && steps.some(({ growth }) => growth < 0));
      const most = changes.flat().reduce((a, b) => (b.growth > a.growth ? b : a));
      return { verdict: verdictOf(isMixed), found: `${count(isMixed)} steps from G4 to G18; an error grows by ${fixed(100 * most.growth, 1)} % at most (${SYMBOLS[most.metric]}, ${most.before.name} to ${most.later.name})` };
    },
  },
  { claim: "E[G8L4] beats G18 in all four errors", test: (of) => beats(of, [["E[G8L4]", "G18"]]) },
  {
    claim: "More functions help E more than more exponents do, at equal size",
    test: (of) => beats(of, [["E[G6L4]", "E[G4L6]"], ["E[G8L4]", "E[G4L8]"]]),
  },
  {
    claim: "More exponents bring more eigenvalues of E into the region of significant correlations",
    test: (of) => {
      const own = ["E[G4L4]", "E[G4L6]", "E[G4L8]"].map(of);
      if (!own.every(Boolean)) return undefined;
      const counts = own.map(({ fisher }) => fisher.sample.sets.linear.significant);
      return { verdict: verdictOf(counts.slice(1).map((count, k) => count > counts[k])), found: own.map(({ name, linear }, k) => `${name} ${counts[k]} of ${linear}`).join(", ") };
    },
  },
  { claim: "N has larger errors than E of equal size (“N beats E” is its opposite)", test: (of, potentials) => beats(of, nAndE(potentials).map(([n, e]) => [e, n])) },
  {
    claim: "N has a smaller κ than E of equal size",
    test: (of, potentials) => {
      const pairs = pairsOf(of, nAndE(potentials));
      return pairs && comparedKappas(pairs.map(([n, e]) => [n, e]));
    },
  },
  {
    claim: "N[E[G8L4]] beats every G",
    test: (of, potentials) => beats(of, potentials.filter(({ name }) => familyOf(name) === "G").map(({ name }) => ["N[E[G8L4]]", name])),
  },
  { claim: "G8 ⊗ G8 beats G16 at nearly equal size", test: (of) => beats(of, [["G8 x G8", "G16"]]) },
  { claim: "Products with E beat products of two G", test: (of) => beats(of, [["G8 x E[G4L4]", "G8 x G8"], ["G8 x E[G4L4]", "G10 x G10"], ["G8 x E[G8L4]", "G10 x G10"]]) },
  {
    claim: "Products widen the spectrum: κ of a product is above that of its terms alone",
    test: (_, potentials) => {
      const products = potentials.filter(({ name }) => isProduct(name));
      if (products.length === 0) return undefined;
      const wider = products.map((own) => kappaOf(own) > Math.max(...["left alone", "right alone"].map((set) => own.fisher.sample.sets[set].log10Kappa)));
      const gains = products.map((own) => kappaOf(own) - Math.max(...["left alone", "right alone"].map((set) => own.fisher.sample.sets[set].log10Kappa)));
      return { verdict: verdictOf(wider), found: `${count(wider)}; log₁₀κ grows by ${fixed(Math.min(...gains), 1)} to ${fixed(Math.max(...gains), 1)}, median ${fixed(median(gains), 1)}` };
    },
  },
  {
    claim: "κ of a product is not below that of its terms (blocks of its information)",
    test: (_, potentials) => {
      const products = potentials.filter(({ name }) => isProduct(name));
      if (products.length === 0) return undefined;
      const isBounded = products.map((own) => kappaOf(own) >= Math.max(...["left", "right"].map((set) => own.fisher.sample.sets[set].log10Kappa)));
      return { verdict: verdictOf(isBounded), found: `${count(isBounded)}, the gauge direction taken out; with it, blocks interlace and it cannot fail` };
    },
  },
  {
    claim: "A product lifts the spectrum: its kth eigenvalue is above the kth of each term alone",
    test: (_, potentials) => {
      const products = potentials.filter(({ name }) => isProduct(name));
      if (products.length === 0) return undefined;
      const lifted = products.flatMap((own) => ["left alone", "right alone"].flatMap((set) => spectrumOf(own, set).map((value, k) => k < spectrumOf(own).length && spectrumOf(own)[k] > value)));
      const share = lifted.filter(Boolean).length / lifted.length;
      return { verdict: share > 0.95 ? "holds" : share < 0.5 ? "does not hold" : "mixed", found: `${fixed(100 * share, 0)} % of ${lifted.length} eigenvalues of terms; the data do not tell the scale of one factor against the other, which moves the spectrum` };
    },
  },
  {
    claim: "E ⊕ N is best of all, in all four errors",
    test: (of, potentials) => {
      const name = "E[G8L4] + N[E[G8L4]]";
      const own = of(name);
      if (!own || potentials.length < 3) return undefined;
      const others = potentials.filter((other) => other !== own);
      const rows = METRICS.map((metric) => ({ metric, best: others.reduce((a, b) => (b.train[metric] < a.train[metric] ? b : a)) }));
      return { verdict: verdictOfSigns(rows.map(({ metric, best }) => outcome(own.train[metric], best.train[metric]))), found: rows.map(({ metric, best }) => `${SYMBOLS[metric]} ${errorText(own, metric)}, best other ${errorText(best, metric)} (${titleOf(best.name)})`).join("; ") };
    },
  },
  {
    claim: "It is not the size: E ⊕ N beats E, or N, of as many parameters",
    test: (of) => beats(of, [["E[G4L4] + N[E[G4L4]]", "E[G4L8]"], ["E[G4L4] + N[E[G4L4]]", "N[E[G4L8]]"], ["E[G8L4] + N[E[G8L4]]", "E[G8L8]"]]),
  },
  {
    claim: "κ of E ⊕ N is below that of E and of N trained alone",
    test: (of, potentials) => {
      const pairs = pairsOf(of, potentials.filter(({ name }) => isSum(name)).flatMap(({ name }) => name.split(" + ").map((term) => [name, term])));
      return pairs && comparedKappas(pairs);
    },
  },
  {
    claim: "κ of G does not grow steadily with the number of functions",
    test: (_, potentials) => {
      const own = potentials.filter(({ name }) => familyOf(name) === "G");
      if (own.length < 3) return undefined;
      const falls = own.slice(1).some((later, k) => kappaOf(later) < kappaOf(own[k]));
      return { verdict: falls ? "holds" : "does not hold", found: own.map((one) => `${one.name} ${fixed(kappaOf(one), 1)}`).join(", ") };
    },
  },
  {
    claim: "κ and errors go together: a larger κ, smaller errors",
    test: (_, potentials) => {
      if (potentials.length < 10) return undefined;
      const { n, rho, p } = rankCorrelation(potentials.map((own) => [kappaOf(own), own.train.forces]));
      return { verdict: p < SIGNIFICANT ? (rho < 0 ? "holds" : "does not hold") : "mixed", found: `rank correlation of log₁₀κ and ε_F ${fixed(rho, 2)} (${n} potentials, p ${probability(p)})` };
    },
  },
  {
    claim: "κ predicts instability",
    test: (_, potentials) => {
      const rows = correlationsOf(potentials);
      if (!rows) return undefined;
      const predicted = rows.map(({ all }) => all.rho > 0 && all.p < SIGNIFICANT);
      return { verdict: verdictOf(predicted), found: rows.map(({ title, all }) => `${title}: ρ = ${fixed(all.rho, 2)} (p ${probability(all.p)})`).join("; ") };
    },
  },
];

/** What instability is read as, a number of each potential; undefined where the data have none. */
export const READINGS = [
  { key: "coefficients", title: "coefficients of two halves", of: ({ instability }) => instability.coefficients },
  { key: "test", title: "forces of two halves, test", of: ({ instability: { test } }) => relative(test) },
  { key: "compressed", title: "forces of two halves, lengths × 0.9", of: ({ instability: { strained } }) => relative(strained["0.9"]) },
  { key: "stretched", title: "forces of two halves, lengths × 1.1", of: ({ instability: { strained } }) => relative(strained["1.1"]) },
  { key: "volumes", title: "ε_F at 90 and 110 % of the volume over ε_F at 100 %", of: ({ groups }) => atOtherVolumes(groups, "forces") },
  { key: "volumeEnergies", title: "ε_E at 90 and 110 % of the volume over ε_E at 100 %", of: ({ groups }) => atOtherVolumes(groups, "energy") },
  { key: "gap", title: "ε_F of test over ε_F of training", of: ({ train, test }) => test.forces / train.forces },
  { key: "digits", title: "digits of forces lost to cancellation", of: ({ instability }) => instability.lostDigits },
];

/** Rank correlations of the readings with κ, κ of the scaled matrix, and the number of linear parameters; undefined of too few potentials. */
export function correlationsOf(potentials) {
  const usable = READINGS.filter(({ of }) => potentials.every((own) => Number.isFinite(of(own))));
  if (potentials.length < 10) return undefined;
  return usable.map(({ key, title, of }) => {
    const against = (measure, own = potentials) => rankCorrelation(own.map((one) => [measure(one), of(one)]));
    const within = (...names) => potentials.filter(({ name }) => names.includes(familyOf(name)));
    return {
      key, title,
      all: against(kappaOf),
      linear: against(kappaOf, within("G", "C")),
      exponential: against(kappaOf, within("E", "N", "E ⊕ N")),
      products: against(kappaOf, within("G ⊗ G", "G ⊗ E")),
      scaled: against(({ fisher }) => fisher.sample.sets.linear.scaledLog10Kappa),
      size: against(({ linear }) => linear),
    };
  });
}

/** All at 300 K; undefined where the data have no such groups. */
export function atOtherVolumes(groups, property) {
  const own = ["AIMD_90pctV_300K", "AIMD_110pctV_300K"].map((group) => groups[group]?.[property]);
  return Math.sqrt((own[0] ** 2 + own[1] ** 2) / 2) / groups.AIMD_300K?.[property];
}

function relative({ difference, forces }) {
  return difference / forces;
}

/** N and E of the same counts. */
function nAndE(potentials) {
  return potentials.filter(({ name }) => familyOf(name) === "N").map(({ name }) => [name, name.slice(2, -1)]);
}

/** undefined where one is missing */
function pairsOf(of, names) {
  const pairs = names.map((pair) => pair.map(of));
  return pairs.length > 0 && pairs.flat().every(Boolean) ? pairs : undefined;
}

function beats(of, names) {
  const pairs = pairsOf(of, names);
  return pairs && judged(pairs);
}

/** Whether the first of each pair has the lower errors. */
function judged(pairs, more) {
  const signs = pairs.flatMap(([a, b]) => METRICS.map((metric) => outcome(a.train[metric], b.train[metric])));
  const texts = pairs.map(([a, b]) => `${titleOf(a.name)} against ${titleOf(b.name)}: ${METRICS.map((metric) => `${SYMBOLS[metric]} ${errorText(a, metric)} / ${errorText(b, metric)}`).join(", ")}`);
  const shown = pairs.length > 4 ? [`lower in ${count(signs.map((sign) => sign > 0))} comparisons, higher in ${signs.filter((sign) => sign < 0).length}`, ...ranges(pairs)] : texts;
  return { verdict: verdictOfSigns(signs), found: [...shown, ...(more ? [more] : [])].join("; ") };
}

/** Ratios of the errors of the first to those of the second. */
function ranges(pairs) {
  return METRICS.map((metric) => {
    const ratios = pairs.map(([a, b]) => a.train[metric] / b.train[metric]);
    return `${SYMBOLS[metric]} ${fixed(Math.min(...ratios), 2)} to ${fixed(Math.max(...ratios), 2)} times`;
  });
}

function comparedKappas(pairs) {
  const isSmaller = pairs.map(([a, b]) => kappaOf(a) < kappaOf(b));
  return { verdict: verdictOf(isSmaller), found: `${count(isSmaller)}: ${pairs.map(([a, b]) => `${titleOf(a.name)} ${fixed(kappaOf(a), 1)} against ${fixed(kappaOf(b), 1)} of ${titleOf(b.name)}`).join("; ")}` };
}

export function errorText({ train }, metric) {
  return metric === "energy" ? `${fixed(1000 * train.energy, 1)} meV/atom` : fixed(train[metric], 3);
}

/** 1 where the first is lower, −1 where it is higher, 0 where they differ by less than 1 %. */
function outcome(a, b) {
  return Math.abs(a - b) < 0.01 * Math.max(a, b) ? 0 : Math.sign(b - a);
}

function verdictOfSigns(signs) {
  if (!signs.includes(1)) return "does not hold";
  return signs.includes(-1) ? "mixed" : "holds";
}

function verdictOf(outcomes) {
  return outcomes.every(Boolean) ? "holds" : outcomes.some(Boolean) ? "mixed" : "does not hold";
}

function count(outcomes) {
  return `${outcomes.filter(Boolean).length} of ${outcomes.length}`;
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

export function probability(p) {
  return p < 0.001 ? "< 0.001" : fixed(p, 3);
}

export function fixed(value, digits) {
  return value.toFixed(digits);
}
