// Markdown tables and the way numbers are written in them.
export function table(head, rows) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map((_, i) => (i === 0 ? "---" : "---:"))), ...rows.map(line)].join("\n");
}

export const number = (value, digits = 2) => (value === undefined || value === null ? "–" : value.toFixed(digits));
export const milli = (value, digits = 1) => number(value === undefined || value === null ? undefined : 1000 * value, digits);

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return sorted.length % 2 ? sorted[Math.floor(middle)] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Rows of hyper-parameters as in the tables of the paper, one column for each candidate (undefined: empty). */
export function parameterRows(candidates, { forces = true } = {}) {
  const of = (read, digits) => candidates.map((candidate) => number(candidate && read(candidate), digits));
  const descriptor = (key) => of(({ model }) => model.terms[0].descriptor[key], 2);
  return [
    ["r_cut,soft (Å)", ...of(({ model }) => model.terms[0].descriptor.cutoff.soft, 2)],
    ["σ_r (Å)", ...descriptor("sigmaRadial")],
    ["σ_t (Å)", ...descriptor("sigmaAngular")],
    ["a_r", ...descriptor("sigmaRadialScaling")],
    ["a_t", ...descriptor("sigmaAngularScaling")],
    ["a", ...descriptor("amplitudeScaling")],
    ["c_w", ...descriptor("centralWeight")],
    ["re", ...of(({ model }) => model.terms[0].descriptor.radialEnhancement, 0)],
    ["ζ", ...of(({ model }) => model.terms[0].kernel.zeta, 2)],
    ["δ (eV)", ...of(({ model }) => model.terms[0].kernel.delta, 2)],
    ["σ_E (eV)", ...of(({ fit }) => fit.sigma.energy, 4)],
    ...(forces ? [["σ_F (eV/Å)", ...of(({ fit }) => fit.sigma.forces, 4)]] : []),
  ];
}
