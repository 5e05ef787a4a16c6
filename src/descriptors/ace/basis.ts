import type { SpeciesList } from "../descriptor.js";
import { ownSpeciesOf } from "../species.js";
import { explicitFunctions, namedSpecies } from "./explicit-functions.js";
import { type AceLayout, layoutOf } from "./layout.js";
import type { AceParameters } from "./parameters.js";
import type { PairFunction } from "./products.js";
import { type AceFunction, type DegreeSelection, functionsByDegree } from "./selection.js";
import { bySpecies } from "./species-settings.js";

/** Largest degree of each order where none is given. */
const DEGREES = [20, 16, 12, 10, 8];

/** Columns in their order: the pair term, then the functions. */
export interface AceBasis {
  readonly pairs: readonly PairFunction[];
  readonly functions: readonly AceFunction[];
}

/** Species that the parameters name: themselves, or as neighbors of listed functions. */
export function aceSpecies({ species, functions }: Pick<AceParameters, "species" | "functions">): SpeciesList | undefined {
  return ownSpeciesOf("ace", species ?? namedSpecies(functions));
}

/** @throws {InvalidParameterError} for functions that do not exist, none, or far too many */
export function basisOf(parameters: AceParameters, species: SpeciesList): AceBasis {
  if (parameters.functions) return explicitFunctions(parameters.functions, species);
  return { pairs: pairFunctions(parameters, species), functions: functionsByDegree(degreeSelection(parameters, species)) };
}

/** What the parameters say of a choice by degree. */
export function degreeSelection(parameters: AceParameters, species: SpeciesList): DegreeSelection {
  const { lWeight, maximumFunctions } = parameters;
  const [mostFactors, speciesWeights] = (["mostFactors", "speciesWeights"] as const).map((key) => bySpecies(key, parameters, species));
  return { nSpecies: species.length, degrees: degreesOf(parameters), lWeight, maximumFunctions, mostFactors, speciesWeights };
}

/** The pair term beside functions that a degree chooses. */
export function pairFunctions(parameters: AceParameters, species: SpeciesList): PairFunction[] {
  const { pair } = parameters;
  const count = pair === false ? 0 : ((typeof pair === "object" ? pair.degree : undefined) ?? degreesOf(parameters)[0]);
  return species.flatMap((_, index) => Array.from({ length: count }, (__, n) => ({ species: index, n: n + 1 })));
}

/** Largest degree of each order, from order 1 on. */
export function degreesOf({ order, degree }: Pick<AceParameters, "order" | "degree">): number[] {
  if (degree === undefined) return DEGREES.slice(0, order);
  return typeof degree === "number" ? Array.from({ length: order }, () => degree) : degree;
}

export function aceLayout(parameters: AceParameters, { pairs, functions }: AceBasis): AceLayout {
  const lMax = Math.max(0, ...functions.flatMap(({ factors }) => factors.map(({ l }) => l)));
  const all = [parameters, ...(parameters.bonds ?? [])];
  return layoutOf(pairs, functions, all.some(({ radial }) => radial && radial.type !== "polynomials" && differByL(radial.coefficients ?? [], lMax)));
}

/** Whether functions of some n are not the same for all l: most files repeat them. */
function differByL(coefficients: readonly (readonly (readonly number[])[])[], lMax: number): boolean {
  const areEqual = (a: readonly number[], b: readonly number[]): boolean => a.length === b.length && a.every((own, k) => own === b[k]);
  return coefficients.some((rows) => Array.from({ length: lMax }, (_, l) => rows[l + 1] ?? []).some((row) => !areEqual(row, rows[0] ?? [])));
}

/**
 * How rough a column is: Σ_t n_t⁴ + (1.5 l_t)⁴ of a function (Witt et al., J. Chem. Phys. 159, 164101 (2023), 10.1063/5.0158783), n⁴ of the pair
 * term.
 */
export function roughness({ pairs, functions }: AceBasis): Float64Array {
  const ofFactors = functions.map(({ factors }) => factors.reduce((sum, { n, l }) => sum + n ** 4 + (1.5 * l) ** 4, 0));
  return Float64Array.from([...pairs.map(({ n }) => n ** 4), ...ofFactors]);
}
