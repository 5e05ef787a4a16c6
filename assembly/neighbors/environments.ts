/** Centers with their neighbors, as every descriptor reads them: pairs of center c are offsets[c] … offsets[c + 1] − 1. */
@unmanaged
export class Environments {
  /** i32 [nCenters]: species index; −1 where the center is not an atom */
  centerSpecies: usize;
  /** i32 [nCenters + 1] */
  offsets: usize;
  /** i32 [nPairs] */
  neighborSpecies: usize;
  /** f64 [nPairs] each, Å: from the center to the neighbor */
  dx: usize;
  dy: usize;
  dz: usize;
  distances: usize;
}
