// Features that are linear combinations of products of channels: x = P p with a sparse matrix P of the plan.
import { N_FEATURES, N_PRODUCTS, N_PROJECTION, PROJECTION, S_PRODUCTS, integer, pointer } from "./plan";

/** out[feature] = Σ P[feature][product] products[product] */
export function projectProducts(plan: usize, products: usize, out: usize): void {
  memory.fill(out, 0, <usize>integer(plan, N_FEATURES) << 3);
  let entry = pointer(plan, PROJECTION);
  const end = entry + (<usize>integer(plan, N_PROJECTION) << 4);
  for (; entry < end; entry += 16) {
    const target = out + (<usize>load<i32>(entry) << 3);
    const product = products + (<usize>load<i32>(entry, 4) << 3);
    store<f64>(target, load<f64>(target) + load<f64>(entry, 8) * load<f64>(product));
  }
}

/** The reverse: products[product] = Σ P[feature][product] features[feature] */
export function spreadFeatures(plan: usize, features: usize, products: usize): void {
  memory.fill(products, 0, <usize>integer(plan, N_PRODUCTS) << 3);
  let entry = pointer(plan, PROJECTION);
  const end = entry + (<usize>integer(plan, N_PROJECTION) << 4);
  for (; entry < end; entry += 16) {
    const target = products + (<usize>load<i32>(entry, 4) << 3);
    const feature = features + (<usize>load<i32>(entry) << 3);
    store<f64>(target, load<f64>(target) + load<f64>(entry, 8) * load<f64>(feature));
  }
}

/** Row 0, 1 or 2 of products in the scratch. */
// @ts-ignore: decorator
@inline
export function productRow(plan: usize, row: i32, scratch: usize): usize {
  return scratch + pointer(plan, S_PRODUCTS) + (<usize>(row * integer(plan, N_PRODUCTS)) << 3);
}
