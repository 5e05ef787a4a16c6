import type { FisherInformation, FisherSpectrum, SetSpectra } from "../../../analysis/fisher/result.js";
import { formatCount } from "../../formatting.js";
import { eigenvalueLadders, type Ladder } from "../../plots/eigenvalue-ladders.js";
import type { Plot } from "../../plots/render-svg.js";

/** Eigenvalues of all sets of parameters, of F and of the scaled matrix. */
export function ladderPlots({ spectra, precision }: FisherInformation): (Plot | undefined)[] {
  const { log10EigenvaluesInDouble: inDouble } = precision;
  const double: Ladder[] = inDouble && inDouble.length > 0 ? [{ name: "linear,\ndouble J", rungs: inDouble.map((value) => value - inDouble[0]) }] : [];
  const remark = double.length === 0 ? "" : " The first ladder is what singular values of a J in double precision give: its lower rungs are rounding.";
  return [
    plotOf(spectra, ({ raw }) => raw, double, { name: "eigenvalue-ladders", title: "Eigenvalues of F", caption: `Each rung is an eigenvalue, on a logarithmic axis. Directions with rungs below the dashed line are those that the data hardly determine.${remark}` }),
    plotOf(spectra, ({ scaled }) => scaled, [], { name: "scaled-ladders", title: "Eigenvalues of the scaled F", caption: "The same with columns of J of length 1: what remains is how alike columns are, whatever their size." }),
  ];
}

function plotOf(
  spectra: readonly SetSpectra[], of: (set: SetSpectra) => FisherSpectrum, first: readonly Ladder[], texts: { readonly name: string; readonly title: string; readonly caption: string },
): Plot | undefined {
  const shown = spectra.filter((set) => of(set).eigenvalues.length > 0);
  if (shown.length === 0) return undefined;
  const ladders = shown.map((set): Ladder => ({ name: set.name.replace(" ", "\n"), rungs: rungsOf(of(set)), nUncertain: of(set).digits.length - certainCount(of(set)) }));
  return eigenvalueLadders({
    ...texts,
    description: `${texts.title} of ${shown.map((set) => `${set.name}: ${formatCount(of(set).eigenvalues.length)}, log κ ${of(set).log10Kappa?.toFixed(2)}`).join("; ")}`,
    subtitle: "by the largest, gauge and null modes taken out",
    x: "parameters",
    ladders: [...first, ...ladders],
  });
}

/** Eigenvalues before the first of those without a digit. */
function certainCount({ digits }: FisherSpectrum): number {
  const first = digits.findIndex((own) => own === 0);
  return first < 0 ? digits.length : first;
}

function rungsOf({ eigenvalues }: FisherSpectrum): number[] {
  const logarithms = eigenvalues.map(logarithmOf);
  return logarithms.filter((value) => Number.isFinite(value)).map((value) => value - logarithms[0]);
}

/** log₁₀ of a decimal number, which may be too small for a double; rounding may have made it negative. */
function logarithmOf(decimal: string): number {
  const [mantissa, exponent = "0"] = decimal.split("e");
  return Math.log10(Math.abs(Number(mantissa))) + Number(exponent);
}
