import { z } from "zod";
import { InvalidParameterError } from "../../errors.js";
import { atomicNumberOf, symbolOf } from "../../structures/periodic-table.js";
import { type ClosedForm, ClosedFormModel, type ClosedFormPair, type PairParameters } from "./closed-form.js";
import { checkTruncation, type Truncation, truncationSchema } from "./truncation.js";

/** What options say of a pair beside its parameters. */
export const pairOptionsShape = {
  species: z.tuple([z.string(), z.string()]).describe("chemical symbols"),
  cutoff: truncationSchema.cutoff.optional().describe("Å, of this pair; default: that of all"),
};

interface PairOptions {
  readonly species: readonly [string, string];
  readonly cutoff?: number | undefined;
}

/** Pairs that options name, each once. */
export class NamedPairs<Parameters extends PairParameters> {
  private readonly pairs = new Map<string, ClosedFormPair<Parameters>>();

  /** @throws {InvalidParameterError} for a switching that does not begin before the cutoff; `place` is for messages */
  constructor(
    private readonly truncation: Truncation,
    private readonly place: string,
  ) {
    checkTruncation(truncation, place);
  }

  /** @throws {InvalidParameterError} for a second one of the same species */
  add({ species: [a, b], cutoff = this.truncation.cutoff }: PairOptions, parameters: Parameters): void {
    if (this.has(a, b)) throw new InvalidParameterError(`${this.place} has ${a} and ${b} twice`);
    const own = { ...this.truncation, cutoff };
    checkTruncation(own, `${this.place}: ${a} and ${b}`);
    const species = [atomicNumberOf(a), atomicNumberOf(b)] as const;
    this.pairs.set(keyOf(a, b), { ...own, species, parameters });
  }

  has(a: string, b: string): boolean {
    return this.pairs.has(keyOf(a, b));
  }

  /**
   * The potential for some species; pairs with others are left out.
   * @param species atomic numbers, ascending
   */
  model({ type }: ClosedForm<Parameters>, species: readonly number[]): ClosedFormModel<Parameters> {
    const pairs = [...this.pairs.values()].filter((pair) => pair.species.every((atomicNumber) => species.includes(atomicNumber)));
    if (pairs.length > 0) return new ClosedFormModel(type, species, pairs);
    throw new InvalidParameterError(`${this.place}: no pair of ${species.map(symbolOf).join(", ")} has parameters`);
  }
}

function keyOf(a: string, b: string): string {
  return [atomicNumberOf(a), atomicNumberOf(b)].sort((x, y) => x - y).join();
}
