// The audit of SOAP (case A) on all environments of silicon, costs included, on two threads; no cache.
import { auditDescriptor } from "../../dist/audit/index.js";
import { createDescriptor } from "../../dist/descriptors/index.js";

const soap = { type: "soap", basis: "equispaced-gaussian", nMax: 8, lMax: 6, sigma: 0.5, cutoff: { radius: 5 } };

export const cases = [
  {
    name: "audit-si",
    unit: "audit",
    async run({ createExecutor, smoke, data, measureBoth, verify }) {
      const threads = 2;
      const executor = await createExecutor({ threads });
      try {
        const dataset = await data.si();
        let audit;
        const once = { minimumSeconds: 0, minimumRuns: 1, maximumRuns: 1, warmup: false };
        const measured = await measureBoth(async () => (audit = await auditDescriptor(dataset, createDescriptor(soap), executor, { isQuick: smoke })), once);
        const { linear, functional, blind } = audit;
        verify(linear.columns === 252 && linear.needed[0].components < linear.needed[1].components && linear.needed[1].components < 252, "more components for smaller errors, and fewer than columns");
        verify(functional.rank <= Math.min(functional.moves, functional.columns), "a rank is not larger than its matrix");
        verify(blind.identical === 0, "no two environments of silicon have equal rows");
        return { count: 1, ...measured, threads, verified: true };
      } finally {
        await executor.close();
      }
    },
  },
];
