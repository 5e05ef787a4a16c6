// The bispectrum (SNAP) on real data, one thread: 2J = 6 and 8 in silicon at 5 Å, as LAMMPS was measured; four species with a density each.
import { runDescriptor } from "./descriptor-run.mjs";
import { directBispectrum } from "./direct-bispectrum.mjs";

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
  run: async (context) => runDescriptor(context, await context.data[set](), parameters, mode, { direct: directBispectrum }),
}));
