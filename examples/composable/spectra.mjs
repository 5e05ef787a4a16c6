// Fisher information of one potential: of all training structures in double precision, of a sample of them in 256 bits or more.
import { fisherInformation } from "../../dist/index.js";

export async function spectraOf(model, { train, sample }, executor) {
  const [all, few] = [await fisherInformation(model, train, { executor }, { precision: "double" }), await fisherInformation(model, sample, { executor }, { precision: "high" })];
  return {
    all: { rows: all.rows, structures: all.structures, ...byPrecision(all) },
    sample: { rows: few.rows, structures: few.structures, bits: few.precision.bits, ...byPrecision(few), sets: Object.fromEntries(few.spectra.map((set) => [set.name, setOf(set)])) },
  };
}

/** log₁₀κ of the linear parameters by each way; the singular values of a double J tell nothing where an eigenvalue has no certain digit. */
function byPrecision({ precision: { log10Kappa }, spectra: [linear] }) {
  return { log10Kappa, digits: Math.min(...linear.raw.digits) };
}

function setOf({ raw, scaled }) {
  return {
    log10Kappa: raw.log10Kappa, isCertain: raw.isCertain, scaledLog10Kappa: scaled.log10Kappa, gaugeModes: raw.gaugeModes, nullModes: raw.nullModes.length,
    significant: raw.significant.count, log10Eigenvalues: raw.eigenvalues.map((text) => round(log10(text))),
  };
}

/** Of a decimal number that may be smaller than any double. */
function log10(text) {
  const [mantissa, exponent = "0"] = text.toLowerCase().split("e");
  return Math.log10(Number(mantissa)) + Number(exponent);
}

function round(value) {
  return Number.isFinite(value) ? Number(value.toFixed(3)) : null;
}
