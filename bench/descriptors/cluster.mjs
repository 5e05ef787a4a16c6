// Cluster bases of molybdenum, one thread, 5 Å: eight Gaussians, sixteen Chebyshev polynomials, three-body functions.
import { directCluster } from "./direct-cluster.mjs";
import { runDescriptor } from "./descriptor-run.mjs";

const of = (...bases) => ({ type: "cluster", cutoff: { radius: 5 }, bases });

const sets = {
  g8: of({ size: 8 }),
  c16: of({ radial: "chebyshev", size: 16 }),
  t4: of({ body: 3, size: 4, degrees: [0, 1, 2, 3] }),
};

const variants = Object.entries(sets).flatMap(([name, parameters]) => ["values", "backward", "jacobian"].map((mode) => [`cluster-${name}-mo-${mode}`, parameters, mode]));

export const cases = variants.map(([name, parameters, mode]) => ({
  name,
  unit: "environment",
  run: async (context) => runDescriptor(context, await context.data.mo(), parameters, mode, { direct: directCluster }),
}));
