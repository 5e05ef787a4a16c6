import { InvalidParameterError } from "../../errors.js";
import { symbolOf } from "../../structures/periodic-table.js";
import type { DataStatistics, Descriptor, PrincipalAxes, SpeciesList } from "../descriptor.js";
import { principalAxesBytes } from "./axes-memory.js";
import type { ColumnMatrix, MapShape } from "./column-map.js";
import { componentErrors, type ComponentErrors, fewestComponents } from "./kernel-errors.js";
import { ReducedDescriptor } from "./reduced-descriptor.js";
import type { LearnedComponents, PrincipalComponentsReduction } from "./schema.js";

/** Mean squares below this share of the largest are rounding. */
const ROUNDING = 1e-15;

/** The columns of another descriptor along the principal axes of some data, those of the largest mean squares first. */
export class PrincipalComponents extends ReducedDescriptor {
  /** @throws {InvalidParameterError} for columns that turn, and where neither a number nor an error is given, or both are */
  constructor(
    descriptor: Descriptor,
    private readonly reduction: PrincipalComponentsReduction,
  ) {
    super(descriptor, reduction.learned?.species);
    if (descriptor.turns) throw new InvalidParameterError(`${this.name}: columns turn with the structure, and their principal components would depend on how the data are turned: use a list of columns (reduction.type: columns)`);
    if ((reduction.components === undefined) === (reduction.kernelError === undefined)) {
      throw new InvalidParameterError(`${this.name}: reduction needs components (how many) or kernelError (how exact kernels must be)${reduction.components === undefined ? "" : ", not both"}`);
    }
    const { components, learned } = reduction;
    if (learned && components !== undefined && learned.vectors.length > components) {
      throw new InvalidParameterError(`${this.name}: reduction has components ${components}, but ${learned.vectors.length} vectors in learned: take learned out, which finds them anew`);
    }
  }

  get parameters(): Descriptor["parameters"] {
    return { ...this.descriptor.parameters, reduction: this.reduction };
  }

  /** The descriptor inside first, then the axes of its rows. */
  get learn(): Descriptor["learn"] {
    const { descriptor, reduction } = this;
    if (reduction.learned && !descriptor.learn) return undefined;
    return async (data) => {
      const inner = descriptor.learn ? await descriptor.learn(data) : descriptor;
      if (reduction.learned) return new PrincipalComponents(inner, reduction);
      return new PrincipalComponents(inner, { ...reduction, learned: await this.componentsOf(inner, data) });
    };
  }

  override learningBytes(species: SpeciesList): number {
    const inner = super.learningBytes(species);
    return this.reduction.learned ? inner : Math.max(inner, principalAxesBytes(this.descriptor.featureCount(species) - (this.weighsRows ? 1 : 0)));
  }

  override get findings(): string | undefined {
    const { learned } = this.reduction;
    if (!learned) return undefined;
    const { vectors, explained, kernelErrors, nRows } = learned;
    const [largest, rms, normalized] = [kernelErrors.largest, kernelErrors.rms, kernelErrors.normalized].map((error) => error.toExponential(1));
    return (
      `${vectors.length} principal components of ${vectors[0].length} columns explain ${(100 * explained).toPrecision(8)} % of the ${this.reduction.centered ? "variance" : "mean square"} of ${nRows} rows; ` +
      `error of x·x′ at most ${largest}, RMS ${rms} of the largest x·x; of the normalized kernel at most ${normalized}`
    );
  }

  /** Known with the axes: before, nobody is known to be needed. */
  override get neededSpecies(): Descriptor["neededSpecies"] {
    return this.reduction.learned ? super.neededSpecies : undefined;
  }

  protected override mapShape(species: SpeciesList): MapShape {
    if (this.reduction.learned) return super.mapShape(species);
    // as many as there can be
    const nBefore = this.descriptor.featureCount(species);
    const weight = this.weighsRows ? 1 : 0;
    return { nBefore, nAfter: Math.min(nBefore, (this.reduction.components ?? nBefore) + weight), isList: false };
  }

