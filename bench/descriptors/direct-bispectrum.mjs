// Bispectrum components of one environment as their definition has them, to verify the routines before they are timed: U by recursion in J
// for each neighbor, sums over all rows and columns. Knows one radius and weight for all species, and chem with a channel for each species.
import { clebschGordan } from "../../dist/math/clebsch-gordan.js";

/**
 * @param descriptor a bispectrum
 * @param neighbors [{ species, displacement }], species as indices below nSpecies
 * @returns Float64Array of the components, in the order of LAMMPS
 */
export function directBispectrum({ parameters: { twoJMax, rcutfac, rfac0, chem } }, nSpecies, centerSpecies, neighbors) {
  const nElements = chem ? nSpecies : 1;
  const totals = Array.from({ length: nElements }, (_, element) => total(twoJMax, !chem || element === centerSpecies ? 1 : 0));
  for (const { species, displacement } of neighbors) {
    const x = Math.hypot(...displacement) / rcutfac;
    const weight = 0.5 * (1 + Math.cos(Math.PI * x));
    add(totals[chem ? species : 0], rotationMatrices(twoJMax, displacement, rfac0 * Math.PI * x), weight);
  }
  const row = [];
  for (let e1 = 0; e1 < nElements; e1++)
    for (let e2 = 0; e2 < nElements; e2++)
      for (let e3 = 0; e3 < nElements; e3++) {
        const isZero = !chem || [e1, e2, e3].every((element) => element === centerSpecies);
        for (let j1 = 0; j1 <= twoJMax; j1++)
          for (let j2 = 0; j2 <= j1; j2++)
            for (let j = j1 - j2; j <= Math.min(twoJMax, j1 + j2); j += 2)
              if (j >= j1) row.push(component(totals[e1][j1], totals[e2][j2], totals[e3][j], j1, j2, j) - (isZero ? j + 1 : 0));
      }
  return Float64Array.from(row);
}

/** [J][(row (J + 1) + column) 2] */
const total = (twoJMax, self) =>
  Array.from({ length: twoJMax + 1 }, (_, j) => Float64Array.from({ length: 2 * (j + 1) ** 2 }, (__, i) => (i % (2 * (j + 2)) === 0 ? self : 0)));

function add(totals, matrices, weight) {
  matrices.forEach((matrix, j) => matrix.forEach((value, i) => (totals[j][i] += weight * value)));
}

function rotationMatrices(twoJMax, [x, y, z], theta) {
  const r = Math.hypot(x, y, z);
  const [c, s] = [Math.cos(theta), Math.sin(theta) / r];
  const [ar, ai, br, bi] = [c, s * z, s * y, s * x];
  const list = [Float64Array.of(1, 0)];
  for (let j = 1; j <= twoJMax; j++) {
    const [before, u] = [list[j - 1], new Float64Array(2 * (j + 1) ** 2)];
    for (let mu = 0; mu < j; mu++)
      for (let nu = 0; nu < j; nu++) {
        const [p, q] = before.subarray(2 * (mu * j + nu), 2 * (mu * j + nu) + 2);
        const [here, next] = [Math.sqrt((j - nu) / (j - mu)), -Math.sqrt((nu + 1) / (j - mu))];
        const at = 2 * (mu * (j + 1) + nu);
        u[at] += here * (ar * p - ai * q);
        u[at + 1] += here * (ar * q + ai * p);
        u[at + 2] += next * (br * p - bi * q);
        u[at + 3] += next * (br * q + bi * p);
      }
    for (let nu = 0; nu <= j; nu++) {
      const [to, from, sign] = [2 * (j * (j + 1) + j - nu), 2 * nu, (-1) ** nu];
      u[to] = sign * u[from];
      u[to + 1] = -sign * u[from + 1];
    }
    list.push(u);
  }
  return list;
}

function component(first, second, third, j1, j2, j) {
  const shift = (j1 + j2 - j) / 2;
  const pairs = [];
  for (let a = 0; a <= j1; a++)
    for (let b = Math.max(0, shift - a); b <= Math.min(j2, j + shift - a); b++)
      pairs.push([a, b, clebschGordan(j1, 2 * a - j1, j2, 2 * b - j2, j, 2 * (a + b - shift) - j)]);
  let sum = 0;
  for (const [a, b, rows] of pairs)
    for (const [c, d, columns] of pairs) {
      const [p, q, u] = [2 * (a * (j1 + 1) + c), 2 * (b * (j2 + 1) + d), 2 * ((a + b - shift) * (j + 1) + c + d - shift)];
      const real = first[p] * second[q] - first[p + 1] * second[q + 1];
      const imaginary = first[p] * second[q + 1] + first[p + 1] * second[q];
      sum += rows * columns * (real * third[u] + imaginary * third[u + 1]);
    }
  return sum;
}
