// Where the arrays of one structure stand in the scratch memory.
import { recordAt } from "../../records";
import { INVALID_ARGUMENT, OK } from "../../status";
import { ComposedBasis, ComposedOp, ComposedPairs, ComposedProgram, ComposedTerm, PairEnd } from "./records";
import { densityBytes, harmonicsScratch, squareBytes } from "./three-body";
import { vectorScratch } from "./three-body-vectors";

/** The next `count` numbers, rounded up to pairs of lanes. */
function take(all: ComposedProgram, count: f64): usize {
  const at = <usize>all.end;
  all.end += 16 * Math.ceil(count / 2);
  return at;
}

/**
 * Places the arrays of a structure from `start` on.
 * @param hasTangents 1: those for columns as well; 2: and those for rows
 *
 * @param program ComposedProgram, @param pairs ComposedPairs
 * @param bytes f64, written: what they take
 */
export function composedLayout(hasTangents: i32, program: usize, pairs: usize, start: usize, bytes: usize): i32 {
  const all = changetype<ComposedProgram>(program);
  const sites = changetype<ComposedPairs>(pairs);
  if (all.nTerms < 1 || all.blockPairs < 1 || sites.nActive > sites.nComplete || sites.nComplete > sites.nSites) return INVALID_ARGUMENT;
  const block = <f64>min(all.blockPairs, max(1, sites.nPairs));
  all.end = <f64>start;
  all.hasTangents = hasTangents;
  all.rateColumns = padded(all.nSpecies);
  all.denseWidth = 0;
  all.exponentColumns = 2;
  all.pairSlopes = take(all, 4 * block);
  let scratch = 0;
  for (let b = 0; b < all.nBases; b++) {
    const basis = recordAt<ComposedBasis>(all.bases, b);
    placeBasis(all, basis, <f64>sites.nSites, block);
    if (hasTangents == 2) placeVectors(all, basis, <f64>sites.nSites, <f64>sites.nPairs);
    basis.denseColumn = all.denseWidth;
    if (basis.body == 2) all.denseWidth += 2;
    if (basis.body == 3) scratch = max(scratch, hasTangents == 2 ? vectorScratch(basis) : harmonicsScratch(basis.lMax));
  }
  all.harmonics = take(all, <f64>scratch);
  for (let k = 0; k < all.nTerms; k++) {
    const term = recordAt<ComposedTerm>(all.terms, k);
    const isLeaf = term.op != ComposedOp.sum && term.op != ComposedOp.product;
    placeTerm(all, term, sites, isLeaf ? <f64>recordAt<ComposedBasis>(all.bases, term.basis).slots : 0);
  }
  if (hasTangents) placeRows(all, sites);
  store<f64>(bytes, all.end - <f64>start);
  return OK;
}

function placeBasis(all: ComposedProgram, basis: ComposedBasis, nSites: f64, block: f64): void {
  const functions = block * <f64>basis.padded;
  const features = nSites * <f64>basis.slots;
  const sums = basis.hasSums ? features : 0;
  const places = basis.body == 3 ? nSites * <f64>basis.nNeighborSpecies : 0;
  const densities = (places * <f64>densityBytes(basis)) / 8;
  const squares = (places * <f64>squareBytes(basis)) / 8;
  basis.values = take(all, functions);
  basis.slopes = take(all, functions);
  basis.features = take(all, features);
  basis.adjoints = take(all, features);
  basis.sums = take(all, sums);
  basis.sumAdjoints = take(all, sums);
  basis.densities = take(all, densities);
  basis.densityAdjoints = take(all, densities);
  basis.squares = take(all, squares);
  basis.squareAdjoints = take(all, squares);
  if (!all.hasTangents) return;
  basis.valueTangents = take(all, functions);
  basis.slopeTangents = take(all, functions);
  basis.featureTangents = take(all, features);
  basis.adjointTangents = take(all, features);
  basis.sumTangents = take(all, sums);
  basis.sumAdjointTangents = take(all, sums);
  basis.densityTangents = take(all, densities);
  basis.densityAdjointTangents = take(all, densities);
  basis.squareTangents = take(all, squares);
  basis.squareAdjointTangents = take(all, squares);
}

function placeTerm(all: ComposedProgram, term: ComposedTerm, sites: ComposedPairs, slots: f64): void {
  const nActive = <f64>sites.nActive;
  term.energies = take(all, nActive);
  term.adjoints = take(all, nActive);
  term.slopes = take(all, nActive * slots);
  if (!all.hasTangents) return;
  const rates = slots * <f64>padded(term.nExponents);
  term.energyTangents = take(all, nActive);
  term.adjointTangents = take(all, nActive);
  term.slopeTangents = take(all, nActive * slots);
  term.exponentials = take(all, nActive * rates);
  if (all.hasTangents != 2) return;
  term.rates = take(all, <f64>sites.nSites * rates);
  term.neighborRates = term.op == ComposedOp.neighborExp ? take(all, <f64>sites.nSites * rates) : 0;
  all.rateColumns = max(all.rateColumns, <i32>max(rates, slots));
  all.exponentColumns = max(all.exponentColumns, padded(term.nExponents));
  term.denseColumn = all.denseWidth;
  all.denseWidth += padded(term.nExponents);
}

function placeVectors(all: ComposedProgram, basis: ComposedBasis, nSites: f64, nPairs: f64): void {
  const ofSlots = <f64>basis.slots;
  basis.virialMoments = take(all, 6 * nSites * ofSlots);
  if (basis.body == 2) return;
  basis.firstVectors = take(all, 3 * nPairs * ofSlots);
  basis.secondVectors = take(all, 3 * nPairs * ofSlots);
  basis.moments = take(all, 3 * nSites * ofSlots);
}

function placeRows(all: ComposedProgram, sites: ComposedPairs): void {
  const nSites = <f64>sites.nSites;
  const nPairs = <f64>sites.nPairs;
  all.columnForces = take(all, 3 * nSites + 9);
  if (all.hasTangents != 2) return;
  all.cutoffVectors = take(all, 3 * nPairs);
  all.firstCouplings = take(all, 3 * nPairs);
  all.secondCouplings = take(all, 3 * nPairs);
  all.denseSlopes = take(all, nPairs * <f64>all.denseWidth);
  all.exponentRates = take(all, nSites * <f64>all.exponentColumns);
  // a vector more: pairs of lanes are written
  all.couplingSums = take(all, 3 * nSites + 3);
  all.couplingMoments = take(all, 6 * nSites);
  all.vectors = take(all, 2);
  all.speciesRates = take(all, nSites * <f64>padded(all.nSpecies));
  all.ends = take(all, endNumbers(sites));
  all.sideColumns = take(all, 8);
  all.gathered = take(all, 6 * <f64>max(8, all.rateColumns) + 6);
}

/** Numbers that the pairs of one site take. */
function endNumbers(sites: ComposedPairs): f64 {
  let most = 0;
  for (let a: usize = 0; a < <usize>sites.nSites << 2; a += 4) {
    const count = load<i32>(sites.firstStarts + a, 4) - load<i32>(sites.firstStarts + a) + load<i32>(sites.secondStarts + a, 4) - load<i32>(sites.secondStarts + a);
    most = max(most, count);
  }
  return <f64>most * <f64>(offsetof<PairEnd>() >> 3);
}

/** Rounded up to pairs of lanes. */
// @ts-ignore: decorator
@inline
export function padded(count: i32): i32 {
  return (count + 1) & ~1;
}
