// The task with which the descriptor contract runs tables on worker threads, defined once per module tree (source and dist/).
export function defineDescribeTask({ defineTask }, { attachDescriptor, stateBytes }) {
  /** Values, then backward, of a part of a batch. */
  return defineTask("test/describe", ({ wasm, scratch }, { tables, batch, values, gradients, backward }) => {
    const evaluator = attachDescriptor(wasm, tables);
    const state = scratch.allocate(stateBytes(tables.stateSize, batch));
    evaluator.values(batch, values, state, scratch);
    evaluator.backward(batch, values, state, gradients, backward, scratch);
  });
}
