// Site energies, their derivatives and those by features, differentiated by one parameter.
import { recordAt } from "../../records";
import { clear, featureBytes } from "./features";
import { padded } from "./layout";
import { ColumnKind, ComposedBasis, ComposedColumn, ComposedOp, ComposedPairs, ComposedProgram, ComposedTerm } from "./records";
import { addLeaf } from "./terms";

/** exp(ξ_l X_k) in a row of `exponentials`. */
// @ts-ignore: decorator
@inline
function exponentialAt(term: ComposedTerm, row: usize, k: i32, l: i32): f64 {
  return load<f64>(row + (<usize>(k * padded(term.nExponents) + l) << 3));
}

/** Whether a column is of a parameter of a basis. */
// @ts-ignore: decorator
@inline
export function isOfBasis(column: ComposedColumn): bool {
  return column.kind <= ColumnKind.tripletWeight;
}

/** Tangents of the energies of all terms, the operands first, and of the slopes of leaves; those of the features of its basis are there. */
export function termTangents(program: ComposedProgram, pairs: ComposedPairs, column: ComposedColumn): void {
  for (let k = program.nTerms - 1; k >= 0; k--) {
    const term = recordAt<ComposedTerm>(program.terms, k);
    const isOwner = !isOfBasis(column) && column.owner == k;
    if (term.op == ComposedOp.sum || term.op == ComposedOp.product) combineTangents(program, pairs, term);
    else leafTangents(program, pairs, term, column, isOwner);
    if (isOwner && column.kind == ColumnKind.shift) addShift(pairs, term, column.species);
  }
}

function combineTangents(program: ComposedProgram, pairs: ComposedPairs, term: ComposedTerm): void {
  const left = recordAt<ComposedTerm>(program.terms, term.left);
  const right = recordAt<ComposedTerm>(program.terms, term.right);
  for (let i: usize = 0; i < <usize>pairs.nActive << 3; i += 8) {
    const a = load<f64>(left.energyTangents + i);
    const b = load<f64>(right.energyTangents + i);
    store<f64>(term.energyTangents + i, term.op == ComposedOp.sum ? a + b : a * load<f64>(right.energies + i) + load<f64>(left.energies + i) * b);
  }
}

function addShift(pairs: ComposedPairs, term: ComposedTerm, species: i32): void {
  for (let i: usize = 0; i < <usize>pairs.nActive; i++) {
    const at = term.energyTangents + (i << 3);
    if (species < 0 || load<i32>(pairs.species + (i << 2)) == species) store<f64>(at, load<f64>(at) + 1);
  }
}

function leafTangents(program: ComposedProgram, pairs: ComposedPairs, term: ComposedTerm, column: ComposedColumn, isOwner: bool): void {
  const basis = recordAt<ComposedBasis>(program.bases, term.basis);
  const isSum = term.op == ComposedOp.neighborExp;
  const slots = basis.slots;
  const tangents = isOfBasis(column) && column.owner == term.basis ? (isSum ? basis.sumTangents : basis.featureTangents) : 0;
  clear(term.energyTangents, <usize>pairs.nActive << 3);
  clear(term.slopeTangents, (<usize>pairs.nActive * slots) << 3);
  if (!isOwner && !tangents) return;
  const x = isSum ? basis.sums : basis.features;
  for (let i = 0; i < pairs.nActive; i++) {
    const row = <usize>(i * slots) << 3;
    const exponentials = term.exponentials + row * padded(term.nExponents);
    const energy = term.energyTangents + (<usize>i << 3);
    if (tangents) addOfFeatures(term, slots, exponentials, tangents + row, term.slopes + row, term.slopeTangents + row, energy);
    else if (column.kind == ColumnKind.coefficient) addOfCoefficient(term, column, x + row, exponentials, term.slopeTangents + row, energy);
    else if (column.kind == ColumnKind.exponent) addOfExponent(term, slots, column.exponent, x + row, exponentials, term.slopeTangents + row, energy);
  }
}

