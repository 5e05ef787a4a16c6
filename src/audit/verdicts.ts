import { type Audit, isMeasured, type Verdict } from "./audit.js";
import type { BlindPart, CostPart, KernelPart, LinearPart, VariancePart } from "./row-results.js";
import { functionalVerdict, manifoldVerdict, sensitivityVerdict } from "./move-verdicts.js";
import { counted, digits } from "./words.js";

/** What verdicts are made of. */
export type Judged = Pick<Audit, "descriptor" | "cost" | "variance" | "linear" | "functional" | "kernels" | "sensitivity" | "manifold" | "blind">;

/** Every number of an audit in plain words; parts that were left out have none. Thresholds: docs/how-to/audit.md. */
export function verdictsOf({ cost, variance, linear, functional, kernels, sensitivity, manifold, blind }: Judged): Verdict[] {
  return [
    isMeasured(cost) && costVerdict(cost),
    isMeasured(variance) && varianceVerdict(variance),
    isMeasured(linear) && linearVerdict(linear),
    isMeasured(functional) && functionalVerdict(functional),
    isMeasured(kernels) && kernelVerdict(kernels),
    isMeasured(sensitivity) && sensitivityVerdict(sensitivity),
    isMeasured(manifold) && manifoldVerdict(manifold),
    isMeasured(blind) && blindVerdict(blind),
  ].filter((verdict) => verdict !== false);
}

function costVerdict({ unit, microseconds, sparsePoints }: CostPart): Verdict {
  const { neighbors = 0, values, backward, kernel } = microseconds;
  const all = neighbors + backward;
  const isLarger = all > kernel;
  return {
    part: "cost",
    title: "cost",
    value: `${digits(neighbors + values)} µs, ${digits(all)} µs with forces`,
    headline: { title: `time of a row with forces`, value: digits(all), unit: "µs" },
    severity: isLarger ? "note" : "good",
    meaning: `On one core a million ${unit}s take ${digits(neighbors + values)} s, with their neighbors; a kernel with ${sparsePoints} sparse points adds ${digits(kernel)} s, forces included.`,
    advice: isLarger
      ? "The descriptor takes the larger part of a prediction: fewer radial functions, a lower angular degree or a shorter cutoff save most (pestle compare shows how its time grows)."
      : "The kernel takes the larger part of a prediction: fewer columns or sparse points save more than a faster descriptor.",
  };
}

function varianceVerdict({ rows, columns, effectiveRank, rank, constantColumns, duplicateColumns }: VariancePart): Verdict {
  const idle = constantColumns + duplicateColumns;
  const common = { part: "variance", title: "effective rank", value: `${digits(effectiveRank.value)} of ${columns}`, headline: { title: "effective rank", value: digits(effectiveRank.value), unit: "" } } as const;
  if (!(effectiveRank.value > 0)) {
    return { ...common, severity: "bad", meaning: `All ${rows} rows are equal: to this descriptor the data are one environment.`, advice: "Look at the species and the cutoff among its parameters, or take data that vary." };
  }
  return {
    ...common,
    severity: idle > 0 ? "note" : "good",
    meaning: `The variance of the data is spread over about ${digits(effectiveRank.value)} directions, and ${rank} ${rank === 1 ? "is" : "are"} above rounding${idle > 0 ? `; ${counted(idle, "column")} ${idle === 1 ? "says" : "say"} nothing of ${idle === 1 ? "its" : "their"} own` : ""}.`,
    advice: idle > 0
      ? "Leave such columns out, or restrict the species: they cost time and tell nothing here."
      : "Compare it with that of other descriptors on the same data (pestle compare): a larger one separates environments in more ways, and more columns that leave it as it is add none.",
  };
}

/** Sparse points that a projection has to pay for. */
const SPARSE_POINTS = 1000;

