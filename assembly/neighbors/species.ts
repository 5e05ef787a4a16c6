import { INVALID_ARGUMENT, OK } from "../status";

/** species of each indexed atom, −1 for index −1. atoms: i32 [n]; species: i32 [nAtoms]; out: i32 [n]. */
export function gatherSpecies(n: i32, nAtoms: i32, atoms: usize, species: usize, out: usize): i32 {
  for (let k: usize = 0; k < <usize>n; k++) {
    const atom = load<i32>(atoms + (k << 2));
    if (atom >= nAtoms) return INVALID_ARGUMENT;
    store<i32>(out + (k << 2), atom < 0 ? -1 : load<i32>(species + (<usize>atom << 2)));
  }
  return OK;
}
