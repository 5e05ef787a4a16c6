import type { Verdict } from "./audit.js";
import type { FunctionalPart, JudgedEnvironment, ManifoldPart, SensitivityPart, ZeroCauses } from "./move-results.js";
import { BLIND } from "./followed-path.js";
import { counted, digits } from "./words.js";

/** Share of environments that have to have full rank. */
const MOST = 0.95;

export function functionalVerdict({ environments, columns, neighbors, moves, rank, stiff, fullRank }: FunctionalPart): Verdict {
  const isFull = fullRank >= MOST;
  const few = columns < moves;
  const repeated = Math.max(0, columns - rank);
  return {
    part: "functional",
    title: "functional redundancy",
    value: `${rank} of ${moves} moves${few ? ` (${counted(columns, "column")})` : ""}, ${stiff} visible`,
    severity: isFull && !few ? "good" : "note",
    meaning: `${counted(neighbors, "neighbor")} ${neighbors === 1 ? "has" : "have"} ${counted(moves, "independent move")}, and the row changes with ${rank} of them, visibly (above 10⁻³ of the stiffest) with ${stiff}; ${repeated} of ${counted(columns, "column")} are locally functions of the others (medians of ${counted(environments, "environment")}).`,
    advice: few
      ? "There are fewer columns than moves, so that some moves cannot show whatever the functions are: take more columns, or a shorter cutoff."
      : isFull
        ? "Every move shows. Where rows are long, pestle reduce finds columns that say the same."
        : "What does not show is for the most part moves of many neighbors at the edge of the cutoff: a shorter cutoff costs less and loses little, more radial and angular functions show more of them.",
  };
}

/** Where the manifolds of methane begin that are known to be blind, this number is 7·10⁻⁴ (SOAP) or less (ACSF); at most random environments it is larger. */
const SOFT = 1e-3;

export function sensitivityVerdict({ environments, ratio, zeros, worst, median, excused }: SensitivityPart): Verdict {
  const { incompleteness, truncation, unknown } = zeros.causes;
  const isZero = incompleteness + truncation + unknown > 0;
  const untold = zeros.environments - zeros.told;
  const notCounted = [
    ...(excused > 0 ? [`${counted(excused, "environment")} whose zeros have to be`] : []),
    ...(untold > 0 ? [`${untold} with zeros that were not asked for causes`] : []),
  ];
  if (excused === environments) return excusedVerdict(environments, zeros.causes);
  return {
    part: "sensitivity",
    title: "sensitivity",
    value: `${digits(ratio.minimum)} worst, ${digits(ratio.median)} median`,
    headline: { title: "softest by stiffest move, worst environment", value: digits(ratio.minimum), unit: "" },
    severity: isZero ? "bad" : ratio.minimum < SOFT ? "note" : "good",
    meaning: `As the nearest neighbors move, the row changes least by ${digits(ratio.minimum)} of the most around ${placeOf(worst)}, and by ${digits(ratio.median)} around the middle one of ${counted(environments, "environment")}, ${placeOf(median)}${causeText(zeros.causes)}${notCounted.length > 0 ? ` (not counted: ${notCounted.join(" and ")})` : ""}.`,
    advice: isZero
      ? adviceOf(zeros.causes)
      : ratio.minimum < SOFT
        ? "Atoms can move there and the row hardly shows it: look at the move on the page, and at how far it goes (the manifold)."
        : "Every move of the nearest neighbors shows.",
  };
}

/** Where every environment of the sample is one that has to have zeros. */
function excusedVerdict(environments: number, causes: ZeroCauses): Verdict {
  return {
    part: "sensitivity",
    title: "sensitivity",
    value: "zeros of symmetry alone",
    severity: "good",
    meaning: `${environments === 1 ? "The environment of the sample has" : `All ${environments} environments of the sample have`} zeros that have to be${causeText(causes)}; no smooth invariant descriptor sees moves against a symmetry to first order.`,
    advice: "Take data that are not as symmetric, such as frames of molecular dynamics, to see what the descriptor is blind to.",
  };
}

/** "atom 3 (Si) of frame 12 of Si.xyz" */
export function placeOf({ atom, species, label }: JudgedEnvironment): string {
  return `atom ${atom + 1} (${species}) of ${label}`;
}

const causeNames: readonly (readonly [keyof ZeroCauses, string])[] = [
  ["range", "of neighbors that are not seen"],
  ["symmetry", "against a symmetry"],
  ["incompleteness", "that no descriptor of this body order sees"],
  ["truncation", "that more functions would show"],
  ["unknown", "for an unknown reason"],
];

/** "; exactly 0 are 3 moves against a symmetry and 1 that more functions would show" */
export function causeText(causes: ZeroCauses): string {
  const parts = causeNames.flatMap(([cause, text]) => (causes[cause] > 0 ? [`${counted(causes[cause], "move")} ${text}`] : []));
  return parts.length === 0 ? "" : `; nothing at all shows of ${parts.length > 1 ? `${parts.slice(0, -1).join(", ")} and ${parts[parts.length - 1]}` : parts[0]}`;
}

function adviceOf({ incompleteness, truncation }: ZeroCauses): string {
  if (incompleteness > 0) return "No descriptor of this body order can see these moves at this center: add one of higher body order, such as the bispectrum or ACE of order 3, if this center has to tell them alone.";
  if (truncation > 0) return "Take more radial functions or a higher angular degree: the body order could show these moves.";
  return "Moves of near neighbors do not show and the reason is not known: look at them on the page.";
}

export function manifoldVerdict({ tried, start, blindness, blindnessInPlace, variation, displacement, endMessage }: ManifoldPart): Verdict {
  const isBlind = blindness < BLIND && displacement >= MATTERS;
  const isSeen = blindnessInPlace >= BLIND;
  return {
    part: "manifold",
    title: "manifold",
    value: `β = ${digits(blindness)} over ${digits(displacement)} Å, ${digits(blindnessInPlace)} with all neighbors`,
    headline: { title: "β on the softest path, 1 is ordinary", value: digits(blindnessInPlace), unit: "" },
    severity: !isBlind ? "good" : isSeen ? "note" : "bad",
    meaning: `On the longest soft path from ${tried === 1 ? "the softest environment" : `one of the ${tried} softest environments`}, around ${placeOf(start)}, atoms move by ${digits(displacement)} Å and the row of the nearest neighbors alone changes by ${digits(variation)}: ${digits(blindness)} of what random moves as large do, and ${digits(blindnessInPlace)} with all other neighbors in place. Where it ends: ${endMessage}.`,
    advice: isBlind
      ? isSeen
        ? "Neighbors farther out give these moves away here; where there are none (surfaces, molecules, vacancies) structures along this path look alike."
        : "Structures along this path look alike to every model on this descriptor: compute their energies (positions stand in the JSON), and add a descriptor of higher body order if these differ."
      : displacement < MATTERS
        ? `What is soft there is soft within ${digits(displacement)} Å only, less than atoms move by heat: the row sees the rest.`
        : "No path was found along which much changes and the row does not.",
  };
}

/** Å: atoms of a crystal at room temperature move as far. */
const MATTERS = 0.1;
