// What the host writes once about a power spectrum (`src/descriptors/power-spectrum/tables.ts`) and every routine reads.

/** How neighbors are processed together; slots of one species start at an even slot, so that two lanes never mix species. */
export const enum Chunk {
  slots = 32,
  /** bytes of one number of every slot */
  rowBytes = 256,
}
export const SLOTS: i32 = Chunk.slots;
export const ROW: usize = Chunk.rowBytes;

/** Weighting function of the neighbors. */
export const enum WeightingFunction {
  none,
  poly,
  pow,
  exp,
}

/** Which products of channels are features. */
export const enum ProductTriangle {
  upper,
  lower,
  /** the upper triangle of blocks, each of which is whole */
  blocks,
  all,
  /** the coefficients themselves are the features */
  none,
}

/** Parameters, tables, and where the parts of the scratch are. */
@unmanaged
export class PowerSpectrumTables {
  /** Cosine cutoff function, Å */
  cosineStart: f64;
  cosineEnd: f64;
  /** vectors of this length or less are not normalised */
  normFloor: f64;
  /** blocks of channels, one per species that the density resolves */
  nBlocks: i32;
  /** the stride of one block in the channels: the largest number of radial functions, padded to even */
  nRadial: i32;
  lMax: i32;
  /** features before the projection; as many as features where there is none */
  nProducts: i32;
  nFeatures: i32;
  /** a WeightingFunction */
  weighting: i32;
  /** 1: cosine cutoff function */
  cosine: i32;
  normalize: i32;
  /** a ProductTriangle */
  triangle: i32;
  /** 1: channels are mixed before the product */
  mixed: i32;
  /** channels of the density: nBlocks · nRadial */
  nChannels: i32;
  /** channels of the factors, padded to even */
  nLeft: i32;
  nRight: i32;
  nLeftMix: i32;
  nRightMix: i32;
  nRuns: i32;
  /** 0: the features are the products */
  nProjection: i32;
  /** 1: the center atom adds to every block, not to that of its species alone */
  centerInAll: i32;
  harmonics: usize;
  /** u32 [nBlocks]: the radial table of each block, TableSegment [segments + 1] */
  radial: usize;
  /** f64 [nBlocks × nRadial]: what the center atom adds to l = 0 */
  center: usize;
  /** MixEntry [nLeftMix] */
  leftMix: usize;
  /** MixEntry [nRightMix] */
  rightMix: usize;
  /** Run [nRuns] */
  runs: usize;
  /** i32 [nBlocks]: species index of each block; neighbors of other species are invisible */
  species: usize;
  /** Weighting [nBlocks] */
  weights: usize;
  /** ProjectionEntry [nProjection], ascending in the feature */
  projection: usize;
  // offsets into the scratch
  /** i32: block, position */
  cursorAt: usize;
  /** i32 [SLOTS]: pair of each slot, −1 for padding */
  slotPairAt: usize;
  /** i32: count, then (block, first slot) …, end */
  groupsAt: usize;
  /** rows x, y, z, r, 1/r */
  geometryAt: usize;
  /** Y, ∂x, ∂y, ∂z: [4][lm] rows */
  harmonicsAt: usize;
  legendreAt: usize;
  /** [slot][l][n]; the derivative routines keep u and v here */
  radialAt: usize;
  radial2At: usize;
  /** [nLeft][nRight] */
  productAt: usize;
  /** work rows over channels */
  channelsAt: usize;
  /** rows over slots: u, v as [l][n], then their contractions [lm] */
  pairedAt: usize;
  /** three rows of products, for what is projected or gathered */
  productsAt: usize;
  /** ∂E/∂c and its mixed parts, one for each of several gradients: the last part */
  gradientAt: usize;
}

/** Consecutive columns of one row of the product of channels, and where they go: `feature`, `step` per column, `stepL` per l. */
@unmanaged
export class Run {
  /** factor of products of two different channels */
  offDiagonal: f64;
  row: i32;
  column: i32;
  count: i32;
  feature: i32;
  step: i32;
  stepL: i32;
}

/** Channel `to` of a factor takes `weight` times channel `from` of the density. */
@unmanaged
export class MixEntry {
  from: i32;
  to: i32;
  weight: f64;
}

/** A feature takes `weight` times a product. */
@unmanaged
export class ProjectionEntry {
  feature: i32;
  product: i32;
  weight: f64;
}

/** Parameters of the weighting function of a block's species. */
@unmanaged
export class Weighting {
  c: f64;
  d: f64;
  m: f64;
  r0: f64;
}

/** Bytes of one set of coefficients with `channels` channels. */
// @ts-ignore: decorator
@inline
export function coefficientBytes(tables: PowerSpectrumTables, channels: i32): usize {
  const l1 = tables.lMax + 1;
  return <usize>(l1 * l1 * channels) << 3;
}

/** Bytes of ∂E/∂c and its mixed parts. */
// @ts-ignore: decorator
@inline
export function gradientBytes(tables: PowerSpectrumTables): usize {
  return coefficientBytes(tables, tables.nChannels + tables.nLeft + tables.nRight);
}

/**
 * State of one center: the norm that its features were divided by, 0 for none (64 bytes), the coefficients, and the mixed ones where
 * channels are mixed.
 */
// @ts-ignore: decorator
@inline
export function stateBytes(tables: PowerSpectrumTables): usize {
  let channels = tables.nChannels;
  if (tables.mixed) channels += tables.nLeft + tables.nRight;
  return 64 + coefficientBytes(tables, channels);
}