/** By features that change: Σ ∂E/∂X Ẋ, and Σ_l c ξ² exp(ξX) Ẋ. */
function addOfFeatures(term: ComposedTerm, slots: i32, exponentials: usize, tangents: usize, slopes: usize, slopeTangents: usize, energy: usize): void {
  let sum: f64 = 0;
  for (let k = 0; k < slots; k++) {
    const at = <usize>k << 3;
    const tangent = load<f64>(tangents + at);
    sum += load<f64>(slopes + at) * tangent;
    let curvature: f64 = 0;
    for (let l = 0; l < term.nExponents; l++) {
      const xi = load<f64>(term.exponents + (<usize>l << 3));
      curvature += load<f64>(term.coefficients + (<usize>(l * slots + k) << 3)) * xi * xi * exponentialAt(term, exponentials, k, l);
    }
    store<f64>(slopeTangents + at, curvature * tangent);
  }
  store<f64>(energy, sum);
}

/** X, or exp(ξX). */
function addOfCoefficient(term: ComposedTerm, column: ComposedColumn, x: usize, exponentials: usize, slopeTangents: usize, energy: usize): void {
  const at = <usize>column.slot << 3;
  if (term.op == ComposedOp.linear) {
    store<f64>(energy, load<f64>(x + at));
    store<f64>(slopeTangents + at, 1);
    return;
  }
  const xi = load<f64>(term.exponents + (<usize>column.exponent << 3));
  const exponential = exponentialAt(term, exponentials, column.slot, column.exponent);
  store<f64>(energy, exponential);
  store<f64>(slopeTangents + at, xi * exponential);
}

/** Σ c X exp(ξX). */
function addOfExponent(term: ComposedTerm, slots: i32, l: i32, x: usize, exponentials: usize, slopeTangents: usize, energy: usize): void {
  const xi = load<f64>(term.exponents + (<usize>l << 3));
  let sum: f64 = 0;
  for (let k = 0; k < slots; k++) {
    const at = <usize>k << 3;
    const feature = load<f64>(x + at);
    const part = load<f64>(term.coefficients + (<usize>(l * slots + k) << 3)) * exponentialAt(term, exponentials, k, l);
    sum += feature * part;
    store<f64>(slopeTangents + at, (1 + xi * feature) * part);
  }
  store<f64>(energy, sum);
}

/** Tangents of ∂E/∂energy of all terms, each before its operands, and of the derivatives by Φ and Ψ. */
export function adjointTangents(program: ComposedProgram, pairs: ComposedPairs): void {
  for (let b = 0; b < program.nBases; b++) {
    const basis = recordAt<ComposedBasis>(program.bases, b);
    clear(basis.adjointTangents, featureBytes(basis, pairs));
    if (basis.hasSums) clear(basis.sumAdjointTangents, featureBytes(basis, pairs));
  }
  const bytes = <usize>pairs.nActive << 3;
  clear(recordAt<ComposedTerm>(program.terms, 0).adjointTangents, bytes);
  for (let k = 0; k < program.nTerms; k++) {
    const term = recordAt<ComposedTerm>(program.terms, k);
    if (term.op == ComposedOp.sum || term.op == ComposedOp.product) {
      passTangents(program, term, bytes);
      continue;
    }
    const basis = recordAt<ComposedBasis>(program.bases, term.basis);
    const adjoints = term.op == ComposedOp.neighborExp ? basis.sumAdjointTangents : basis.adjointTangents;
    addLeaf(pairs.nActive, basis.slots, term.adjointTangents, term.slopes, adjoints);
    addLeaf(pairs.nActive, basis.slots, term.adjoints, term.slopeTangents, adjoints);
  }
}

function passTangents(program: ComposedProgram, term: ComposedTerm, bytes: usize): void {
  const left = recordAt<ComposedTerm>(program.terms, term.left);
  const right = recordAt<ComposedTerm>(program.terms, term.right);
  for (let i: usize = 0; i < bytes; i += 8) {
    const g = load<f64>(term.adjoints + i);
    const tangent = load<f64>(term.adjointTangents + i);
    const isSum = term.op == ComposedOp.sum;
    store<f64>(left.adjointTangents + i, isSum ? tangent : tangent * load<f64>(right.energies + i) + g * load<f64>(right.energyTangents + i));
    store<f64>(right.adjointTangents + i, isSum ? tangent : tangent * load<f64>(left.energies + i) + g * load<f64>(left.energyTangents + i));
  }
}
