// The plan: one block of parameters, table pointers and scratch offsets that the host writes once
// (`src/descriptors/power-spectrum/plan.ts`, same slots) and every routine reads.

/** Neighbors processed together; slots of one species start at an even slot, so that two lanes never mix species. */
export const SLOTS: i32 = 32;
/** Bytes of one row of slots. */
export const ROW: usize = 256;

// i32 slots
export const N_BLOCKS: i32 = 0; // blocks of channels, one per species that the density resolves
export const N_RADIAL: i32 = 1; // the stride of one block in the channels: the largest number of radial functions, padded to even
export const L_MAX: i32 = 2;
export const N_PRODUCTS: i32 = 3; // features before the projection; as many as features where there is none
export const N_FEATURES: i32 = 4;
export const WEIGHTING: i32 = 5; // 0 none, 1 poly, 2 pow, 3 exp
export const COSINE: i32 = 6; // 1: cosine cutoff function
export const NORMALIZE: i32 = 7;
export const TRIANGLE: i32 = 8; // which products of channels are features: 0 upper, 1 lower, 2 all
export const MIXED: i32 = 9; // 1: channels are mixed before the product
export const K: i32 = 10; // channels of the density: N_BLOCKS · N_RADIAL
export const K1: i32 = 11; // channels of the left factor, padded to even
export const K2: i32 = 12; // channels of the right factor, padded to even
export const N_MIX1: i32 = 13;
export const N_MIX2: i32 = 14;
export const N_RUNS: i32 = 15;
// pointers
export const HARMONICS: i32 = 16;
export const RADIAL: i32 = 17; // i32 [block]: pointers to the segments of the spline tables, see radial.ts
export const CENTER: i32 = 18; // f64 [block][N_RADIAL]: what the center atom adds to l = 0
export const MIX1: i32 = 19; // entries of 16 bytes: i32 from, i32 to, f64 weight
export const MIX2: i32 = 20;
export const RUNS: i32 = 21; // i32 × 6: row, first column, count, feature, feature step per column, feature step per l
export const SPECIES: i32 = 22; // i32 [block]: species index of each block; neighbors of other species are invisible
export const WEIGHTS: i32 = 23; // f64 [block][4]: c, d, m, r0 of the weighting function
export const PROJECTION: i32 = 24; // entries of 16 bytes, ascending in `feature`: i32 feature, i32 product, f64 weight
export const N_PROJECTION: i32 = 25; // 0: the features are the products
// offsets into scratch
export const S_CURSOR: i32 = 26; // i32: block, position
export const S_SLOT_PAIR: i32 = 27; // i32 [SLOTS]: pair of each slot, −1 for padding
export const S_GROUPS: i32 = 28; // i32: count, then (block, first slot) …, end
export const S_GEOMETRY: i32 = 29; // rows x, y, z, r, 1/r
export const S_HARMONICS: i32 = 30; // Y, ∂x, ∂y, ∂z: [4][lm] rows
export const S_LEGENDRE: i32 = 31;
export const S_RADIAL: i32 = 32; // [slot][l][n]; the derivative routines keep u and v here
export const S_RADIAL2: i32 = 33;
export const S_PRODUCT: i32 = 34; // [K1][K2]
export const S_CHANNELS: i32 = 35; // work rows over channels
export const S_PAIRED: i32 = 36; // rows over slots: u, v as [l][n], then their contractions [lm]
export const S_GRADIENT: i32 = 37; // ∂E/∂c and its mixed parts
export const S_PRODUCTS: i32 = 38; // three rows of products, for what is projected or gathered
export const S_BYTES: i32 = 39;

// f64 slots, from byte 256
export const COSINE_START: i32 = 0;
export const COSINE_END: i32 = 1;
export const OFF_DIAGONAL: i32 = 2; // factor of features of two different channels (√2 in QUIP's convention)
export const NORM_FLOOR: i32 = 3; // vectors of this length or less are not normalised

// @ts-ignore: decorator
@inline
export function integer(plan: usize, slot: i32): i32 {
  return load<i32>(plan + (<usize>slot << 2));
}

// @ts-ignore: decorator
@inline
export function pointer(plan: usize, slot: i32): usize {
  return <usize>load<u32>(plan + (<usize>slot << 2));
}

// @ts-ignore: decorator
@inline
export function real(plan: usize, slot: i32): f64 {
  return load<f64>(plan + 256 + (<usize>slot << 3));
}

/** Bytes of one set of coefficients with `channels` channels. */
// @ts-ignore: decorator
@inline
export function coefficientBytes(plan: usize, channels: i32): usize {
  const l1 = integer(plan, L_MAX) + 1;
  return <usize>(l1 * l1 * channels) << 3;
}

/**
 * State of one center: the norm that its features were divided by, 0 for none (64 bytes), the coefficients, and the mixed ones where
 * channels are mixed.
 */
// @ts-ignore: decorator
@inline
export function stateBytes(plan: usize): usize {
  let channels = integer(plan, K);
  if (integer(plan, MIXED)) channels += integer(plan, K1) + integer(plan, K2);
  return 64 + coefficientBytes(plan, channels);
}

// Environments: eight i32 pointers, in the order of `EnvironmentBatch`.
export const E_CENTER_SPECIES: i32 = 0;
export const E_OFFSETS: i32 = 1;
export const E_NEIGHBOR_SPECIES: i32 = 2;
export const E_DX: i32 = 3;
export const E_DY: i32 = 4;
export const E_DZ: i32 = 5;
export const E_DISTANCES: i32 = 6;
