// The task of the case with two threads: values of some structures. Every worker thread imports this module.
import { attachDescriptor } from "../../dist/descriptors/index.js";
import { defineTask } from "../../dist/parallel/index.js";

export const describeTask = defineTask("bench/describe", ({ wasm, scratch }, { plan, parts }) => {
  const evaluator = attachDescriptor(wasm, plan);
  const most = Math.max(...parts.map(({ batch }) => batch.nCenters));
  const state = scratch.allocate(evaluator.stateBytes(most));
  for (const { batch, out } of parts) evaluator.values(batch, out, state, scratch);
});
