import { InvalidParameterError } from "../../errors.js";
import { cutoffFunctions, hasInnerRadius } from "../../math/cutoff-functions.js";
import { symbolOf } from "../../structures/periodic-table.js";
import { validate } from "../../validation.js";
import type { MemoryPool } from "../../wasm/memory.js";
import type { Wasm } from "../../wasm/wasm.js";
import type { Descriptor, DescriptorMemory, DescriptorType, Feature, NeededSpecies, PreparedDescriptor, SpeciesList } from "../descriptor.js";
import type { StateSize } from "../rows.js";
import { parseSpecies, rememberedBySpecies } from "../species.js";
import { AcsfEvaluator } from "./evaluator.js";
import { columnsFor, describeColumns } from "./functions.js";
import { acsfGrid, type AcsfLists, gridForData, provisionalGrid } from "./grids.js";
import { readInputFile, type SymmetryFunctionFile } from "./input-file.js";
import { compareFunctions, namesOfFunction, numbersOfFunction } from "./n2p2-order.js";
import { type AcsfGrid, type AcsfParameters, acsfSchema, type CenterFunction, FROM_DATA } from "./parameters.js";
import { planFunctions } from "./plan.js";
import { acsfMemory, prepareAcsf } from "./tables.js";
import { acsfCost } from "./cost.js";

const LISTS = ["g2", "g3", "g4", "g5", "weightedRadial", "weightedAngular"] as const;
const NO_LISTS = { g1: false, g2: [], g3: [], g4: [], g5: [], weightedRadial: [], weightedAngular: [] };

/**
 * Atom-centered symmetry functions: sums over neighbors and pairs of neighbors of Gaussians, powers of 1 ± cos θ and cutoff functions.
 * Behler, J. Chem. Phys. 134, 074106 (2011), doi:10.1063/1.3553717; Gastegger et al., J. Chem. Phys. 148, 241709 (2018), doi:10.1063/1.5019667.
 */
export class Acsf implements Descriptor {
  readonly name = "acsf";
  readonly parameters: AcsfParameters;
  readonly cutoff: number;
  readonly isSmoothAtCutoff: boolean;
  readonly smoothedBy = "cutoff: { function: cosine }";
  readonly rows = "center";
  readonly ownSpecies: readonly number[] | undefined;
  /** With functions in place of a grid that waits for data: as many as it will have. */
  private readonly listed: AcsfParameters;
  private readonly columns = rememberedBySpecies((species) => columnsFor(this.listed, this.speciesList(species)));
  private readonly plan = rememberedBySpecies((species) => planFunctions(this.columns(species), this.speciesList(species), this.parameters.cutoff));

  /** @throws {InvalidParameterError} {FormatError} for a file that is no input.nn */
  constructor(parameters: unknown) {
    this.parameters = withDefaults(parameters);
    this.listed = withOpenGrid(this.parameters, provisionalGrid);
    const { cutoff, species, symmetryFunctions } = this.parameters;
    this.cutoff = cutoff.radius;
    this.isSmoothAtCutoff = cutoffFunctions[cutoff.function].derivatives >= 1;
    const own = species && parseSpecies(this.name, species).sort((a, b) => a - b);
    const named = symmetryFunctions?.map(numbersOfFunction).flatMap(({ center, neighbors }) => [center, ...neighbors]);
    this.ownSpecies = own ?? (named && [...new Set(named)].sort((a, b) => a - b));
    const foreign = own && named?.find((z) => !own.includes(z));
    if (foreign) throw new InvalidParameterError(`acsf: symmetryFunctions names ${symbolOf(foreign)}, which is not in species [${species.join(", ")}]`);
  }

  /** Takes the shortest distance in the data for `grid.from`, so that functions begin where there are neighbors. */
  get learn(): Descriptor["learn"] {
    const { grid, cutoff } = this.parameters;
    if (!grid) return undefined;
    return async (data) => {
      const known = await gridForData(grid, cutoff.radius, data);
      return new Acsf(withOpenGrid(this.parameters, () => known));
    };
  }

  featureCount(species: SpeciesList): number {
    return this.columns(species).length;
  }

  features(species: SpeciesList): Feature[] {
    this.requireFunctions();
    return describeColumns(this.columns(species), this.parameters, this.speciesList(species));
  }

  /** The species that a function is for; those of other centers are 0, and sums over all species need nobody in particular. */
  neededSpecies(species: SpeciesList, center: number): readonly NeededSpecies[] {
    return this.columns(species).map(({ neighbors, centers }) => (centers && !centers.includes(center) ? null : neighbors));
  }

  /**
   * The columns of the functions that centers of an element have, in their order: of `symmetryFunctions`, the numbers of n2p2. Other columns are 0
   * there.
   */
  columnsOfCenter(species: SpeciesList, atomicNumber: number): number[] {
    return this.columns(species).flatMap(({ centers }, column) => (centers === undefined || centers.includes(atomicNumber) ? [column] : []));
  }

  /**
   * The functions of every element, as n2p2 has them, for `formatSymmetryFunctions`.
   * @throws {InvalidParameterError} for functions that n2p2 does not have: G3
   */
  symmetryFunctionFile(species: SpeciesList): SymmetryFunctionFile {
    this.requireFunctions();
    const functions = this.speciesList(species).flatMap((center) => {
      const own = this.columns(species).filter(({ centers }) => centers === undefined || centers.includes(center));
      return own.map((column) => namesOfFunction({ ...column, center }));
    });
    return { cutoff: this.parameters.cutoff, functions };
  }

