// Cluster bases of one environment of one element as their definition has them, pair by pair of neighbors, to verify the routines before they are timed.

/**
 * @param descriptor cluster bases with the cutoff function poly4
 * @param neighbors [{ displacement }]
 * @returns Float64Array of its columns
 */
export function directCluster({ parameters: { cutoff, bases } }, _nSpecies, _centerSpecies, neighbors) {
  return Float64Array.from(bases.flatMap((basis) => (basis.body === 2 ? pairSums : tripletSums)(basis, cutoff.radius, neighbors)));
}

function radialOf({ radial, size, alpha, beta }, radius, { displacement }) {
  const r = Math.hypot(...displacement);
  const cutoff = Math.max(0, 1 - (r / radius) ** 2) ** 4;
  const functionOf = radial === "gaussian" ? (nu) => Math.exp(-alpha * beta ** nu * r * r) : (nu) => Math.cos(nu * Math.acos(Math.min(1, (2 * r) / radius - 1)));
  return Array.from({ length: size }, (_, nu) => cutoff * functionOf(nu));
}

function pairSums(basis, radius, neighbors) {
  const rows = neighbors.map((neighbor) => radialOf(basis, radius, neighbor));
  return Array.from({ length: basis.size }, (_, nu) => rows.reduce((sum, row) => sum + row[nu], 0));
}

function tripletSums(basis, radius, neighbors) {
  const { size, degrees } = basis;
  const rows = neighbors.map((neighbor) => radialOf(basis, radius, neighbor));
  const sums = [];
  for (let nu = 0; nu < size; nu++) {
    for (let mu = nu; mu < size; mu++) {
      for (const degree of degrees) {
        let sum = 0;
        for (let j = 0; j < rows.length; j++) {
          for (let k = j + 1; k < rows.length; k++) {
            const symmetric = 0.5 * (rows[j][nu] * rows[k][mu] + rows[j][mu] * rows[k][nu]);
            sum += symmetric * legendre(degree, cosine(neighbors[j].displacement, neighbors[k].displacement));
          }
        }
        sums.push(sum);
      }
    }
  }
  return sums;
}

function cosine(a, b) {
  return a.reduce((sum, x, axis) => sum + x * b[axis], 0) / (Math.hypot(...a) * Math.hypot(...b));
}

function legendre(degree, x) {
  let [before, value] = [0, 1];
  for (let l = 1; l <= degree; l++) [before, value] = [value, ((2 * l - 1) * x * value - (l - 1) * before) / l];
  return value;
}
