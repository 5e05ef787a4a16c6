// The task with which the descriptor contract runs plans on worker threads, defined once per module tree (source and dist/).
export function defineDescribeTask({ defineTask }, { attachDescriptor }) {
  /** Values, then backward, of a part of a batch. */
  return defineTask("test/describe", ({ wasm, scratch }, { plan, batch, values, gradients, backward }) => {
    const evaluator = attachDescriptor(wasm, plan);
    const state = scratch.allocate(evaluator.stateBytes(batch.nCenters));
    evaluator.values(batch, values, state, scratch);
    evaluator.backward(batch, values, state, gradients, backward, scratch);
  });
}
