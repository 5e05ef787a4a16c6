// Symmetry functions of one environment by their formulas, to verify the routines before they are timed: radial and angular functions with the
// cosine cutoff function, which is what the cases use.

const zetas = [1, 2, 4, 16];
/** [η, r_s]: 8 radial functions. */
const g2 = [[0.01, 0], [0.05, 0], [0.2, 0], [1, 0], [4, 2], [4, 2.5], [4, 3.5], [4, 4.5]];
/** [η, ζ, λ]: 16 angular functions. */
const angular = [0.01, 0.05].flatMap((eta) => zetas.flatMap((zeta) => [[eta, zeta, 1], [eta, zeta, -1]]));

/** 8 radial and 16 narrow angular functions to 6 Å: 24 columns for one species, 192 for four. */
export const functions24 = { type: "acsf", cutoff: { radius: 6 }, g2, g4: angular };
/** The same with wide angular functions. */
export const wide24 = { type: "acsf", cutoff: { radius: 6 }, g2, g5: angular };

export function directAcsf({ parameters: { cutoff: { radius }, g2: radialList, g4, g5 } }, nSpecies, centerSpecies, neighbors) {
  const f = (r) => (r < radius ? 0.5 * (1 + Math.cos((Math.PI * r) / radius)) : 0);
  const atoms = neighbors.map(({ species, displacement }) => ({ species, d: displacement, r: Math.hypot(...displacement) }));
  const values = [];
  for (let a = 0; a < nSpecies; a++) {
    const own = atoms.filter(({ species }) => species === a);
    for (const { eta, shift } of radialList) values.push(own.reduce((sum, { r }) => sum + Math.exp(-eta * (r - shift) ** 2) * f(r), 0));
  }
  for (let outer = 0; outer < nSpecies; outer++) {
    for (let inner = 0; inner <= outer; inner++) {
      for (const [list, isNarrow] of [[g4, true], [g5, false]]) {
        for (const { eta, zeta, lambda } of list) {
          let sum = 0;
          atoms.forEach((j, i) => {
            for (const k of atoms.slice(i + 1)) {
              if (Math.min(j.species, k.species) !== inner || Math.max(j.species, k.species) !== outer) continue;
              const cosine = j.d.reduce((total, x, axis) => total + x * k.d[axis], 0) / (j.r * k.r);
              const between = Math.hypot(...j.d.map((x, axis) => x - k.d[axis]));
              const squares = j.r ** 2 + k.r ** 2 + (isNarrow ? between ** 2 : 0);
              sum += (1 + lambda * cosine) ** zeta * Math.exp(-eta * squares) * f(j.r) * f(k.r) * (isNarrow ? f(between) : 1);
            }
          });
          values.push(2 ** (1 - zeta) * sum);
        }
      }
    }
  }
  return Float64Array.from(values);
}
