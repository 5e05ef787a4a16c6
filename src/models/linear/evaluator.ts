import { speciesIndices } from "../../descriptors/species.js";
import type { CenterRange, Geometry } from "../../environments/geometry.js";
import { matrix } from "../../linalg/matrix.js";
import { gemm } from "../../linalg/product.js";
import type { Arena, Pointer } from "../../wasm/memory.js";
import type { Wasm } from "../../wasm/wasm.js";
import { type LocalEnergyTerm, LocalEnergySum, type LocalSums, type TermRows } from "../local-energy/sum.js";
import { signedParameterRows } from "../local-energy/parameter-rows.js";
import type { ParameterRowsRequest } from "../parametric.js";
import type { DescribedParts, EvaluationRequest, PotentialEvaluator, Prediction } from "../potential.js";
import { errorBars } from "./error-bars.js";
import { addCoefficientRows } from "./parameter-rows.js";
import { type ColumnObserver, SpeciesRows } from "./species-rows.js";
import type { LinearTables, LinearTermTables, VarianceTables } from "./tables.js";

/** Rows that are worked on together: enough for an efficient product, few enough to bound its memory. */
const BLOCK_ROWS = 240;

/** Predictions of a linear potential: E = Σ_i E₀(Z_i) + Σ_terms Σ_i c_{Z_i} · φ(x_i). */
export class LinearEvaluator implements PotentialEvaluator {
  private readonly sum: LocalEnergySum;
  /** With those that are alike; made when it is needed. */
  private all: LocalEnergySum | undefined;

  constructor(
    private readonly wasm: Wasm,
    private readonly tables: LinearTables,
  ) {
    this.sum = this.sumWith([tables], []);
  }

  evaluate(geometry: Geometry, request: EvaluationRequest, scratch: Arena): Prediction {
    const { variance } = this.tables;
    const { want, described } = request;
    const [prediction] = this.predict([this.tables], this.sum, geometry, request, scratch);
    if (!want.errorBars || !variance) return prediction;
    return { ...prediction, ...errorBars(this.wasm, this.tables, variance, { geometry, described, forces: want.forces === true }, scratch) };
  }

  evaluateAll(geometry: Geometry, request: EvaluationRequest, scratch: Arena): Prediction[] {
    const all = [this.tables, ...this.tables.alike];
    this.all ??= this.sumWith(all, []);
    return this.predict(all, this.all, geometry, request, scratch);
  }

  parameterRows(geometry: Geometry, request: ParameterRowsRequest, scratch: Arena): Pointer {
    const { wasm, tables } = this;
    return signedParameterRows(wasm, geometry.atomicNumbers.length, tables.nColumns, request, scratch, (layout, rows) => {
      addCoefficientRows(wasm, tables, { geometry }, layout, rows, scratch);
    });
  }

  /** Predictions of some potentials, of the first with its variance and grades. */
  private predict(all: readonly LinearTables[], plain: LocalEnergySum, geometry: Geometry, request: EvaluationRequest, scratch: Arena): Prediction[] {
    const { variance, activeSets, species, firstIntercept } = this.tables;
    const { want, range = { first: 0, last: geometry.atomicNumbers.length } } = request;
    const mark = scratch.mark();
    const projections = want.variance && variance ? new Projections(this.wasm, variance, range) : undefined;
    projections?.addIntercepts(speciesIndices(geometry, species), firstIntercept);
    const rows = want.extrapolationGrade && activeSets ? this.openRows(geometry, range, scratch) : undefined;
    const observers = [projections, rows].filter((observer) => observer !== undefined);
    const [first, ...others] = (observers.length === 0 ? plain : this.sumWith(all, observers)).evaluate(geometry, request, scratch);
    projections?.write(first.variance!, first.priorVariance!);
    const grades = rows && { extrapolationGrades: rows.grades(activeSets!, scratch) };
    scratch.reset(mark);
    return [{ ...first, ...grades }, ...others];
  }

