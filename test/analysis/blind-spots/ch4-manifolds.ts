// CH4 with four H at 1.09 Å of C (Pozdnyakov et al., Phys. Rev. Lett. 125, 166001 (2020), doi:10.1103/PhysRevLett.125.166001): two grids of 81, of which
// frames 4, 13, …, 76 of one have the distances and angles of the same frames of the other. Energies (eV) of these are of density functional theory.
import { Dataset, type Structure } from "../../../src/structures/index.js";
import { makeStructure } from "../../models/systems.js";

export const EDGE = Array.from({ length: 9 }, (_, i) => 126 + 4.5 * i);
/** Frames whose fourth H is in the plane. */
export const inPlane = EDGE.map((_, i) => 4 + 9 * i);
export const energiesMinus = [5.078, 4.966, 4.834, 4.689, 4.534, 4.374, 4.211, 4.049, 3.888];
export const energiesPlus = [2.293, 2.309, 2.34, 2.385, 2.443, 2.514, 2.597, 2.689, 2.792];

/** Latitude and azimuth in degrees. */
export function direction(latitude: number, azimuth: number): [number, number, number] {
  const [l, p] = [latitude, azimuth].map((degrees) => (degrees * Math.PI) / 180);
  return [1.09 * Math.cos(l) * Math.cos(p), 1.09 * Math.cos(l) * Math.sin(p), 1.09 * Math.sin(l)];
}

export function methane(fourth: readonly number[], label: string, energy?: number): Structure {
  const positions = Float64Array.of(0, 0, 0, ...direction(67.5, 180), ...direction(-30, -36), ...direction(30, 36), ...fourth);
  const atoms = { atomicNumbers: Uint8Array.of(6, 1, 1, 1, 1), positions, cell: null, pbc: [false, false, false] as const, label };
  return makeStructure(atoms, energy === undefined ? {} : { energy });
}

/** 162 frames: first those with the fourth H at −φ, then those at φ. */
export function manifolds(): Dataset {
  const frames: Structure[] = [];
  for (const sign of [-1, 1]) {
    EDGE.forEach((azimuth, i) => {
      for (let k = 0; k < 9; k++) {
        const energy = k === 4 ? (sign < 0 ? energiesMinus : energiesPlus)[i] : undefined;
        frames.push(methane(direction(sign * (4.5 * k - 18), sign * azimuth), `${sign < 0 ? "minus" : "plus"} ${9 * i + k}`, energy));
      }
    });
  }
  return Dataset.from(frames);
}
