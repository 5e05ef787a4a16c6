// Lowest errors on the test structures of Zuo et al. that we know of, mean absolute: energies in meV/atom, forces in eV/Å.
// Energies: GAP of Zuo et al. (J. Phys. Chem. A 124, 731 (2020)) for Mo; MTP of the same for Ge; else ACE with about 1000 functions (Witt et al.,
// J. Chem. Phys. 159, 164101 (2023)), from memory. Forces: MTP for Mo, Si and Ge, computed again from the published potentials; else that ACE.
export const bestKnown = {
  Ni: { energy: 0.34, forces: 0.014 },
  Cu: { energy: 0.228, forces: 0.005 },
  Li: { energy: 0.165, forces: 0.005 },
  Mo: { energy: 2.24, forces: 0.087 },
  Si: { energy: 2.147, forces: 0.056 },
  Ge: { energy: 1.79, forces: 0.0465 },
};
