// What the host writes once about an overlap matrix (`src/descriptors/overlap-matrix/tables.ts`) and every routine reads.

/** What columns are of the eigenvalues λ. */
export const enum SpectrumForm {
  /** λ themselves, descending, then zeros */
  eigenvalues,
  /** Σ λ^k, k = 1, 2, … */
  moments,
  /** Σ λ exp(−(λ − x_k)²/2w²) */
  smoothed,
}

@unmanaged
export class OverlapTables {
  /** Å: R_c */
  cutoff: f64;
  /** of `smoothed`: 1/(2 w²) */
  sharpness: f64;
  /** p of f = (1 − r²/R_c²)^p */
  exponent: i32;
  /** of an atom: 1 (s) or 4 (s, p_x, p_y, p_z) */
  orbitals: i32;
  /** a SpectrumForm */
  form: i32;
  nFeatures: i32;
  /** f64 [nSpecies], 1/Å²: α */
  alphas: usize;
  /** f64 [nFeatures]: x_k of `smoothed` */
  places: usize;
  /** bytes from the start of the scratch: rows over atoms */
  atomsAt: i32;
  /** rows over the neighbors of one of them */
  pairsAt: i32;
  /** f64 [n × n] */
  matrixAt: i32;
  /** f64 [n] */
  valuesAt: i32;
  /** f64 [n × n]: eigenvectors in rows */
  vectorsAt: i32;
  /** f64 [3 × n × n] */
  slopesAt: i32;
  /** f64 [3 × n × n]: slopes times vectors, or weights of the elements */
  productsAt: i32;
  /** f64 [n], then f64 [nFeatures] */
  numbersAt: i32;
  /** of eigenvalues and products */
  workAt: i32;
  /** numbers of a row over atoms: even, and more than `mostAtoms` */
  stride: i32;
  /** atoms that there is room for */
  mostAtoms: i32;
}
