import type { Descriptor, PreparedDescriptor, SpeciesList } from "../../descriptors/descriptor.js";
import { prepareShared } from "../../descriptors/shared-tables.js";
import type { MemoryPool, Pointer, Region } from "../../wasm/memory.js";
import type { Wasm } from "../../wasm/wasm.js";
import type { LinearTermTables } from "./tables.js";

/** One term of the energy: Σ_i c_{Z_i} · φ(x_i) over its centers i, with coefficients for every species of centers. */
export interface LinearTerm {
  /** Of the environments; it has a row for each center. */
  readonly descriptor: Descriptor;
  /** Atomic numbers of its centers; null for all atoms. */
  readonly centers: readonly number[] | null;
  /** Whether φ(x) holds the products of columns behind the columns themselves: ½ x_0², x_0 x_1, …, ½ x_1², … as quadratic SNAP. */
  readonly quadratic: boolean;
  /** species of the centers (ascending) × columns, row-major; eV over the unit of the column */
  readonly coefficients: Float64Array;
}

/** Species of the centers of a term, ascending: each has coefficients of its own. */
export function blockSpecies({ centers }: Pick<LinearTerm, "centers">, species: SpeciesList): number[] {
  return species.filter((atomicNumber) => centers === null || centers.includes(atomicNumber));
}

/** Columns φ(x) of a row x with so many features. */
export function columnCount(nFeatures: number, quadratic: boolean): number {
  return nFeatures + (quadratic ? (nFeatures * (nFeatures + 1)) / 2 : 0);
}

export interface PreparedLinearTerm {
  readonly tables: LinearTermTables;
  release(): void;
}

/** Puts a term's coefficients in shared memory. */
export function prepareTerm(wasm: Wasm, pool: MemoryPool, term: LinearTerm, species: SpeciesList, firstColumn: number): PreparedLinearTerm {
  const nFeatures = term.descriptor.featureCount(species);
  const width = columnCount(nFeatures, term.quadratic);
  const blocks = blockSpecies(term, species).map((atomicNumber) => species.indexOf(atomicNumber));
  const regions: Region[] = [];
  let descriptor: PreparedDescriptor | undefined;
  const release = (): void => {
    for (const region of regions.splice(0)) pool.release(region);
    descriptor?.release();
    descriptor = undefined;
  };
  const place = (values: Float64Array): Pointer => {
    const region = pool.allocate(8 * values.length, "coefficients");
    regions.push(region);
    wasm.f64(region.pointer, values.length).set(values);
    return region.pointer;
  };
  try {
    descriptor = prepareShared(term.descriptor, wasm, pool, species);
    const ofBlock = (block: number, first: number, count: number): Float64Array => term.coefficients.subarray(block * width + first, block * width + first + count);
    const linear = place(join(blocks.map((_, block) => ofBlock(block, 0, nFeatures))));
    const products = term.quadratic ? place(join(blocks.map((_, block) => symmetric(nFeatures, ofBlock(block, nFeatures, width - nFeatures))))) : 0;
    const centers = term.centers === null ? null : blocks;
    return { tables: { descriptor: descriptor.tables, centers, blocks, nFeatures, width, firstColumn, linear, products }, release };
  } catch (error) {
    release();
    throw error;
  }
}

function join(parts: readonly Float64Array[]): Float64Array {
  const joined = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** α of ½ xᵀ α x from its upper half, row by row: n × n. */
function symmetric(n: number, upper: Float64Array): Float64Array {
  const full = new Float64Array(n * n);
  for (let a = 0, next = 0; a < n; a++) {
    for (let b = a; b < n; b++, next++) {
      full[a * n + b] = upper[next];
      full[b * n + a] = upper[next];
    }
  }
  return full;
}
