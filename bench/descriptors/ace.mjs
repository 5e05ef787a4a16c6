// The atomic cluster expansion in silicon, one thread: the small and the large basis of Witt et al. (319 and 1041 columns), 6 Å.
import { runDescriptor } from "./descriptor-run.mjs";
import { directAce } from "./direct-ace.mjs";

const sets = { small: [20, 16, 12], large: [25, 21, 17] };
const variants = Object.keys(sets).flatMap((name) => ["values", "backward", "jacobian"].map((mode) => [name, mode]));

export const cases = variants.map(([name, mode]) => ({
  name: `ace-${name}-si-${mode}`,
  unit: "environment",
  run: async (context) => runDescriptor(context, await context.data.si(), { type: "ace", cutoff: { radius: 6 }, degree: sets[name] }, mode, { direct: directAce }),
}));
