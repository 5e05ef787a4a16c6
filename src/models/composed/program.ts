import { type ClusterBasis, gaussianExponents, hasSpeciesWeights, speciesPairs } from "../../descriptors/cluster/basis.js";
import { harmonicsTable } from "../../math/spherical-harmonics.js";
import type { Arena, Pointer } from "../../wasm/memory.js";
import { enumerations, placeRecord, recordBytes, type RecordValues, writeRecords } from "../../wasm/records.js";
import type { Wasm } from "../../wasm/wasm.js";
import type { BasisPlaces, NodePlaces, ParameterLayout } from "./parameters.js";
import { type ComposedForm, isLeaf, leavesOf, placedNodes } from "./tree.js";

/** A composed potential: its terms, and what their parameters are. */
export interface ComposedValues {
  /** Bases and terms. */
  readonly form: ComposedForm;
  /** In the order of `layoutParameters`. */
  readonly values: Float64Array;
  /** eV, by species index: added to the site energies. Its length is the number of species. */
  readonly atomEnergies: readonly number[];
}

/** How a program works. */
export interface ProgramOptions {
  /** Pairs whose functions of the distance are kept at once: those of more pairs are computed twice. Default: 16384. */
  readonly blockPairs?: number;
}

/** Numbers that stand side by side in routines. */
const LANES = 2;

export function padded(count: number): number {
  return LANES * Math.ceil(count / LANES);
}

/** Features of a site in the memory of routines: those of one pair of species are padded. */
export function slotCount({ body, size, degrees = [], species }: ClusterBasis, nSpecies: number): number {
  if (body === 3) return padded(((size * (size + 1)) / 2) * degrees.length);
  return padded(size) * (species === "channels" ? speciesPairs(nSpecies).length : 1);
}

/** Where a feature stands among the slots. */
export function slotOf({ body, size }: ClusterBasis, feature: number): number {
  return body === 3 ? feature : Math.floor(feature / size) * padded(size) + (feature % size);
}

/** Whether the energies of sites depend on features of their neighbors through this basis. */
function hasSums({ root }: ComposedForm, basis: number): boolean {
  return leavesOf(root).some((leaf) => leaf.op === "neighborExp" && leaf.basis === basis);
}

/**
 * Puts a potential into the memory of one thread, as routines take it.
 * @returns a ComposedProgram
 */
export function placeProgram(wasm: Wasm, arena: Arena, { form, values, atomEnergies }: ComposedValues, layout: ParameterLayout, blockPairs: number): Pointer {
  const nSpecies = atomEnergies.length;
  const bases = form.bases.map((_, b) => placeBasis(wasm, arena, form, b, layout.bases[b], nSpecies, values));
  const terms = layout.nodes.map((node, k) => placeTerm(wasm, arena, form, node, k, nSpecies, values));
  const basesAt = arena.allocate(Math.max(1, bases.length) * recordBytes("ComposedBasis"));
  writeRecords(wasm, basesAt, "ComposedBasis", bases);
  const termsAt = arena.allocate(terms.length * recordBytes("ComposedTerm"));
  writeRecords(wasm, termsAt, "ComposedTerm", terms);
  return placeRecord(wasm, arena, "ComposedProgram", {
    nBases: bases.length, nTerms: terms.length, nSpecies, blockPairs, bases: basesAt, terms: termsAt, atomEnergies: placeNumbers(wasm, arena, atomEnergies),
    pairSlopes: 0, hasVectors: Number(form.bases.some(({ body }) => body === 3)), hasTangents: 0, harmonics: 0, end: 0, columnForces: 0, cutoffVectors: 0, firstCouplings: 0, secondCouplings: 0, couplingSums: 0, couplingMoments: 0, vectors: 0,
    ends: 0, sideColumns: 0, gathered: 0, rateColumns: 0, denseSlopes: 0, denseWidth: 0, exponentColumns: 0, exponentRates: 0, speciesRates: 0, culpritSite: -1, culpritTerm: -1,
  });
}

export function placeNumbers(wasm: Wasm, arena: Arena, numbers: ArrayLike<number>): Pointer {
  const pointer = arena.f64(numbers.length);
  wasm.f64(pointer, numbers.length).set(numbers);
  return pointer;
}

