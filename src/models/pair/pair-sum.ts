import { speciesIndices } from "../../descriptors/species.js";
import type { Geometry } from "../../environments/geometry.js";
import { buildNeighborList } from "../../neighbors/neighbor-list.js";
import { neighborsWithin } from "../../neighbors/known-list.js";
import { type NeighborList, placeNeighborList } from "../../neighbors/layout.js";
import type { Arena, Pointer } from "../../wasm/memory.js";
import type { Wasm } from "../../wasm/wasm.js";
import type { EvaluationRequest, PotentialEvaluator, Prediction } from "../potential.js";
import type { PairFunctions } from "./pair-function.js";

/** Predictions of a pair potential E = ½ Σ_i Σ_j φ(r_ij), each atom with half of its pairs. */
export class PairSumEvaluator implements PotentialEvaluator {
  constructor(
    private readonly wasm: Wasm,
    private readonly functions: PairFunctions,
  ) {}

  evaluate(geometry: Geometry, { want, range = { first: 0, last: geometry.atomicNumbers.length } }: EvaluationRequest, scratch: Arena): Prediction {
    const { wasm } = this;
    const nAtoms = geometry.atomicNumbers.length;
    const species = speciesIndices(geometry, this.functions.species);
    const mark = scratch.mark();
    const localEnergies = new Float64Array(nAtoms);
    const needsGradient = want.forces === true || want.virial === true;
    const sums = scratch.f64(3 * nAtoms + 9);
    wasm.f64(sums, 3 * nAtoms + 9).fill(0);
    const centers = Int32Array.from({ length: range.last - range.first }, (_, i) => range.first + i);
    if (centers.length > 0) {
      const { positions, cell, pbc, neighbors } = geometry;
      const input = { positions, nAtoms, cell, pbc, cutoff: this.functions.cutoff, centers };
      const list = neighbors ? neighborsWithin(wasm, scratch, neighbors, input) : buildNeighborList(wasm, scratch, input);
      const gradients = needsGradient ? scratch.f64(3 * list.nPairs) : 0;
      this.addPairs(list, species, localEnergies, gradients);
      if (gradients) wasm.routines.scatterForces(placeNeighborList(wasm, scratch, list), gradients, sums, sums + 24 * nAtoms);
    }
    const prediction: Prediction = {
      energy: localEnergies.reduce((sum, energy) => sum + energy, 0),
      ...(want.forces ? { forces: wasm.f64(sums, 3 * nAtoms).slice() } : {}),
      ...(want.virial ? { virial: wasm.f64(sums + 24 * nAtoms, 9).slice() } : {}),
      ...(want.localEnergies ? { localEnergies } : {}),
    };
    scratch.reset(mark);
    return prediction;
  }

  /** Halves of pairs to their centers; gradients: f64 [nPairs × 3], of these halves by the displacement, or 0 */
  private addPairs(list: Omit<NeighborList, "shifts">, species: Int32Array, localEnergies: Float64Array, gradients: Pointer): void {
    const { wasm } = this;
    const { functions, species: known } = this.functions;
    const { nCenters, nPairs } = list;
    const [centerAtoms, offsets, neighborAtoms] = [wasm.i32(list.centerAtoms, nCenters), wasm.i32(list.offsets, nCenters + 1), wasm.i32(list.neighborAtoms, nPairs)];
    const [dx, dy, dz, distances] = [list.dx, list.dy, list.dz, list.distances].map((pointer) => wasm.f64(pointer, nPairs));
    const slopes = gradients ? wasm.f64(gradients, 3 * nPairs).fill(0) : undefined;
    const out = new Float64Array(2);
    for (let c = 0; c < nCenters; c++) {
      const first = species[centerAtoms[c]] * known.length;
      let energy = 0;
      for (let pair = offsets[c]; pair < offsets[c + 1]; pair++) {
        const pairFunction = functions[first + species[neighborAtoms[pair]]];
        const r = distances[pair];
        if (!pairFunction || r >= pairFunction.cutoff) continue;
        pairFunction.at(r, out);
        energy += 0.5 * out[0];
        if (!slopes) continue;
        const slope = (0.5 * out[1]) / r;
        slopes[3 * pair] = slope * dx[pair];
        slopes[3 * pair + 1] = slope * dy[pair];
        slopes[3 * pair + 2] = slope * dz[pair];
      }
      localEnergies[centerAtoms[c]] += energy;
    }
  }
}
