import type { StructureTargets } from "../../fit/structure-targets.js";
import { PreciseArithmetic } from "../../math/precise/arithmetic.js";
import type { ComposedPotential } from "./precise/composed-rows.js";
import type { PreciseInformation } from "./precise/information-matrix.js";
import { type InformationContext, preciseInformation } from "./precise/information-task.js";
import { PreciseSource } from "./precise/precise-source.js";

/** Information of a composed potential in p and 2p bits. */
export class HighPrecision {
  readonly source: PreciseSource;

  private constructor(
    readonly potential: ComposedPotential,
    private readonly structures: readonly (() => StructureTargets)[],
    private readonly context: InformationContext,
    private readonly both: readonly [PreciseInformation, PreciseInformation],
  ) {
    this.source = new PreciseSource(...both);
  }

  /** @throws {ResourceError} where the library is not installed; {CancelledError} */
  static async of(potential: ComposedPotential, structures: readonly (() => StructureTargets)[], bits: number, context: InformationContext): Promise<HighPrecision> {
    const coarse = await informationOf(potential, structures, bits, context);
    try {
      return new HighPrecision(potential, structures, context, [coarse, await informationOf(potential, structures, 2 * bits, context)]);
    } catch (error) {
      coarse.numbers.close();
      throw error;
    }
  }

  /** The same in twice the bits; this one is closed. */
  async doubled(): Promise<HighPrecision> {
    const { potential, structures, context, both: [coarse, fine] } = this;
    coarse.numbers.close();
    try {
      return new HighPrecision(potential, structures, context, [fine, await informationOf(potential, structures, 2 * fine.numbers.bits, context)]);
    } catch (error) {
      fine.numbers.close();
      throw error;
    }
  }

  /** Gives its memory back. */
  close(): void {
    for (const { numbers } of this.both) numbers.close();
  }
}

async function informationOf(potential: ComposedPotential, structures: readonly (() => StructureTargets)[], bits: number, context: InformationContext): Promise<PreciseInformation> {
  const numbers = await PreciseArithmetic.open(bits);
  try {
    return await preciseInformation(numbers, potential, structures, context);
  } catch (error) {
    numbers.close();
    throw error;
  }
}
