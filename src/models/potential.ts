import type { Descriptor, DescriptorTables, SpeciesList } from "../descriptors/descriptor.js";
import type { ParameterRowsRequest, Parametric } from "./parametric.js";
import type { Arena, MemoryPool, Pointer } from "../wasm/memory.js";
import type { Wasm } from "../wasm/wasm.js";
import type { DescribedEnvironments } from "../environments/environments.js";
import type { CenterRange, Geometry } from "../environments/geometry.js";

/** Which quantities to predict besides the energy. */
export interface Want {
  /** eV/Å, nAtoms × 3; default: no. */
  readonly forces?: boolean;
  /** eV, 3 × 3; default: no. */
  readonly virial?: boolean;
  /** eV, nAtoms; default: no. */
  readonly localEnergies?: boolean;
  /** With the prior variance; only where the potential says `hasVariance`. */
  readonly variance?: boolean;
  /** Variances of the energy and, where these are wanted, of the forces; only where the potential says `hasErrorBars`, and of whole structures. */
  readonly errorBars?: boolean;
  /** Only where the potential says `hasExtrapolationGrade`. */
  readonly extrapolationGrade?: boolean;
  /** With their shares of the limits, where the potential says `hasSpreadLimits`; only where it says `hasLocalDeviations`. */
  readonly localDeviations?: boolean;
}

/** What a potential predicts for one structure. Plain data. */
export interface Prediction {
  /** eV */
  readonly energy: number;
  /** eV/Å, nAtoms × 3 */
  readonly forces?: Float64Array;
  /** eV, 3 × 3 row-major: −dE/dε = −volume · stress */
  readonly virial?: Float64Array;
  /** eV, nAtoms: they add up to the energy */
  readonly localEnergies?: Float64Array;
  /** eV², nAtoms: predictive variance of each local energy */
  readonly variance?: Float64Array;
  /** eV², nAtoms: the variance of each local energy where nothing is known; comes with the variance */
  readonly priorVariance?: Float64Array;
  /** eV²: variance of the energy by what is not known of the coefficients, without the noise of reference values */
  readonly energyVariance?: number;
  /** eV²/Å², nAtoms × 3: the same of every component of the forces; comes with the forces */
  readonly forceVariances?: Float64Array;
  /** Of the whole structure, by name, each in its own unit; only of models that were fitted to more than energies. */
  readonly properties?: Readonly<Record<string, number>>;
  /** nAtoms: how far each environment lies outside of those that the potential was fitted to, up to 1 inside; of a sum of potentials the largest */
  readonly extrapolationGrades?: Float64Array;
  /** eV, nAtoms: standard deviation of each local energy over the members of a committee; of a sum in quadrature */
  readonly localDeviations?: Float64Array;
  /** nAtoms: each local deviation as a share of the limit of its species, up to 1 for environments like those of the training data; of a sum of potentials the largest */
  readonly committeeSpreads?: Float64Array;
}

/** Tables in shared memory and plain numbers; made once on the host, read by every thread. */
export interface PotentialTables {
  /** Of the potential; decides who attaches them. */
  readonly type: string;
  /** What it describes environments with, by the names of `Potential.described`: who evaluates several potentials may describe for all of them. */
  readonly parts?: Readonly<Record<string, TablesOfPart>> | undefined;
}

/** A descriptor in memory with its centers. */
export interface TablesOfPart {
  /** Of the descriptor. */
  readonly descriptor: DescriptorTables;
  /** Atomic numbers that the centers refer to, ascending. */
  readonly species: SpeciesList;
  /** Species indices; null: all atoms */
  readonly centers: readonly number[] | null;
}

/** A potential bound to one thread. */
export interface PotentialEvaluator {
  /**
   * Contributions of the environments of some atoms: energies of these centers, and their derivatives in all atoms. Contributions
   * of ranges that cover a structure add up to its prediction; `localEnergies`, `variance`, `extrapolationGrades`, `localDeviations` and `committeeSpreads`
   * are zero outside the range.
   * @throws {InvalidStructureError} for a species that the potential does not know
   */
  evaluate(geometry: Geometry, request: EvaluationRequest, scratch: Arena): Prediction;
  /**
   * Predicts several whole structures where that takes less time than one after the other: each has the same bits as alone. Absent: it does not.
   * @throws {InvalidStructureError} naming the structure
   */
  evaluateTogether?(geometries: readonly Geometry[], want: Want, scratch: Arena): Prediction[];
  /**
   * What `prepareWith` put together, each potential's prediction in order, in one pass over the environments. The first has all that is wanted, others
   * neither variance nor grades. Absent where tables are of one potential.
   */
  evaluateAll?(geometry: Geometry, request: EvaluationRequest, scratch: Arena): Prediction[];
  /**
   * Derivatives of a structure's energy, forces and virial by the parameters of `Potential.parametric`: rows × columns, row-major, f64 in the arena. There
   * where the potential is parametric.
   * @throws {InvalidStructureError} for a species that the potential does not know
   */
  parameterRows?(geometry: Geometry, request: ParameterRowsRequest, scratch: Arena): Pointer;
}

