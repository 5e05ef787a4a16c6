import type { FisherInformation, FisherSpectrum, ParameterEstimate, SetSpectra } from "../analysis/fisher/result.js";
import type { RowWeights } from "../analysis/fisher/weights.js";
import { formatTable } from "./table.js";

/** Parameters that are listed; all are in the JSON. */
const LISTED = 12;
/** Directions that are listed. */
const DIRECTIONS = 5;
/** Parameters of a direction. */
const SHARES = 4;

/** What `pestle fisher` prints. */
export function fisherText(found: FisherInformation): string {
  const { rows, structures, weights, loss, residualVariance, precision } = found;
  const variance = residualVariance === null ? "" : `, ${loss.toPrecision(5)} / (rows − parameters) = ${residualVariance.toPrecision(4)}`;
  return [
    `rows       ${rows} of ${structures} structures`,
    `weights    ${weightsText(weights)}`,
    `loss       ${loss.toPrecision(6)}${variance}`,
    `precision  ${precision.bits === null ? "double" : `${precision.bits} bits, digits compared with ${2 * precision.bits}`}: ${precision.reason}`,
    `           log10 of kappa of the linear parameters: ${kappaText(found)}`,
    "",
    spectraTable(found.spectra),
    ...nullText(found.spectra),
    "",
    ...sloppyText(found),
  ].join("\n");
}

/** Where the weights of rows are from. */
export function weightsText({ source, sigma: { energy, forces, virial, perAtom } }: RowWeights): string {
  const ofTargets = [["energy", energy], ["forces", forces], ["virial", virial]].flatMap(([name, value]) => (value === undefined ? [] : [`${name} ${value}`])).join(", ");
  const from = { fit: "as in the fit of the model", unit: "1 for total energies and force components", option: "as asked for", default: "the usual ones of fits, as the model does not tell its own" }[source];
  return `${from} (sigma: ${ofTargets}${perAtom ? ", per atom" : ""})`;
}

function kappaText({ precision: { log10Kappa: { eigenvaluesOfJTJ, singularValues, high } } }: FisherInformation): string {
  const of = (value: number | null): string => (value === null ? "–" : value.toFixed(2));
  return `${of(eigenvaluesOfJTJ)} from eigenvalues of a double JᵀJ, ${of(singularValues)} from singular values${high === null ? "" : `, ${of(high)} in high precision`}`;
}

function spectraTable(spectra: readonly SetSpectra[]): string {
  const kappa = ({ log10Kappa, isCertain }: FisherSpectrum): string => (log10Kappa === null ? "–" : `${isCertain ? "" : "> "}${log10Kappa.toFixed(2)}`);
  return formatTable([
    ["parameters", "number", "gauge modes", "null modes", "log10 kappa", "scaled", "above 1e-15"],
    ...spectra.map(({ name, parameters, raw, scaled }) => [
      name, String(parameters.length), String(raw.gaugeModes), String(raw.nullModes.length), kappa(raw), kappa(scaled), `${raw.significant.count} of ${raw.eigenvalues.length}`,
    ]),
  ]);
}

/** Directions other than gauge modes along which nothing changes. */
function nullText(spectra: readonly SetSpectra[]): string[] {
  const widest = spectra.find(({ name }) => name === "all") ?? spectra[0];
  return widest.raw.nullModes.slice(0, DIRECTIONS).map((shares) => `nothing changes along ${shares.slice(0, SHARES).map(({ name }) => name).join(", ")}${shares.length > SHARES ? ", …" : ""}`);
}

/** The sloppiest directions and parameters. */
function sloppyText({ spectra, parameters, residualVariance }: FisherInformation): string[] {
  const widest = spectra.find(({ name }) => name === "all") ?? spectra[0];
  const isScaled = widest.scaled.sloppyDirections.length > 0;
  const { sloppyDirections, sloppiness } = isScaled ? widest.scaled : widest.raw;
  const directions = sloppyDirections.slice(0, DIRECTIONS).map(({ eigenvalue, shares }) => {
    const named = shares.slice(0, SHARES).map(({ name, share }) => `${name} ${Math.round(100 * share)} %`);
    return `  ${Number(eigenvalue).toExponential(1)}  ${named.join(", ")}`;
  });
  const sloppy = new Map(widest.parameters.map((name, p) => [name, sloppiness[p]]));
  const listed = parameters
    .filter(({ name }) => sloppy.has(name))
    .sort((a, b) => sloppy.get(b.name)! - sloppy.get(a.name)! || relativeError(b) - relativeError(a))
    .slice(0, LISTED);
  // without non-linear parameters both errors are the same
  const hasBoth = parameters.some(({ isLinear }) => !isLinear);
  const isSloppy = [...sloppy.values()].some((value) => value > 0);
  return [
    ...(directions.length > 0 ? [`sloppiest directions of ${isScaled ? "the scaled F" : "F"} (eigenvalue; shares of parameters)`, ...directions, ""] : []),
    `${residualVariance === null ? "parameters" : "parameters with error bars"}, the ${isSloppy ? "sloppiest" : "most uncertain"} ${Math.min(LISTED, listed.length)} of ${parameters.length}`,
    formatTable([
      ["parameter", "value", hasBoth ? "error, all free" : "error", ...(hasBoth ? ["error, linear"] : []), ...(isSloppy ? ["in sloppy directions"] : [])],
      ...listed.map((own) => [
        own.name, own.value.toPrecision(5), errorText(own.error, own), ...(hasBoth ? [errorText(own.errorLinear, own)] : []), ...(isSloppy ? [sloppy.get(own.name)!.toFixed(3)] : []),
      ]),
    ]),
  ];
}

function relativeError({ error, value }: ParameterEstimate): number {
  return error === null ? 0 : error / Math.max(Math.abs(value), Number.MIN_VALUE);
}

/** Of a parameter that is counted in its logarithm the error is relative. */
function errorText(error: number | null, { isLogarithmic }: ParameterEstimate): string {
  if (error === null) return "–";
  return isLogarithmic ? `${(100 * error).toPrecision(2)} %` : error.toPrecision(2);
}
