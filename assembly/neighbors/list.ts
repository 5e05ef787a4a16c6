// What both ways of finding pairs, and those who use them, share.

/** Neighbors of each center in compressed rows: pairs of center c are offsets[c] … offsets[c + 1] − 1. */
@unmanaged
export class NeighborList {
  nAtoms: i32;
  nCenters: i32;
  /** while the list is made: room for pairs */
  nPairs: i32;
  /** i32 [nCenters]: the atom that a center is, or −1 */
  centerAtoms: usize;
  /** i32 [nCenters + 1] */
  offsets: usize;
  /** i32 [nPairs] */
  neighborAtoms: usize;
  /** i32 [nPairs × 3]: lattice vectors of the caller, added to the position of the neighbor */
  shifts: usize;
  /** f64 [nPairs] each, Å: from the center to the neighbor */
  dx: usize;
  dy: usize;
  dz: usize;
  distances: usize;
}

/** Work memory of a search, and what it finds out about itself. */
@unmanaged
export class SearchScratch {
  /** Segment [maxSegments]: those around a cell */
  segments: usize;
  maxSegments: i32;
  /** i64 [maxHits]: neighbors of one center before they are written out */
  hits: usize;
  maxHits: i32;
  /** out: room for hits that the most crowded center needs */
  hitsNeeded: i32;
  /** out: the center that COINCIDENT_ATOMS is about */
  culprit: i32;
}
