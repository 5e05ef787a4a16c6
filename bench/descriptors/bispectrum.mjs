// The bispectrum (SNAP) on real data, one thread: 2J = 6 and 8 in silicon at 5 Å, as LAMMPS was measured; four species with a density each.
import { couplingsOf } from "../../dist/descriptors/bispectrum/components.js";
import { runDescriptor } from "./descriptor-run.mjs";
import { directBispectrum } from "./direct-bispectrum.mjs";

/** Arithmetic of Z of one coupling, a multiply–add counted as two: complex products over the rows and columns that are formed. */
function couplingFlops({ j1, e1, j2, e2, j }) {
  const shift = (j1 + j2 - j) / 2;
  let flops = 0;
  for (let row = 0; 2 * row <= j; row++) {
    const last = 2 * row === j ? j / 2 : j;
    const count = Math.min(j1, row + shift) - Math.max(0, row + shift - j2) + 1;
    let columns = 0;
    for (let a = 0; a <= j1; a++) {
      const most = Math.min(j2, last + shift - a, j1 === j2 && e1 === e2 ? a : j2);
      columns += Math.max(0, most - Math.max(0, shift - a) + 1);
    }
    flops += columns * (8 * count + 4);
  }
  return flops;
}

/** Harmonics take about three (seven with gradients) multiply–adds, a radial function two, a coefficient of the density one or two. */
function flopsOf({ parameters: { twoJMax, chem, bnorm } }, nSpecies, nCenters, nPairs, mode) {
  const { values, gradients } = couplingsOf(twoJMax, chem ? nSpecies : 1, bnorm);
  const sum = (list) => list.reduce((total, coupling) => total + couplingFlops(coupling), 0);
  const coefficients = Array.from({ length: twoJMax + 1 }, (_, j) => (j + 1) ** 2).reduce((total, n) => total + n, 0);
  const [lm, radial] = [(twoJMax + 1) ** 2, ((twoJMax + 1) * (twoJMax + 2)) / 2];
  let [perCenter, perPair] = [sum(values), 6 * lm + 4 * radial + 2 * coefficients];
  if (mode !== "values") [perCenter, perPair] = [perCenter + sum(gradients), perPair + 14 * lm + 6 * radial];
  if (mode === "backward") perPair += 4 * coefficients;
  if (mode === "jacobian") perPair += 12 * coefficients + gradients.reduce((total, { j, terms }) => total + 6 * (j + 1) ** 2 + 6 * terms.length, 0);
  return nCenters * perCenter + nPairs * perPair;
}

const of = (twoJMax, others = {}) => ({ type: "bispectrum", twoJMax, rcutfac: 5, ...others });
const modes = ["values", "backward", "jacobian"];

const variants = [
  ...modes.map((mode) => [`bispectrum-6-si-${mode}`, "si", of(6), mode]),
  ...modes.map((mode) => [`bispectrum-8-si-${mode}`, "si", of(8), mode]),
  ...modes.slice(0, 2).map((mode) => [`bispectrum-4-3bpa-chem-${mode}`, "threeBpa", of(4, { chem: true }), mode]),
];

export const cases = variants.map(([name, set, parameters, mode]) => ({
  name,
  unit: "environment",
  run: async (context) => runDescriptor(context, await context.data[set](), parameters, mode, { direct: directBispectrum, flopsOf }),
}));
