// Overlap matrix of silicon, one thread, 5 Å: 27.1 neighbors. Moments, since close eigenvalues bend too much for
// differences; the eigenvalues themselves take the same time.
import { runDescriptor } from "./descriptor-run.mjs";
import { directOverlapMatrix } from "./direct-overlap-matrix.mjs";

const of = (orbitals) => ({ type: "overlap-matrix", orbitals, cutoff: { radius: 5 }, maxNeighbors: 40, form: "moments", moments: 8 });

const variants = ["s", "sp"].flatMap((orbitals) => ["values", "backward", "jacobian"].map((mode) => [`overlap-${orbitals}-si-${mode}`, of(orbitals), mode]));

export const cases = variants.map(([name, parameters, mode]) => ({
  name,
  unit: "environment",
  run: async (context) => runDescriptor(context, await context.data.si(), parameters, mode, { direct: directOverlapMatrix }),
}));
