// The task of the case with two threads: values of some structures. Every worker thread imports this module.
import { attachDescriptor, stateBytes } from "../../dist/descriptors/index.js";
import { defineTask } from "../../dist/parallel/index.js";

export const describeTask = defineTask("bench/describe", ({ wasm, scratch }, { tables, parts }) => {
  const evaluator = attachDescriptor(wasm, tables);
  const most = Math.max(...parts.map(({ batch }) => stateBytes(tables.stateSize, batch)));
  const state = scratch.allocate(most);
  for (const { batch, out } of parts) evaluator.values(batch, out, state, scratch);
});
