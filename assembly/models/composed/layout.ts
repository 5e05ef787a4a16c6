// Where the arrays of one structure stand in the scratch memory.
import { recordAt } from "../../records";
import { INVALID_ARGUMENT, OK } from "../../status";
import { ComposedBasis, ComposedOp, ComposedPairs, ComposedProgram, ComposedTerm } from "./records";
import { densityBytes, harmonicsScratch, squareBytes } from "./three-body";

/**
 * Places the arrays of a structure from `start` on.
 * @param program ComposedProgram, @param pairs ComposedPairs
 * @param bytes f64, written: what they take
 */
export function composedLayout(program: usize, pairs: usize, start: usize, bytes: usize): i32 {
  const all = changetype<ComposedProgram>(program);
  const sites = changetype<ComposedPairs>(pairs);
  if (all.nTerms < 1 || all.blockPairs < 1 || sites.nActive > sites.nComplete || sites.nComplete > sites.nSites) return INVALID_ARGUMENT;
  const block = <f64>min(all.blockPairs, max(1, sites.nPairs));
  let top = <f64>start;
  all.pairSlopes = <usize>top;
  top += 32 * block;
  let scratch = 0;
  for (let b = 0; b < all.nBases; b++) {
    const basis = recordAt<ComposedBasis>(all.bases, b);
    top = placeBasis(basis, <f64>sites.nSites, block, top);
    if (basis.body == 3) scratch = max(scratch, harmonicsScratch(basis.lMax));
  }
  for (let k = 0; k < all.nTerms; k++) {
    const term = recordAt<ComposedTerm>(all.terms, k);
    const isLeaf = term.op != ComposedOp.sum && term.op != ComposedOp.product;
    const energies = even(<f64>sites.nActive);
    term.energies = <usize>top;
    term.adjoints = <usize>(top + 8 * energies);
    term.slopes = <usize>(top + 16 * energies);
    top += 16 * energies + (isLeaf ? 8 * <f64>sites.nActive * <f64>recordAt<ComposedBasis>(all.bases, term.basis).slots : 0);
  }
  all.harmonics = <usize>top;
  store<f64>(bytes, top + 8 * <f64>scratch - <f64>start);
  return OK;
}

/** Sizes are f64: what does not fit is to be told, not to wrap around. */
function placeBasis(basis: ComposedBasis, nSites: f64, block: f64, start: f64): f64 {
  const functions = 8 * block * <f64>basis.padded;
  const features = 8 * nSites * <f64>basis.slots;
  const isThreeBody = basis.body == 3;
  const densities = isThreeBody ? nSites * <f64>basis.nNeighborSpecies * <f64>densityBytes(basis) : 0;
  const squares = isThreeBody ? nSites * <f64>basis.nNeighborSpecies * <f64>squareBytes(basis) : 0;
  const sums = basis.hasSums ? features : 0;
  let top = start;
  basis.values = <usize>top;
  basis.slopes = <usize>(top += functions);
  basis.features = <usize>(top += functions);
  basis.adjoints = <usize>(top += features);
  basis.sums = <usize>(top += features);
  basis.sumAdjoints = <usize>(top += sums);
  basis.densities = <usize>(top += sums);
  basis.densityAdjoints = <usize>(top += densities);
  basis.squares = <usize>(top += densities);
  basis.squareAdjoints = <usize>(top += squares);
  return top + squares;
}

// @ts-ignore: decorator
@inline
function even(count: f64): f64 {
  return 2 * Math.ceil(count / 2);
}