  protected makeMap(species: SpeciesList): ColumnMatrix {
    const { learned } = this.reduction;
    if (!learned) throw new InvalidParameterError(`${this.name}: reduction "principal-components" takes its axes from data, and has not seen any: learnFromData gives them`);
    const nBefore = this.descriptor.featureCount(species);
    const nColumns = nBefore - (this.weighsRows ? 1 : 0);
    const { vectors, offset } = learned;
    if (vectors.some((vector) => vector.length !== nColumns)) {
      throw new InvalidParameterError(`${this.name}: reduction.learned has vectors for ${vectors[0].length} columns, but there are ${nColumns}: take them from these data anew`);
    }
    return withWeight(vectors, nBefore, this.weighsRows === true, offset);
  }

  protected override labelOfSum(index: number): string {
    return `component ${index + 1}`;
  }

  private async componentsOf(inner: Descriptor, data: DataStatistics<Descriptor>): Promise<LearnedComponents> {
    const { centered, scaled, components, kernelError } = this.reduction;
    const axes = await data.principalAxes(inner, { isCentered: centered, isScaled: scaled });
    this.checkSpread(axes);
    const nAll = axes.variances.length;
    const learned = learnedOf(axes, data.species, centered, nAll, { largest: 0, rms: 0, normalized: 0 });
    const all = { ...this.reduction, components: components && nAll, learned };
    const errors = await componentErrors(axes.variances, this.weighsRows === true, data.rows(new PrincipalComponents(inner, all)));
    const rank = axes.variances.filter((variance) => variance > ROUNDING * axes.variances[0]).length;
    const count = Math.min(rank, components ?? fewestComponents(errors, kernelError!));
    return learnedOf(axes, data.species, centered, count, { largest: errors.largest[count], rms: errors.rms[count], normalized: errors.normalized[count] });
  }

  private checkSpread({ means, variances }: PrincipalAxes): void {
    const size = means.reduce((sum, mean) => sum + mean ** 2, 0);
    if (variances[0] > ROUNDING ** 2 * size) return;
    throw new InvalidParameterError(
      `${this.name}: all rows of the data are ${size > 0 ? "equal" : "0"}, so they have no principal components: learn from data with different environments${size > 0 ? ", or use centered: false" : ""}`,
    );
  }
}

function learnedOf({ nRows, means, scales, variances, axes }: PrincipalAxes, species: SpeciesList, isCentered: boolean, count: number, kernelErrors: ComponentErrors): LearnedComponents {
  const n = scales.length;
  const vectors = Array.from({ length: count }, (_, k) => Array.from(axes.subarray(k * n, (k + 1) * n), (component, f) => component / scales[f]));
  const total = variances.reduce((sum, variance) => sum + variance, 0);
  return {
    species: species.map(symbolOf),
    nRows,
    explained: Math.min(1, variances.subarray(0, count).reduce((sum, variance) => sum + variance, 0) / total),
    kernelErrors,
    variances: Array.from(variances.subarray(0, count)),
    ...(isCentered && { offset: vectors.map((vector) => vector.reduce((sum, weight, f) => sum + weight * means[f], 0)) }),
    vectors,
  };
}

/** M with the vectors as columns, and a weight of rows behind them. */
function withWeight(vectors: readonly (readonly number[])[], nBefore: number, hasWeight: boolean, offset: readonly number[] | undefined): ColumnMatrix {
  const nAfter = vectors.length + (hasWeight ? 1 : 0);
  const matrix = new Float64Array(nBefore * nAfter);
  vectors.forEach((vector, k) => vector.forEach((weight, f) => (matrix[f * nAfter + k] = weight)));
  if (hasWeight) matrix[nBefore * nAfter - 1] = 1;
  return { nBefore, nAfter, matrix, ...(offset && { offset: Float64Array.from([...offset, ...(hasWeight ? [0] : [])]) }) };
}
