import { unitFactor } from "../../units.js";
import { inverseCell, isSingular } from "../cell.js";
import { covalentRadius } from "../covalent-radii.js";
import type { Dataset } from "../dataset.js";
import { symbolOf } from "../periodic-table.js";

/** Structures and atoms of hydrogen that are looked at. */
const MOST_STRUCTURES = 300;
const MOST_ATOMS = 1500;
/** Of one structure: others say more than more of the same. */
const MOST_OF_ONE = 12;
/** Fewer bonds of a kind say nothing. */
const FEWEST = 40;
/** In terms of the sum of the covalent radii: the one neighbor is closer, all others are farther. */
const BOND = 1.3;
const FARTHER = 1.4;
/** Å: bonds that are stretched by more than this from the median are left out … */
const STRETCH = 0.15;
/** … and those that vary by less than this tell no slope. */
const LEAST_SPREAD = 0.01;
/** Correlation of length and force: 0.86 and more in trajectories of molecules and water. */
const RELATED = 0.8;
/** Forces that are no forces on these atoms: bonds that move, forces in about eV/Å, and nothing that relates them. */
const UNRELATED = { correlation: 0.4, spread: 0.02, force: 0.3, bonds: 100 };
/** eV/Å²: bonds of hydrogen have 27 (malonaldehyde) to 64 (stretched H₂); outside of these limits the unit is another. */
const STIFFNESS = { least: 9, typical: 36, most: 150 };

/** A bond of a hydrogen atom with one neighbor. */
interface Bond {
  /** Å */
  readonly length: number;
  /** On the hydrogen atom, away from its neighbor. */
  readonly force: number;
}

/**
 * A sentence about forces whose size or sign no bond of hydrogen has: the force on an atom with one neighbor falls with the length of the bond by 27
 * to 50 eV/Å² in all molecules, whatever else they are. It needs neither energies nor frames that are alike.
 * @param name of the data: "training"
 */
export function hydrogenBondWarnings(dataset: Dataset, name: string): string[] {
  for (const [partner, bonds] of bondsOfHydrogen(dataset)) {
    const line = slopeOf(bonds);
    if (line && isUnrelated(line)) {
      return [
        `it looks as if forces belong to other atoms or frames: in the ${name} data the force on H has nothing to do with the length of its bond to ${symbolOf(partner)} ` +
          `(correlation ${line.correlation.toFixed(2)}, −0.86 and less where they belong together); check the order of atoms and of frames`,
      ];
    }
    if (!line || Math.abs(line.correlation) < RELATED) continue;
    const stiffness = -line.slope;
    const isGradient = stiffness < 0;
    const unit = unitOf(Math.abs(stiffness));
    if (!isGradient && unit === undefined) return [];
    const what = [...(unit === undefined ? [] : [`are in ${unit}`]), ...(isGradient ? ["have the sign of gradients"] : [])].join(" and ");
    return [
      `it looks as if forces ${what}: in the ${name} data the force on H falls by ${stiffness.toPrecision(3)} for each Å that its bond to ${symbolOf(partner)} is stretched, where bonds have ` +
        "27 to 50 eV/Å²; convert forces, and energies if they are in the same units, to eV/Å and eV",
    ];
  }
  return [];
}

const units = ["kcal/mol/Å", "kJ/mol/Å", "hartree/Å", "hartree/bohr", "meV/Å"] as const;

/** The unit by which a stiffness is nearest to what bonds have; undefined where it is right as it is, or none explains it. */
function unitOf(stiffness: number): string | undefined {
  if (stiffness > STIFFNESS.least && stiffness < STIFFNESS.most) return undefined;
  const distance = (unit: string): number => Math.abs(Math.log((stiffness * unitFactor(unit, "eV/Å")) / STIFFNESS.typical));
  const nearest = units.reduce((best, unit) => (distance(unit) < distance(best) ? unit : best));
  if (distance(nearest) > Math.log(3)) return undefined;
  return nearest === "hartree/Å" ? "hartree/Å or Ry/bohr" : nearest;
}

