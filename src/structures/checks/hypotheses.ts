import { unitFactor } from "../../units.js";

/** What numbers may be instead of what they should be. */
export interface Hypothesis {
  /** "forces are in kcal/mol/Å": completes "it looks as if …". */
  readonly what: string;
  /** By what expected numbers are multiplied if it is so. */
  readonly factor: number;
}

const BOHR = unitFactor("bohr", "Å");
const energyUnits = ["kcal/mol", "kJ/mol", "hartree", "Ry", "meV"] as const;
const forceUnits = [...energyUnits.map((unit) => `${unit}/Å`), "hartree/bohr", "Ry/bohr"] as const;

/** Energy differences over what the forces of the data say of them. */
export function forceHypotheses(nAtoms: number): Hypothesis[] {
  const plain: Hypothesis[] = [
    ...energyUnits.map((unit) => ({ what: `energies are in ${unit} and forces in eV/Å`, factor: 1 / unitFactor(unit, "eV") })),
    ...forceUnits.map((unit) => ({ what: `forces are in ${unit} and energies in eV`, factor: unitFactor(unit, "eV/Å") })),
    { what: "forces are in the unit of the energies per bohr", factor: 1 / BOHR },
    ...(nAtoms > 2 ? [{ what: "energies are per atom", factor: 1 / nAtoms }] : []),
  ];
  const opposite = plain.map(({ what, factor }) => ({ what: `${what}, with the sign of gradients`, factor: -factor }));
  return [{ what: "forces have the sign of gradients", factor: -1 }, ...plain, ...opposite];
}

/** Forces of the data over those that are expected. */
export const forceScales: readonly Hypothesis[] = [
  { what: "forces have the sign of gradients", factor: -1 },
  ...forceUnits.flatMap((unit) => {
    const factor = 1 / unitFactor(unit, "eV/Å");
    return [{ what: `forces are in ${unit}`, factor }, { what: `forces are in ${unit}, with the sign of gradients`, factor: -factor }];
  }),
  { what: "forces are in eV/bohr", factor: BOHR },
];

const pressures = ["kbar", "GPa", "bar", "eV/Å³"] as const;

/** Virials of the data over those that are expected. @param volume Å³ */
export function virialHypotheses(volume: number): Hypothesis[] {
  return [
    { what: "virials have the opposite sign (virial = −volume · stress, positive when compressed)", factor: -1 },
    ...pressures.flatMap((unit) => {
      const factor = 1 / (volume * unitFactor(unit, "eV/Å³"));
      return [
        { what: `virials are pressures in ${unit}; virial = volume · pressure, in eV`, factor },
        { what: `virials are stresses in ${unit}; name them as stress, in eV/Å³, with the sign of ASE, or give virial = −volume · stress, in eV`, factor: -factor },
      ];
    }),
  ];
}

/** Numbers that should be equal, up to a factor that is not known: every pair with its own hypotheses, in the same order. */
export interface ScaledPair {
  readonly found: number;
  readonly expected: number;
  readonly factors: readonly number[];
}

/** In terms of Σ|found − expected| over Σ|found|. */
export interface ExplanationLimits {
  /** From here on numbers do not follow from each other as they are … */
  readonly disagreement: number;
  /** … and below this they do by another factor. */
  readonly agreement: number;
  /** Factors between 1 and this, or their inverses, are left out; default: none is. */
  readonly nearFactor?: number;
}

/** Σ|found − expected| over Σ|found|, as the numbers are. */
export function disagreementOf(pairs: readonly ScaledPair[]): number {
  return restOf(pairs, () => 1);
}

function restOf(pairs: readonly ScaledPair[], factor: (pair: ScaledPair) => number): number {
  let [rest, size] = [0, 0];
  for (const pair of pairs) {
    rest += Math.abs(pair.found - factor(pair) * pair.expected);
    size += Math.abs(pair.found);
  }
  return rest / size;
}

/** The hypothesis that explains what is found; undefined where it is right as it is, or nothing explains it. */
export function explain(pairs: readonly ScaledPair[], { disagreement, agreement, nearFactor = 1 }: ExplanationLimits): number | undefined {
  if (pairs.length === 0 || !(disagreementOf(pairs) >= disagreement)) return undefined;
  const isNear = (factor: number): boolean => factor > 1 / nearFactor && factor < nearFactor;
  const rests = pairs[0].factors.map((first, h) => (isNear(first) ? Infinity : restOf(pairs, ({ factors }) => factors[h])));
  const best = Math.min(...rests);
  return best < agreement ? rests.indexOf(best) : undefined;
}
