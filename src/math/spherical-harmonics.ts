/**
 * Coefficients for the routines of `assembly/math/spherical-harmonics.ts`: for m = 0…L and l = m…L four numbers. With
 * N_l^m = √((2l+1)/(4π) (l−m)!/(l+m)! (2 if m > 0)) and Q_l^m = P_l^m / sin^m θ without the Condon–Shortley phase these are, for
 * l > m, a and b of N Q_l = a z (N Q)_{l−1} − b (N Q)_{l−2}, then the factors that make ∂(N Q_l^m)/∂z of (N Q)_{l−1}^m and
 * −∂(N Q_l^m)/∂x / x of (N Q)_{l−1}^{m+1}; for l = m the first is the value (2m−1)!! N_m^m.
 * Bigi et al., J. Chem. Phys. 159, 064802 (2023), doi:10.1063/5.0156307.
 */
export function harmonicsTable(lMax: number): Float64Array {
  const table = new Float64Array(2 * (lMax + 1) * (lMax + 2));
  let at = 0;
  let diagonal = 0.5 / Math.sqrt(Math.PI); // (2m−1)!! N_m^m
  for (let m = 0; m <= lMax; m++) {
    if (m > 0) diagonal *= Math.sqrt((2 * m + 1) / (2 * m)) * (m === 1 ? Math.SQRT2 : 1);
    for (let l = m; l <= lMax; l++, at += 4) {
      if (l === m) {
        table[at] = diagonal;
      } else {
        table[at] = ((2 * l - 1) / (l - m)) * normRatio(l, m, 1);
        table[at + 1] = l - 2 >= m ? ((l + m - 1) / (l - m)) * normRatio(l, m, 2) : 0;
      }
      table[at + 2] = l > m ? (l + m) * normRatio(l, m, 1) : 0;
      table[at + 3] = l > m + 1 ? Math.sqrt(((2 * l + 1) / (2 * l - 1)) * (l - m) * (l - m - 1)) * upwardFactor(m) : 0;
    }
  }
  return table;
}

/** N_l^m / N_{l−k}^m */
function normRatio(l: number, m: number, k: number): number {
  let ratio = (2 * l + 1) / (2 * (l - k) + 1);
  for (let j = 0; j < k; j++) ratio *= (l - j - m) / (l - j + m);
  return Math.sqrt(ratio);
}

/** The √2 that N_l^m lacks for m = 0 but N_{l−1}^{m+1} has. */
function upwardFactor(m: number): number {
  return m === 0 ? Math.SQRT1_2 : 1;
}