/** By atomic number of the neighbor, most bonds first. */
function bondsOfHydrogen(dataset: Dataset): [number, Bond[]][] {
  const bonds = new Map<number, Bond[]>();
  const count = Math.min(dataset.nStructures, MOST_STRUCTURES);
  for (let k = 0, seen = 0; k < count && seen < MOST_ATOMS; k++) {
    const index = Math.floor((k * dataset.nStructures) / count);
    if (Number.isNaN(dataset.forces[3 * dataset.offsets[index]])) continue;
    const { atomicNumbers, cell, pbc } = dataset.atoms(index);
    const isPeriodic = cell !== null && pbc.some(Boolean);
    if (isPeriodic && isSingular(cell)) continue;
    const images = isPeriodic ? { cell, inverse: inverseCell(cell), pbc } : undefined;
    const hydrogens = Array.from(atomicNumbers.keys()).filter((atom) => atomicNumbers[atom] === 1).slice(0, MOST_OF_ONE);
    seen += hydrogens.length;
    for (const atom of hydrogens) {
      const bond = bondOf(dataset, index, atom, images);
      if (!bond) continue;
      const own = bonds.get(bond.partner);
      if (own) own.push(bond);
      else bonds.set(bond.partner, [bond]);
    }
  }
  return [...bonds].sort(([, a], [, b]) => b.length - a.length);
}

interface Images {
  readonly cell: Float64Array;
  readonly inverse: Float64Array;
  readonly pbc: readonly boolean[];
}

function bondOf(dataset: Dataset, index: number, atom: number, images: Images | undefined): (Bond & { readonly partner: number }) | undefined {
  const { atomicNumbers, positions } = dataset.atoms(index);
  const between = new Float64Array(3);
  let direction = between;
  let [nearest, next, partner] = [Infinity, Infinity, 0];
  for (let other = 0; other < atomicNumbers.length; other++) {
    if (other === atom) continue;
    for (let axis = 0; axis < 3; axis++) between[axis] = positions[3 * atom + axis] - positions[3 * other + axis];
    if (images) toNearestImage(between, images);
    const share = Math.sqrt(between[0] ** 2 + between[1] ** 2 + between[2] ** 2) / (covalentRadius(1) + covalentRadius(atomicNumbers[other]));
    if (share < nearest) [next, nearest, partner, direction] = [nearest, share, atomicNumbers[other], between.slice()];
    else next = Math.min(next, share);
  }
  if (!(nearest < BOND && next > FARTHER)) return undefined;
  const length = Math.hypot(...direction);
  const first = 3 * (dataset.offsets[index] + atom);
  const force = direction.reduce((sum, value, axis) => sum + (value * dataset.forces[first + axis]) / length, 0);
  return { length, force, partner };
}

function toNearestImage(between: Float64Array, { cell, inverse, pbc }: Images): void {
  const [x, y, z] = between;
  for (let axis = 0; axis < 3; axis++) {
    const turns = pbc[axis] ? Math.round(x * inverse[axis] + y * inverse[3 + axis] + z * inverse[6 + axis]) : 0;
    if (turns !== 0) for (let k = 0; k < 3; k++) between[k] -= turns * cell[3 * axis + k];
  }
}

/** Force against length. */
interface Line {
  /** Å⁻¹ times the unit of the forces */
  readonly slope: number;
  readonly correlation: number;
  /** Å, standard deviation of the lengths */
  readonly spread: number;
  /** Standard deviation of the forces. */
  readonly force: number;
  readonly bonds: number;
}

/** Of the line of force against length; undefined where there are too few bonds, or all are as long. */
function slopeOf(bonds: readonly Bond[]): Line | undefined {
  const median = bonds.map(({ length }) => length).sort((a, b) => a - b)[bonds.length >> 1];
  const some = bonds.filter(({ length }) => Math.abs(length - median) < STRETCH);
  if (some.length < FEWEST) return undefined;
  const mean = (of: (bond: Bond) => number): number => some.reduce((sum, bond) => sum + of(bond) / some.length, 0);
  const [length, force] = [mean((bond) => bond.length), mean((bond) => bond.force)];
  const spread = mean((bond) => (bond.length - length) ** 2);
  const together = mean((bond) => (bond.length - length) * (bond.force - force));
  const size = mean((bond) => (bond.force - force) ** 2);
  if (!(Math.sqrt(spread) > LEAST_SPREAD && size > 0)) return undefined;
  return { slope: together / spread, correlation: together / Math.sqrt(spread * size), spread: Math.sqrt(spread), force: Math.sqrt(size), bonds: some.length };
}

function isUnrelated({ correlation, spread, force, bonds }: Line): boolean {
  return Math.abs(correlation) < UNRELATED.correlation && spread > UNRELATED.spread && force > UNRELATED.force && bonds >= UNRELATED.bonds;
}
