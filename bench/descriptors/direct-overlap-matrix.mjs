// Moments of the overlap matrix of one environment as their definition has them, traces of powers, to verify the routines before they are timed.
import { covalentRadius } from "../../dist/structures/index.js";

/**
 * @param descriptor moments of an overlap matrix of silicon
 * @param neighbors [{ displacement }]
 * @returns Float64Array of its columns
 */
export function directOverlapMatrix({ parameters: { orbitals, cutoff, widths = covalentRadius(14), moments } }, _nSpecies, _centerSpecies, neighbors) {
  const alpha = 1 / (2 * widths ** 2);
  const atoms = [{ position: [0, 0, 0], weight: 1 }];
  for (const { displacement } of neighbors) {
    const u = 1 - (Math.hypot(...displacement) / cutoff.radius) ** 2;
    if (u > 0) atoms.push({ position: displacement, weight: u ** cutoff.exponent });
  }
  const functions = atoms.flatMap((atom) => (orbitals === "s" ? [0] : [0, 1, 2, 3]).map((orbital) => ({ ...atom, orbital })));
  const matrix = functions.map((p) => functions.map((q) => p.weight * q.weight * overlap(p, q, alpha)));
  return tracesOf(matrix, moments);
}

/** Of equal exponents: μ = α/2. */
function overlap(p, q, alpha) {
  const d = p.position.map((x, k) => x - q.position[k]);
  const s = Math.exp((-alpha / 2) * d.reduce((sum, x) => sum + x * x, 0));
  const [a, b] = [p.orbital, q.orbital];
  if (a === 0 && b === 0) return s;
  if (a === 0) return Math.sqrt(alpha) * d[b - 1] * s;
  if (b === 0) return -Math.sqrt(alpha) * d[a - 1] * s;
  return s * (Number(a === b) - alpha * d[a - 1] * d[b - 1]);
}

function tracesOf(matrix, count) {
  const n = matrix.length;
  let power = matrix;
  return Float64Array.from({ length: count }, (_, k) => {
    if (k > 0) power = power.map((row) => Array.from({ length: n }, (__, j) => row.reduce((sum, value, i) => sum + value * matrix[i][j], 0)));
    return power.reduce((sum, row, i) => sum + row[i], 0);
  });
}
