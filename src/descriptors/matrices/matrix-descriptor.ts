import { InvalidParameterError } from "../../errors.js";
import { nextSerial } from "../../parallel/attached.js";
import type { MemoryPool } from "../../wasm/memory.js";
import type { Wasm } from "../../wasm/wasm.js";
import type { Feature, SpeciesList } from "../descriptor.js";
import type { DataExtent, PreparedStructureDescriptor, StructureDescriptor } from "../structure-descriptor.js";
import { type MatrixParameters, permutations } from "./parameters.js";

/** A matrix of all pairs of atoms, ordered and padded with zeros, or its eigenvalues: one row for each structure. */
export abstract class MatrixDescriptor<Parameters extends MatrixParameters> implements StructureDescriptor {
  readonly describes = "structures";
  readonly rows = "structure";

  /** With every default filled in. */
  readonly parameters: Parameters;

  /** @throws {InvalidParameterError} */
  constructor(parameters: Parameters) {
    this.parameters = parameters;
    const { permutation, sigma } = parameters;
    if (permutation === "random" && sigma === undefined) {
      throw new InvalidParameterError(`${this.name}: permutation random needs sigma, the width of the noise on the norms of rows: add for example sigma=1`);
    }
    if (permutation !== "random" && sigma !== undefined) {
      throw new InvalidParameterError(`${this.name}: sigma belongs to permutation random, but the permutation is ${permutation}: leave it out`);
    }
  }

  get name(): string {
    return this.parameters.type;
  }

  /** Takes the number of atoms of the largest structure for `nAtomsMax`. */
  get learn(): StructureDescriptor["learn"] {
    if (this.parameters.nAtomsMax !== undefined) return undefined;
    return ({ largestStructure }: DataExtent) => Promise.resolve(this.withParameters({ ...this.parameters, nAtomsMax: largestStructure }));
  }

  featureCount(): number {
    return this.parameters.permutation === "eigenspectrum" ? this.size : this.size ** 2;
  }

  features(): Feature[] {
    const atoms = Array.from({ length: this.size }, (_, i) => i + 1);
    if (this.parameters.permutation === "eigenspectrum") return atoms.map((k) => ({ label: `eigenvalue ${k}`, bodyOrder: this.size, channel: [] }));
    return atoms.flatMap((i) => atoms.map((j) => ({ label: `i=${i} j=${j}`, bodyOrder: i === j ? 1 : 2, channel: [] })));
  }

  prepare(_wasm: Wasm, _pool: MemoryPool, species: SpeciesList): PreparedStructureDescriptor {
    const { permutation, sigma = 0, seed } = this.parameters;
    const shape = { nAtomsMax: this.size, permutation: permutations.indexOf(permutation), sigma, seed };
    return {
      tables: {
        describes: this.describes,
        serial: nextSerial(),
        descriptor: this.name,
        nFeatures: this.featureCount(),
        species,
        rows: this.rows,
        data: { ...this.ownData(), ...shape },
      },
      release: () => undefined, // everything is plain data
    };
  }

  protected abstract withParameters(parameters: Parameters): MatrixDescriptor<Parameters>;

  /** Numbers of this kind of matrix. */
  protected ownData(): Readonly<Record<string, number>> {
    return {};
  }

  private get size(): number {
    const { nAtomsMax } = this.parameters;
    if (nAtomsMax !== undefined) return nAtomsMax;
    throw new InvalidParameterError(`${this.name}: nAtomsMax is not known: give it, or let the descriptor learn it from the data`);
  }
}