function placeBasis(wasm: Wasm, arena: Arena, form: ComposedForm, b: number, places: BasisPlaces, nSpecies: number, values: Float64Array): RecordValues<"ComposedBasis"> {
  const basis = form.bases[b];
  const { body, radial, size, degrees = [] } = basis;
  const width = padded(size);
  const weighs = hasSpeciesWeights(basis, nSpecies);
  const lMax = Math.max(0, ...degrees);
  const exponents = radial === "gaussian" ? gaussianExponents(values[places.alpha], values[places.beta], size) : new Float64Array(size);
  const weights = values.subarray(places.weights, places.weights + places.nWeights);
  const rows = body === 2 && weighs ? speciesPairs(nSpecies).length : 1;
  const pairWeights = new Float64Array(rows * width);
  for (let row = 0; row < rows; row++) {
    for (let nu = 0; nu < size; nu++) pairWeights[row * width + nu] = body === 2 && weighs ? weights[row * size + nu] : 1;
  }
  const degreesAt = arena.i32(degrees.length);
  wasm.i32(degreesAt, degrees.length).set(degrees);
  return {
    body, radial: enumerations.RadialKind[radial], size, padded: width, slots: slotCount(basis, nSpecies),
    channelSlots: body === 2 && basis.species === "channels" ? width : 0,
    chebyshevScale: 2 / form.cutoff.radius,
    exponents: placeNumbers(wasm, arena, Float64Array.from({ length: width }, (_, nu) => exponents[nu] ?? 0)),
    pairWeights: placeNumbers(wasm, arena, pairWeights), weightBytes: rows > 1 ? 8 * width : 0,
    hasSums: Number(hasSums(form, b)),
    nNeighborSpecies: body === 3 && weighs ? nSpecies : 1, nDegrees: degrees.length, lMax,
    nHarmonics: degrees.reduce((sum, degree) => sum + 2 * degree + 1, 0),
    degrees: degreesAt, harmonicsTable: placeNumbers(wasm, arena, body === 3 ? harmonicsTable(lMax) : []),
    tripletWeights: placeNumbers(wasm, arena, body === 3 && weighs ? weights : [1]),
    values: 0, slopes: 0, features: 0, adjoints: 0, sums: 0, sumAdjoints: 0, densities: 0, densityAdjoints: 0, squares: 0, squareAdjoints: 0,
    valueTangents: 0, slopeTangents: 0, featureTangents: 0, adjointTangents: 0, sumTangents: 0, sumAdjointTangents: 0, densityTangents: 0, densityAdjointTangents: 0,
    squareTangents: 0, squareAdjointTangents: 0, firstVectors: 0, secondVectors: 0, moments: 0, virialMoments: 0, denseColumn: 0,
  };
}

function placeTerm(
  wasm: Wasm, arena: Arena, { bases }: ComposedForm, { node, shift, coefficients, nCoefficients, exponents }: NodePlaces, own: number,
  nSpecies: number, values: Float64Array,
): RecordValues<"ComposedTerm"> {
  const op = enumerations.ComposedOp[node.op];
  const shiftAt = shift < 0 ? 0 : placeNumbers(wasm, arena, values.subarray(shift, shift + nSpecies));
  const arrays = { energies: 0, adjoints: 0, slopes: 0, energyTangents: 0, adjointTangents: 0, slopeTangents: 0, exponentials: 0, rates: 0, neighborRates: 0, denseColumn: 0 };
  if (!isLeaf(node)) {
    const left = own + 1;
    const right = left + placedNodes(node.left).length;
    return { op, basis: -1, nExponents: 0, left, right, shift: shiftAt, coefficients: 0, exponents: 0, ...arrays };
  }
  const basis = bases[node.basis];
  const nExponents = node.op === "linear" ? 0 : node.nExponents;
  const [rows, slots] = [Math.max(1, nExponents), slotCount(basis, nSpecies)];
  const byRow = new Float64Array(rows * slots);
  for (let k = 0; k < nCoefficients; k++) byRow[(k % rows) * slots + slotOf(basis, Math.floor(k / rows))] = values[coefficients + k];
  return {
    op, basis: node.basis, nExponents, left: -1, right: -1, shift: shiftAt, coefficients: placeNumbers(wasm, arena, byRow),
    exponents: placeNumbers(wasm, arena, Float64Array.from({ length: padded(nExponents) }, (_, l) => (l < nExponents ? values[exponents + l] : 0))), ...arrays,
  };
}
