import type { Arena, Pointer } from "../wasm/memory.js";
import type { DescriptorEvaluator } from "./descriptor.js";
import type { DescribedBatch } from "./rows.js";

/**
 * `backward` for several gradients of the same rows, in one pass where the descriptor has one, with the same bits as one by one.
 * @param gradients f64 [members × nRows × nFeatures]
 * @param out f64 [members × nPairs × 3]
 */
export function backwardOfSeveral(
  descriptor: DescriptorEvaluator, { batch, values, state }: DescribedBatch, members: number, gradients: Pointer, out: Pointer, scratch: Arena,
): void {
  if (members > 1 && descriptor.backwardSeveral) return descriptor.backwardSeveral(batch, values, state, members, gradients, out, scratch);
  for (let k = 0; k < members; k++) {
    const own = gradients + 8 * k * batch.rows.nRows * descriptor.tables.nFeatures;
    descriptor.backward(batch, values, state, own, out + 24 * k * batch.nPairs, scratch);
  }
}