  stateSize(): StateSize {
    return { perBatch: 0, perCenter: 0, perPair: 0 };
  }

  memory(species: SpeciesList): DescriptorMemory {
    return acsfMemory(this.plan(species));
  }

  prepare(wasm: Wasm, pool: MemoryPool, species: SpeciesList): PreparedDescriptor {
    this.requireFunctions();
    return prepareAcsf(wasm, pool, this.plan(species), { descriptor: this.name, species: this.speciesList(species), cutoff: this.cutoff });
  }

  /** @throws {InvalidParameterError} where functions wait for data */
  private requireFunctions(): void {
    const { grid, cutoff } = this.parameters;
    if (grid) acsfGrid(cutoff.radius, grid);
  }

  /** Species that have functions: its own, if given, else those of the data. */
  private speciesList(species: SpeciesList): SpeciesList {
    const own = this.ownSpecies;
    if (!own) return species;
    const foreign = species.find((z) => !own.includes(z));
    if (foreign === undefined) return own;
    const remedy = this.parameters.symmetryFunctions ? "give functions for it" : "add it, or leave species out";
    const where = this.parameters.species ? "species" : "symmetryFunctions";
    throw new InvalidParameterError(`acsf: the data contains ${symbolOf(foreign)}, which is not in ${where} [${own.map(symbolOf).join(", ")}]: ${remedy}`);
  }
}

/** Fills in what is not given, and replaces grids and files by functions. */
function withDefaults(parameters: unknown): AcsfParameters {
  const { grid, symmetryFunctions: given, cutoff: givenCutoff, ...rest } = validate(acsfSchema, parameters, { what: "acsf" });
  const hasLists = rest.g1 || LISTS.some((list) => rest[list].length > 0);
  if (given && (hasLists || grid)) {
    throw new InvalidParameterError("acsf: symmetryFunctions stands for all functions; leave grid and the lists g1 to g5 and weighted… out, or symmetryFunctions");
  }
  const file = given && !Array.isArray(given) ? readInputFile(given.file, given.lengthUnit) : undefined;
  const { cutoff: cutoffOfFile } = file ?? {};
  for (const key of ["function", "innerFraction"] as const) {
    if (cutoffOfFile && givenCutoff[key] !== undefined && givenCutoff[key] !== cutoffOfFile[key]) {
      throw new InvalidParameterError(`acsf: cutoff.${key} is ${givenCutoff[key]}, but the file of symmetryFunctions has ${cutoffOfFile[key]}; leave it out`);
    }
  }
  const functions = file?.functions ?? (given as readonly CenterFunction[] | undefined);
  const radius = radiusOf(givenCutoff.radius, functions);
  const cutoff = { function: "cosine" as const, innerFraction: 0, ...cutoffOfFile, ...givenCutoff, radius };
  if (cutoff.innerFraction > 0 && !hasInnerRadius(cutoff.function)) {
    throw new InvalidParameterError(`acsf: cutoff.innerFraction is ${cutoff.innerFraction}; ${cutoff.function} has no inner radius, so it must be 0`);
  }
  if (functions) return { ...rest, ...NO_LISTS, cutoff, symmetryFunctions: sortedFunctions(functions) };
  if (grid?.from === FROM_DATA) return { ...rest, cutoff, grid };
  const lists = grid || !hasLists ? withGrid(rest, acsfGrid(radius, grid)) : rest;
  return { ...lists, cutoff };
}

/** The parameters with functions in place of a grid that waits for data. */
function withOpenGrid(parameters: AcsfParameters, complete: (grid: AcsfGrid, radius: number) => AcsfGrid): AcsfParameters {
  const { grid, ...rest } = parameters;
  return grid ? withGrid(rest, acsfGrid(rest.cutoff.radius, complete(grid, rest.cutoff.radius))) : parameters;
}

function withGrid<Given extends AcsfLists>(given: Given, ofGrid: AcsfLists): Given {
  const names = Object.keys(ofGrid) as (keyof AcsfLists)[];
  return { ...given, ...Object.fromEntries(names.map((name) => [name, [...given[name], ...ofGrid[name]]])) };
}

/** @throws {InvalidParameterError} where there is none, or functions reach farther */
function radiusOf(given: number | undefined, functions: readonly CenterFunction[] | undefined): number {
  const largest = functions && Math.max(...functions.map(({ radius }) => radius));
  if (given === undefined && largest === undefined) throw new InvalidParameterError("acsf: cutoff.radius is missing; it must be a length in Å, such as 6");
  if (given !== undefined && largest !== undefined && given < largest) {
    throw new InvalidParameterError(`acsf: cutoff.radius is ${given} Å, but a function of symmetryFunctions reaches to ${largest} Å; leave cutoff.radius out`);
  }
  return given ?? largest!;
}

/** By element of the center, then in n2p2's order. */
function sortedFunctions(functions: readonly CenterFunction[]): CenterFunction[] {
  return functions.map(numbersOfFunction).sort((a, b) => a.center - b.center || compareFunctions(a, b)).map(namesOfFunction);
}

export const acsfType: DescriptorType = {
  name: "acsf",
  schema: acsfSchema,
  cost: acsfCost,
  create: (parameters) => new Acsf(parameters),
  attach: (wasm, tables) => new AcsfEvaluator(wasm, tables),
};
