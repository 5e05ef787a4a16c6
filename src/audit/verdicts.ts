import { type Audit, type BlindPart, type CostPart, isMeasured, type KernelPart, type LinearPart, type VariancePart, type Verdict } from "./audit.js";
import { counted, digits } from "./words.js";

/** What verdicts are made of. */
export type Judged = Pick<Audit, "descriptor" | "cost" | "variance" | "linear" | "kernels" | "blind">;

/** Every number of an audit in plain words; parts that were left out have none. Thresholds: docs/how-to/audit.md. */
export function verdictsOf({ cost, variance, linear, kernels, blind }: Judged): Verdict[] {
  return [
    isMeasured(cost) && costVerdict(cost),
    isMeasured(variance) && varianceVerdict(variance),
    isMeasured(linear) && linearVerdict(linear),
    isMeasured(kernels) && kernelVerdict(kernels),
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
    meaning: `The variance of the data is spread over about ${digits(effectiveRank.value)} directions, and ${rank} are above rounding${idle > 0 ? `; ${counted(idle, "column")} ${idle === 1 ? "says" : "say"} nothing of ${idle === 1 ? "its" : "their"} own` : ""}.`,
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
  const bound = isBoundedBySample ? `; the sample has only ${rows} rows, so that more may be needed` : "";
  return {
    part: "linear",
    title: "linear redundancy",
    headline: { title: "components that give the kernels to 10⁻⁶", value: String(loose), unit: "" },
    value: `${loose} of ${columns} for 10⁻⁶, ${tight} for 10⁻¹⁰`,
    severity: pays ? "note" : "good",
    meaning: `${counted(loose, "principal component")} reproduce${loose === 1 ? "s" : ""} every kernel x·x′ of these data to 10⁻⁶ of the largest, ${tight} to 10⁻¹⁰; the other columns repeat them${bound}.`,
    advice: pays
      ? `Rows of ${counted(loose, "component")} cost a kernel ${digits(columns / loose)} times less for the same model; linear fits with all columns need regularization.`
      : "Hardly any column is a linear combination of others: a projection would cost more than it saves.",
  };
}

/** Of kernels of published potentials: higher ones are rare. */
const USUAL_ZETA = 4;

function kernelVerdict({ mean, std, median, halvingZeta }: KernelPart): Verdict {
  const isAlike = halvingZeta === undefined ? median >= 1 : halvingZeta > USUAL_ZETA;
  return {
    part: "kernels",
    title: "kernel distribution",
    value: `${digits(mean.value)} ± ${digits(std.value)}`,
    severity: median >= 1 ? "bad" : isAlike ? "note" : "good",
    meaning: `Cosines between rows have the mean ${digits(mean.value)} and the standard deviation ${digits(std.value)}${halvingZeta === undefined ? "" : `; the middle pair is half as alike as equal rows with ζ = ${digits(halvingZeta)}`}.`,
    advice: median >= 1
      ? "More than half of the pairs look equal: a kernel on these rows cannot tell them apart."
      : isAlike
        ? "Rows look alike: a higher ζ, a Gaussian kernel on scaled columns or a smaller sigma of the density spreads them, and small regularization is needed otherwise."
        : "Kernels with the usual ζ of 2 to 4 tell typical environments apart.",
  };
}

function blindVerdict({ environments, pairs }: BlindPart): Verdict {
  const common = { part: "blind", title: "blind pairs" } as const;
  if (pairs.length === 0) {
    return { ...common, value: "none", severity: "good", meaning: `Among ${environments} environments the closest rows are all of environments that are the same.`, advice: "Nothing to do." };
  }
  const [{ distance, displacement }] = pairs;
  const isExact = distance < 1e-9;
  return {
    ...common,
    value: `${digits(displacement)} Å at ${digits(distance)} medians`,
    severity: isExact ? "bad" : "good",
    meaning: `The closest rows of different environments are ${digits(distance)} of the median distance apart, while their neighbors differ by ${digits(displacement)} Å.`,
    advice: isExact
      ? "No model on this descriptor can tell these environments apart: add a descriptor of higher body order, such as the bispectrum or ACE of order 3."
      : "If their energies or forces differ much, no smooth model on this descriptor can follow both.",
  };
}
