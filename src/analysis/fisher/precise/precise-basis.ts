import { type ClusterBasis, type ClusterValues, hasSpeciesWeights, speciesPairs } from "../../../descriptors/cluster/basis.js";
import type { PreciseArithmetic } from "../../../math/precise/arithmetic.js";
import type { ClusterFunctions } from "./cluster-functions.js";
import type { PrecisePairs } from "./pairs.js";
import { preciseRadial, type PreciseRadial, radialDerivative } from "./radial.js";
import { ThreeBodyFunctions } from "./three-body.js";
import { TwoBodyFunctions } from "./two-body.js";

/** A parameter of a basis; a factor by its number. */
export type BasisParameter = "alpha" | "beta" | number;

/** A basis on the sites of a structure. */
export class PreciseBasis {
  readonly functions: ClusterFunctions;
  private readonly radial: PreciseRadial;

  constructor(
    private readonly numbers: PreciseArithmetic,
    private readonly pairs: PrecisePairs,
    private readonly basis: ClusterBasis,
    private readonly parameters: ClusterValues,
    private readonly nSpecies: number,
    radius: number,
  ) {
    this.radial = preciseRadial(numbers, pairs, basis, parameters, radius);
    this.functions = this.make([[this.radial, this.radial]], parameters.weights);
  }

  /** ∂Φ/∂ln α, ∂Φ/∂ln β, or ∂Φ/∂w of one factor. */
  derivative(by: BasisParameter): ClusterFunctions {
    const { numbers, pairs, basis, parameters, radial } = this;
    if (typeof by === "number") return this.make([[radial, radial]], this.unitFactor(by));
    const derivative = radialDerivative(numbers, pairs, radial, parameters, by);
    return this.make(basis.body === 2 ? [[derivative, derivative]] : [[derivative, radial], [radial, derivative]], parameters.weights);
  }

  private make(products: readonly (readonly [PreciseRadial, PreciseRadial])[], weights: Float64Array | undefined): ClusterFunctions {
    const { numbers, pairs, basis, nSpecies } = this;
    const factors = hasSpeciesWeights(basis, nSpecies) ? weights : undefined;
    if (basis.body === 3) return new ThreeBodyFunctions(numbers, pairs, basis, nSpecies, products, factors);
    return new TwoBodyFunctions(numbers, pairs, basis, nSpecies, products[0][0], factors);
  }

  /** 1 for one factor, 0 for the others. */
  private unitFactor(index: number): Float64Array {
    const nPairs = speciesPairs(this.nSpecies).length;
    return new Float64Array(this.basis.body === 3 ? this.nSpecies * nPairs : nPairs * this.basis.size).fill(1, index, index + 1);
  }
}
