// Features that are linear combinations of products of channels: x = P p with a sparse matrix P of the tables.
import { recordAt } from "../../records";
import { PowerSpectrumTables, ProjectionEntry } from "./tables";

/** out[feature] = Σ P[feature][product] products[product] */
export function projectProducts(tables: PowerSpectrumTables, products: usize, out: usize): void {
  memory.fill(out, 0, <usize>tables.nFeatures << 3);
  const entries = tables.projection;
  const nEntries = tables.nProjection;
  for (let e = 0; e < nEntries; e++) {
    const entry = recordAt<ProjectionEntry>(entries, e);
    const target = out + (<usize>entry.feature << 3);
    const product = products + (<usize>entry.product << 3);
    store<f64>(target, load<f64>(target) + entry.weight * load<f64>(product));
  }
}

/** The reverse: products[product] = Σ P[feature][product] features[feature] */
export function spreadFeatures(tables: PowerSpectrumTables, features: usize, products: usize): void {
  memory.fill(products, 0, <usize>tables.nProducts << 3);
  const entries = tables.projection;
  const nEntries = tables.nProjection;
  for (let e = 0; e < nEntries; e++) {
    const entry = recordAt<ProjectionEntry>(entries, e);
    const target = products + (<usize>entry.product << 3);
    const feature = features + (<usize>entry.feature << 3);
    store<f64>(target, load<f64>(target) + entry.weight * load<f64>(feature));
  }
}

/** Row 0, 1 or 2 of products in the scratch. */
// @ts-ignore: decorator
@inline
export function productRow(tables: PowerSpectrumTables, row: i32, scratch: usize): usize {
  return scratch + tables.productsAt + (<usize>(row * tables.nProducts) << 3);
}
