// Routines of atom-centered symmetry functions. environments: an Environments record, tables: an AcsfTables; capacity: places for the neighbors of
// one center, an even number: two more for each species than the most neighbors that a center has.
import { Environments } from "../../neighbors/environments";
import { recordAt } from "../../records";
import { INVALID_ARGUMENT, OK } from "../../status";
import { weighFunctions } from "./gradient-sums";
import { clearSlots } from "./jacobian";
import { writeJacobian } from "./jacobian-rows";
import { radialTerms, sortNeighbors } from "./neighbors";
import { radialPulls, writePulls } from "./pulls";
import { AcsfTables, FunctionSet, TripletGroup } from "./tables";
import { forEachBlock, Pass } from "./triplets";
import { radialValues } from "./values";

/** out: f64 [nCenters][features] */
export function acsfValues(nCenters: i32, capacity: i32, environments: usize, tables: usize, out: usize, scratch: usize): i32 {
  const batch = changetype<Environments>(environments);
  const parameters = changetype<AcsfTables>(tables);
  if (nCenters < 0 || capacity < 0) return INVALID_ARGUMENT;
  const bytes = <usize>parameters.nFeatures << 3;
  for (let center = 0; center < nCenters; center++) {
    if (ASC_FEATURE_SIMD) valuesOfCenter<v128>(center, capacity, batch, parameters, out, scratch);
    else valuesOfCenter<f64>(center, capacity, batch, parameters, out, scratch);
    out += bytes;
  }
  return OK;
}

function valuesOfCenter<T>(center: i32, capacity: i32, environments: Environments, tables: AcsfTables, out: usize, scratch: usize): void {
  memory.fill(out, 0, <usize>tables.nFeatures << 3);
  const number = setNumber(center, environments, tables);
  if (number < 0) return;
  const set = recordAt<FunctionSet>(tables.sets, number);
  sortNeighbors(center, environments, tables, set, capacity, scratch);
  radialTerms<T>(tables, set, capacity, 0, scratch);
  radialValues<T>(tables, set, capacity, out, scratch);
  const nGroups = set.nGroups;
  for (let i = 0; i < nGroups; i++) forEachBlock<T>(Pass.values, tables, recordAt<TripletGroup>(set.groups, i), capacity, out, scratch);
}

/** gradients: f64 [nCenters][features]; out: f64 [nPairs][3] */
export function acsfBackward(
  nCenters: i32, capacity: i32, environments: usize, tables: usize, gradients: usize, out: usize, scratch: usize,
): i32 {
  const batch = changetype<Environments>(environments);
  const parameters = changetype<AcsfTables>(tables);
  if (nCenters < 0 || capacity < 0) return INVALID_ARGUMENT;
  const bytes = <usize>parameters.nFeatures << 3;
  for (let center = 0; center < nCenters; center++) {
    if (ASC_FEATURE_SIMD) backwardOfCenter<v128>(center, capacity, batch, parameters, gradients, out, scratch);
    else backwardOfCenter<f64>(center, capacity, batch, parameters, gradients, out, scratch);
    gradients += bytes;
  }
  return OK;
}

function backwardOfCenter<T>(
  center: i32, capacity: i32, environments: Environments, tables: AcsfTables, gradients: usize, out: usize, scratch: usize,
): void {
  const firstPair = load<i32>(environments.offsets);
  const number = setNumber(center, environments, tables);
  if (number < 0) return clearPairs(center, environments, 24, out);
  const set = recordAt<FunctionSet>(tables.sets, number);
  sortNeighbors(center, environments, tables, set, capacity, scratch);
  radialTerms<T>(tables, set, capacity, 1, scratch);
  radialPulls<T>(tables, set, capacity, gradients, scratch);
  const nGroups = set.nGroups;
  for (let i = 0; i < nGroups; i++) {
    const group = recordAt<TripletGroup>(set.groups, i);
    weighFunctions(tables, group, gradients, scratch);
    forEachBlock<T>(Pass.backward, tables, group, capacity, 0, scratch);
  }
  writePulls(tables, capacity, firstPair, out, scratch);
}

/** out: f64 [nPairs][3][features] */
export function acsfJacobian(nCenters: i32, capacity: i32, environments: usize, tables: usize, out: usize, scratch: usize): i32 {
  const batch = changetype<Environments>(environments);
  const parameters = changetype<AcsfTables>(tables);
  if (nCenters < 0 || capacity < 0) return INVALID_ARGUMENT;
  for (let center = 0; center < nCenters; center++) {
    if (ASC_FEATURE_SIMD) jacobianOfCenter<v128>(center, capacity, batch, parameters, out, scratch);
    else jacobianOfCenter<f64>(center, capacity, batch, parameters, out, scratch);
  }
  return OK;
}

function jacobianOfCenter<T>(center: i32, capacity: i32, environments: Environments, tables: AcsfTables, out: usize, scratch: usize): void {
  const firstPair = load<i32>(environments.offsets);
  const number = setNumber(center, environments, tables);
  if (number < 0) return clearPairs(center, environments, 24 * <usize>tables.nFeatures, out);
  const set = recordAt<FunctionSet>(tables.sets, number);
  sortNeighbors(center, environments, tables, set, capacity, scratch);
  radialTerms<T>(tables, set, capacity, 1, scratch);
  clearSlots(tables, capacity, scratch);
  const nGroups = set.nGroups;
  for (let i = 0; i < nGroups; i++) forEachBlock<T>(Pass.jacobian, tables, recordAt<TripletGroup>(set.groups, i), capacity, 0, scratch);
  writeJacobian<T>(tables, set, capacity, firstPair, out, scratch);
}

/** The function set of a center; −1: it has no functions. */
// @ts-ignore: decorator
@inline
function setNumber(center: i32, environments: Environments, tables: AcsfTables): i32 {
  const species = load<i32>(environments.centerSpecies + (<usize>center << 2));
  return load<i32>(tables.setOfSpecies + (<usize>(species < 0 ? tables.nSpecies : species) << 2));
}

/** Derivatives of a center without functions. */
function clearPairs(center: i32, environments: Environments, bytes: usize, out: usize): void {
  const offsets = environments.offsets;
  const first = load<i32>(offsets + (<usize>center << 2));
  const end = load<i32>(offsets + (<usize>center << 2), 4);
  memory.fill(out + <usize>(first - load<i32>(offsets)) * bytes, 0, <usize>(end - first) * bytes);
}
