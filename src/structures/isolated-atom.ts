import type { Dataset } from "./dataset.js";

const NAME = /^isolated[-_ ]?atom$/iu;

/**
 * Whether structure `index` is a single atom that is alone: not periodic, or with a `config_type` that says so (`IsolatedAtom`), as in
 * files whose atoms stand in large periodic cells. Its energy may serve as isolated-atom energy, so it belongs to the training data.
 */
export function isIsolatedAtom(dataset: Dataset, index: number): boolean {
  if (dataset.atomCount(index) !== 1) return false;
  const isPeriodic = dataset.pbc.subarray(3 * index, 3 * index + 3).includes(1);
  return !isPeriodic || NAME.test(dataset.configTypes[index]);
}
