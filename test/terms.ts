import type { ModelSection, SparseGpModelOptions } from "../src/fit/index.js";

/** The terms of a request for a sparse Gaussian process. */
export function termsOf({ model }: { readonly model: ModelSection }): SparseGpModelOptions["terms"] {
  return model.terms as SparseGpModelOptions["terms"];
}