/** Environments of one structure by part of a potential, as `Potential.described` asks for them. */
export type DescribedParts = ReadonlyMap<string, DescribedEnvironments>;

/** What is asked of an evaluator. */
export interface EvaluationRequest {
  /** What is predicted besides the energy. */
  readonly want: Want;
  /** Default: all atoms */
  readonly range?: CenterRange;
  /** Environments that are known already, to be used instead of describing them. */
  readonly described?: DescribedParts;
}

/** Standard deviations that the residuals of a fit speak of: errors of reference values, and of a model that cannot follow them. */
export interface ResidualNoise {
  /** eV, of an atom: it grows with √nAtoms; of a structure where `perAtom` is false. Absent: energies were not fitted. */
  readonly energy?: number | undefined;
  /** Whether the energy is that of an atom. */
  readonly perAtom: boolean;
  /** eV/Å, of a component. Absent: forces were not fitted. */
  readonly forces?: number | undefined;
}

/** What a potential describes environments with. */
export interface DescribedPart {
  /** Whose rows it takes. */
  readonly descriptor: Descriptor;
  /** Atomic numbers of the centers; null: all atoms */
  readonly centers: readonly number[] | null;
  /** Atomic numbers that its rows know, ascending; absent: those of the potential. */
  readonly species?: SpeciesList;
}

/** A fitted potential, on the host. */
export interface Potential {
  /** As in model files. */
  readonly type: string;
  /** Atomic numbers it knows, ascending. */
  readonly species: SpeciesList;
  /** Å: how far an atom sees. */
  readonly cutoff: number;
  /** Whether `want.variance` may be asked for. */
  readonly hasVariance: boolean;
  /**
   * Whether the share of the variance in the prior variance tells environments like those of the training data from others: it does for
   * kernels, whose prior is reached far from the data; not where the prior is that of coefficients. Absent: it does where there is a variance.
   */
  readonly varianceTellsDomain?: boolean | undefined;
  /** Floating-point operations that the variance of all atoms takes beside the energy, roughly; absent where there is no variance. */
  varianceFlops?(nAtoms: number): number;
  /** Whether `want.errorBars` may be asked for; absent: no. */
  readonly hasErrorBars?: boolean;
  /** What errors of predictions have beside the error bars; absent where it is not known. */
  readonly residualNoise?: ResidualNoise | undefined;
  /** Whether `want.extrapolationGrade` may be asked for; absent: no. */
  readonly hasExtrapolationGrade?: boolean;
  /** Floating-point operations that the grades of all atoms take beside the energy, roughly; absent where there are no grades. */
  gradeFlops?(nAtoms: number): number;
  /** Whether `want.localDeviations` may be asked for: committees; absent: no. */
  readonly hasLocalDeviations?: boolean;
  /** Whether local deviations come with their shares of limits, which training data gave; absent: no. */
  readonly hasSpreadLimits?: boolean;
  /** Floating-point operations that local deviations take beside the energy, roughly; absent where there are none. */
  deviationFlops?(nAtoms: number): number;
  /** The parameters that evaluators differentiate by; absent: they do not. */
  readonly parametric?: Parametric | undefined;
  /** eV, of each species in order; absent where energies are not relative to isolated atoms. */
  readonly isolatedAtomEnergies?: readonly number[] | undefined;
  /**
   * Descriptors of environments that `evaluate` can take over where they are known already, by part; absent where there are none. A sum of
   * potentials passes on those of its terms under longer names.
   */
  readonly described?: ReadonlyMap<string, DescribedPart>;
  /** Builds the tables in shared memory; those for the variance only if it is wanted. */
  prepare(wasm: Wasm, pool: MemoryPool, want: Want): PreparedPotential;
  /**
   * Tables of this potential, for all that is wanted but error bars, with those of others that describe environments alike and differ in numbers, for
   * `evaluateAll`. Absent: there is nothing that potentials of this type would share.
   * @param others for which `isAlike`
   */
  prepareWith?(others: readonly Potential[], wasm: Wasm, pool: MemoryPool, want: Want): PreparedPotential;
  /** Whether `prepareWith` takes the other one. */
  isAlike?(other: Potential): boolean;
}

/** Tables of a potential, as long as they are in memory. */
export interface PreparedPotential<Tables extends PotentialTables = PotentialTables> {
  /** Plain data, for any thread. */
  readonly tables: Tables;
  /** Gives the memory of the tables back. */
  release(): void;
}