  /** φ of the atoms of every species, f64 [atoms × columns of the species], in the order of the atoms. */
  speciesRows(geometry: Geometry, described: DescribedParts | undefined, scratch: Arena): Float64Array[] {
    const mark = scratch.mark();
    const rows = this.openRows(geometry, { first: 0, last: geometry.atomicNumbers.length }, scratch);
    this.sumWith([this.tables], [rows]).evaluate(geometry, { want: {}, described }, scratch);
    const copies = rows.copies();
    scratch.reset(mark);
    return copies;
  }

  private openRows(geometry: Geometry, range: CenterRange, scratch: Arena): SpeciesRows {
    const { terms, species } = this.tables;
    return new SpeciesRows(this.wasm, { terms, nSpecies: species.length }, speciesIndices(geometry, species), range, scratch);
  }

  /** @param observers of the first of them */
  private sumWith(all: readonly LinearTables[], observers: readonly ColumnObserver[]): LocalEnergySum {
    return new LocalEnergySum(this.wasm, all, this.tables.terms.map((_, t) => new LinearTermEvaluator(this.wasm, all.map(({ terms }) => terms[t]), observers)));
  }
}

/** Bᵀ φ of every atom of a range: terms of an atom have a common covariance, so that its variance is known when all have been added. */
class Projections implements ColumnObserver {
  private readonly known: Float64Array;
  private readonly prior: Float64Array;

  constructor(
    private readonly wasm: Wasm,
    private readonly tables: VarianceTables,
    private readonly range: CenterRange,
  ) {
    const nAtoms = range.last - range.first;
    this.known = new Float64Array(nAtoms * tables.nDirections);
    this.prior = new Float64Array(nAtoms);
  }

  /** The constant of every atom, where the model has one. */
  addIntercepts(species: Int32Array, firstIntercept: number | undefined): void {
    const { wasm, range } = this;
    const { nDirections, root, prior } = this.tables;
    if (firstIntercept === undefined) return;
    for (let atom = range.first; atom < range.last; atom++) {
      const column = firstIntercept + species[atom];
      this.known.set(wasm.f64(root + 8 * column * nDirections, nDirections), (atom - range.first) * nDirections);
      this.prior[atom - range.first] += wasm.f64(prior + 8 * column, 1)[0];
    }
  }

  add(atoms: Int32Array, columns: Pointer, width: number, firstColumn: number, scratch: Arena): void {
    const { wasm } = this;
    const { nDirections, root, prior } = this.tables;
    const mark = scratch.mark();
    const products = scratch.f64(atoms.length * nDirections);
    const block = matrix(root + 8 * firstColumn * nDirections, width, nDirections);
    gemm(wasm, scratch, 1, matrix(columns, atoms.length, width), block, 0, matrix(products, atoms.length, nDirections));
    const [rows, values, variances] = [wasm.f64(products, atoms.length * nDirections), wasm.f64(columns, atoms.length * width), wasm.f64(prior + 8 * firstColumn, width)];
    atoms.forEach((atom, i) => {
      const at = atom - this.range.first;
      for (let k = 0; k < nDirections; k++) this.known[at * nDirections + k] += rows[i * nDirections + k];
      for (let k = 0; k < width; k++) this.prior[at] += variances[k] * values[i * width + k] ** 2;
    });
    scratch.reset(mark);
  }

  /** Variances of the local energies, by atom of the structure. */
  write(variance: Float64Array, priorVariance: Float64Array): void {
    const { nDirections } = this.tables;
    this.prior.forEach((prior, i) => {
      let square = 0;
      for (let k = 0; k < nDirections; k++) square += this.known[i * nDirections + k] ** 2;
      variance[this.range.first + i] = square;
      priorVariance[this.range.first + i] = prior;
    });
  }
}

class LinearTermEvaluator implements LocalEnergyTerm {
  readonly descriptor: LinearTermTables["descriptor"];
  readonly centers: readonly number[] | null;