function linearVerdict({ rows, columns, needed, isBoundedBySample }: LinearPart): Verdict {
  const [loose, tight] = needed.map(({ components }) => components);
  // the projection costs columns × components, and saves the rest of the products with sparse points
  const pays = columns * loose < SPARSE_POINTS * (columns - loose);
  const bound = isBoundedBySample ? `; the sample has only ${counted(rows, "row")}, so that more may be needed` : "";
  const others = columns - loose;
  const repeated = others > 0 ? `; the other${others === 1 ? " column repeats" : ` ${others} columns repeat`} them` : "; no column repeats others to that";
  return {
    part: "linear",
    title: "linear redundancy",
    headline: { title: "components that give the kernels to 10⁻⁶", value: String(loose), unit: "" },
    value: `${loose} of ${columns} for 10⁻⁶, ${tight} for 10⁻¹⁰`,
    severity: pays ? "note" : "good",
    meaning: `${counted(loose, "principal component")} reproduce${loose === 1 ? "s" : ""} every kernel x·x′ of these data to 10⁻⁶ of the largest, ${tight} to 10⁻¹⁰${repeated}${bound}.`,
    advice: pays
      ? `Rows of ${counted(loose, "component")} cost a kernel ${digits(columns / loose)} times less for the same model; linear fits with all columns need regularization.`
      : "Hardly any column is a linear combination of others: a projection would cost more than it saves.",
  };
}

/** Of kernels of published potentials: higher ones are rare. */
const USUAL_ZETA = 4;

function kernelVerdict({ mean, std, median, halvingZeta }: KernelPart): Verdict {
  const areEqual = median >= 1;
  const isAlike = areEqual || (halvingZeta !== undefined && halvingZeta > USUAL_ZETA);
  return {
    part: "kernels",
    title: "kernel distribution",
    value: `${digits(mean.value)} ± ${digits(std.value)}`,
    severity: areEqual ? "bad" : isAlike ? "note" : "good",
    meaning: `Cosines between rows have the mean ${digits(mean.value)} and the standard deviation ${digits(std.value)}${halvingZeta === undefined ? "" : `; the middle pair is half as alike as equal rows with ζ = ${digits(halvingZeta)}`}.`,
    advice: areEqual
      ? "More than half of the pairs look equal: a kernel on these rows cannot tell them apart."
      : isAlike
        ? "Rows look alike: a higher ζ, a Gaussian kernel on scaled columns or a smaller sigma of the density spreads them, and small regularization is needed otherwise."
        : "Kernels with the usual ζ of 2 to 4 tell typical environments apart.",
  };
}

/** Structural over fingerprint distance, both by their medians: the worst pairs of random methane have 7 (SOAP) and 15 (ACSF) and are told apart. */
const SUSPECT = 20;

function blindVerdict({ distinct, identical, pairs, bound }: BlindPart): Verdict {
  const common = { part: "blind", title: "blind pairs" } as const;
  if (distinct < 2) {
    return { ...common, value: "none", severity: "good", meaning: "Where equal environments count once there is one, so that there are no pairs.", advice: "Take data with different environments to look for pairs that rows do not tell apart." };
  }
  if (pairs.length === 0) {
    return { ...common, value: "none", severity: "good", meaning: `Among ${counted(distinct, "different environment")} no two have close rows and different neighbors.`, advice: "Nothing to do." };
  }
  const [{ share, structuralDistance, score, species }] = pairs;
  if (identical > 0) {
    const cost = bound ? ` Every model of it has an error of energies of at least ${digits(1000 * bound.maximum)} meV on one structure, and an RMSE of at least ${digits(1000 * bound.rmse)} meV over the data.` : "";
    return {
      ...common,
      value: `${counted(identical, "pair")} with equal rows`,
      headline: { title: "pairs of different environments with equal rows", value: String(identical), unit: "" },
      severity: "bad",
      meaning: `${counted(identical, "pair")} of different environments ${identical === 1 ? "has" : "have"} the same row; neighbors of the first, around ${species}, are ${digits(structuralDistance)} Å apart.${cost}`,
      advice: "No model on this descriptor can tell these environments apart: add a descriptor of higher body order, such as the bispectrum or ACE of order 3, or rows of the neighbors that see the difference.",
    };
  }
  const isSuspect = score >= SUSPECT;
  return {
    ...common,
    value: `none equal; worst ${digits(structuralDistance)} Å${share === undefined ? "" : ` at ${digits(share)} of usual`}`,
    severity: isSuspect ? "note" : "good",
    meaning: `No two of ${counted(distinct, "different environment")} have equal rows; the worst pair, around ${species}, has neighbors that are ${digits(structuralDistance)} Å apart and rows that are ${share === undefined ? "close" : `${digits(share)} of the usual distance apart`}, ${digits(score)} times less than its structures suggest.`,
    advice: isSuspect
      ? "Look at the energies and forces of the listed pairs: where these differ much, a model needs steep functions to follow both."
      : "Rows are as far apart as structures suggest.",
  };
}