  /**
   * @param all of each potential
   * @param observers of the first one
   */
  constructor(
    private readonly wasm: Wasm,
    private readonly all: readonly LinearTermTables[],
    private readonly observers: readonly ColumnObserver[],
  ) {
    [{ descriptor: this.descriptor, centers: this.centers }] = all;
  }

  addEnergies({ atoms, species, values, gradients }: TermRows, sums: readonly LocalSums[], scratch: Arena): void {
    const { wasm, all } = this;
    const [{ blocks, nFeatures }] = all;
    const rows = Math.min(BLOCK_ROWS, atoms.length);
    const mark = scratch.mark();
    const x = scratch.f64(rows * nFeatures);
    const slopes = scratch.f64(rows * nFeatures);
    for (const [block, index] of blocks.entries()) {
      // the rows of one species, gathered
      const members = Array.from(atoms.keys()).filter((i) => species[atoms[i]] === index);
      for (let first = 0; first < members.length; first += rows) {
        const some = members.slice(first, first + rows);
        some.forEach((row, i) => wasm.f64(x + 8 * i * nFeatures, nFeatures).set(wasm.f64(values + 8 * row * nFeatures, nFeatures)));
        const own = some.map((row) => atoms[row]);
        for (const [k, tables] of all.entries()) {
          this.writeSlopes(tables, block, some.length, x, slopes, scratch);
          this.addBlock(tables, block, own, x, slopes, sums[k].localEnergies);
          if (!gradients) continue;
          const target = gradients + 8 * k * atoms.length * nFeatures;
          some.forEach((row, i) => wasm.f64(target + 8 * row * nFeatures, nFeatures).set(wasm.f64(slopes + 8 * i * nFeatures, nFeatures)));
        }
        this.observe(block, own, x, scratch);
      }
    }
    scratch.reset(mark);
  }

  /** ∂E/∂x = c + α x */
  private writeSlopes({ nFeatures: n, linear, products }: LinearTermTables, block: number, count: number, x: Pointer, slopes: Pointer, scratch: Arena): void {
    const { wasm } = this;
    const coefficients = wasm.f64(linear + 8 * block * n, n);
    const target = wasm.f64(slopes, count * n);
    for (let i = 0; i < count; i++) target.set(coefficients, i * n);
    if (products) gemm(wasm, scratch, 1, matrix(x, count, n), matrix(products + 8 * block * n * n, n, n), 1, matrix(slopes, count, n));
  }

  /** c·x + ½ xᵀ α x = ½ (c + ∂E/∂x)·x */
  private addBlock({ nFeatures: n, linear }: LinearTermTables, block: number, atoms: readonly number[], x: Pointer, slopes: Pointer, localEnergies: Float64Array): void {
    const { wasm } = this;
    const [rows, derivatives, coefficients] = [wasm.f64(x, atoms.length * n), wasm.f64(slopes, atoms.length * n), wasm.f64(linear + 8 * block * n, n)];
    atoms.forEach((atom, i) => {
      let energy = 0;
      for (let f = 0; f < n; f++) energy += 0.5 * (coefficients[f] + derivatives[i * n + f]) * rows[i * n + f];
      localEnergies[atom] += energy;
    });
  }

  /** Shows the columns of some atoms of one species to who asked for them. */
  private observe(block: number, atoms: readonly number[], x: Pointer, scratch: Arena): void {
    const { wasm } = this;
    const [{ nFeatures: n, width, firstColumn }] = this.all;
    if (this.observers.length === 0) return;
    const mark = scratch.mark();
    const columns = width > n ? scratch.f64(atoms.length * width) : x;
    if (width > n) wasm.routines.quadraticRows(atoms.length, n, x, columns);
    for (const observer of this.observers) observer.add(Int32Array.from(atoms), columns, width, firstColumn + block * width, scratch);
    scratch.reset(mark);
  }
}
