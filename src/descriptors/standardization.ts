import { z } from "zod";
import { InvalidParameterError } from "../errors.js";
import { symbolOf } from "../structures/periodic-table.js";
import { validate } from "../validation.js";
import { alignUp, type MemoryPool, type Pointer, type Region } from "../wasm/memory.js";
import type { Wasm } from "../wasm/wasm.js";
import type { ColumnStatistics, DataStatistics, DescriptorType, FeatureSpace, SpeciesList } from "./descriptor.js";
import { dataNumbers, keepsMeaning } from "./standardization-numbers.js";
import type { StructureDescriptorType } from "./structure-descriptor.js";

const methodSchema = z
  .enum(["standard", "center", "range", "center-range"])
  .describe(
    "standard: (x − mean) / deviation; center: x − mean; range: (x − minimum) / (maximum − minimum); center-range: (x − mean) / (maximum − minimum). " +
      "Constant columns are shifted only; columns that turn together are divided by their common root mean square (standard) and not shifted, weights stay as they are",
  );

const learnedSchema = z.strictObject({
  method: methodSchema,
  species: z.array(z.string()).min(1).describe("chemical symbols that the columns are for"),
  shift: z.array(z.number()).min(1).describe("taken off each column"),
  scale: z.array(z.number().positive()).min(1).describe("that each column is divided by afterwards"),
}).refine(({ shift, scale }) => shift.length === scale.length, { message: "must have as many numbers as shift", path: ["scale"] });

/** Under `standardization` of every descriptor: a method, or what it gave on some data. */
export const standardizationSchema = z
  .union([methodSchema, learnedSchema])
  .describe("columns shifted and scaled by numbers that are taken from the data: a method, or the numbers themselves, as model files hold them");

/** A method, or the numbers that it found. */
export type Standardization = z.output<typeof standardizationSchema>;
type Learned = z.output<typeof learnedSchema>;

/**
 * @throws {InvalidParameterError} for a method that has no meaning for the columns of a descriptor: extremes of columns that turn depend on how the
 * data are turned
 */
export function checkMethod({ name, turns }: FeatureSpace, standardization: Standardization): void {
  const method = typeof standardization === "string" ? standardization : standardization.method;
  if (!turns || !method.includes("range")) return;
  throw new InvalidParameterError(`${name}: standardization "${method}" has no meaning for columns that turn with the structure; it must be "standard" or "center"`);
}

/** What a descriptor of some kind has to learn, and asks of the data. */
interface Learning<Kind> {
  readonly learn?: ((data: never) => Promise<Kind>) | undefined;
}

/**
 * How a standardized descriptor learns: the one inside first, then the numbers of its columns. Undefined where all is known.
 * @param around puts the numbers around a descriptor
 */
export function learnWith<Kind extends FeatureSpace & Learning<Kind>, Data extends DataStatistics<Kind>>(
  descriptor: Kind,
  standardization: Standardization,
  around: (inner: Kind, standardization: Standardization) => Kind,
): ((data: Data) => Promise<Kind>) | undefined {
  if (typeof standardization !== "string" && !descriptor.learn) return undefined;
  return async (data) => {
    const learned = descriptor.learn ? await descriptor.learn(data as never) : descriptor;
    if (typeof standardization !== "string") return around(learned, standardization);
    return around(learned, numbersFor(standardization, learned, data.species, await data.columns(learned)));
  };
}

/** Shifts and scales of a method; a constant column is shifted only. */
function numbersFor(method: Learned["method"], descriptor: FeatureSpace, species: SpeciesList, statistics: ColumnStatistics): Learned {
  return { method, species: species.map(symbolOf), ...dataNumbers(method, descriptor, species, statistics) };
}

/**
 * The numbers for the columns of a descriptor.
 * @throws {InvalidParameterError} for numbers that are not known, not one for each column, or that columns which belong together cannot have
 */
export function learnedNumbers(descriptor: FeatureSpace, standardization: Standardization, species: SpeciesList): Learned {
  const { name, ownSpecies } = descriptor;
  if (typeof standardization === "string") {
    throw new InvalidParameterError(`${name}: standardization "${standardization}" takes its numbers from data, and has not seen any: learnFromData gives them`);
  }
  const nFeatures = descriptor.featureCount(species);
  const symbols = species.map(symbolOf).join(", ");
  const own = standardization.species.join(", ");
  if (standardization.shift.length !== nFeatures || (!ownSpecies && own !== symbols)) {
    throw new InvalidParameterError(
      `${name}: standardization is for ${standardization.shift.length} columns of ${own}; with ${symbols} there are ${nFeatures}: take it from these data anew`,
    );
  }
  if (keepsMeaning(descriptor, species, standardization)) return standardization;
  throw new InvalidParameterError(
    `${name}: standardization must not change weights, nor shift columns that turn or scale those that turn together differently: take it from data anew`,
  );
}

/** Shifts, scales and their inverses in shared memory, for `scaleColumns` and `restoreColumns`. */
interface PlacedNumbers {
  readonly data: Readonly<Record<"shifts" | "scales" | "factors", Pointer>>;
  release(): void;
}

/**
 * Puts the numbers in shared memory.
 * @param releaseInner gives the tables of the descriptor inside back: called with them, and where there is no room
 */
export function placeNumbers(wasm: Wasm, pool: MemoryPool, { shift, scale }: Learned, releaseInner: () => void): PlacedNumbers {
  const bytes = alignUp(8 * shift.length);
  const region = ((): Region => {
    try {
      return pool.allocate(3 * bytes, "standardization");
    } catch (error) {
      releaseInner();
      throw error;
    }
  })();
  const [shifts, scales, factors] = [0, 1, 2].map((k) => region.pointer + k * bytes);
  wasm.f64(shifts, shift.length).set(shift);
  wasm.f64(scales, shift.length).set(scale);
  wasm.f64(factors, shift.length).set(scale.map((number) => 1 / number));
  const release = (): void => {
    pool.release(region);
    releaseInner();
  };
  return { data: { shifts, scales, factors }, release };
}

/** A key of every descriptor. */
const standardizationKey = { standardization: standardizationSchema.optional() };

/**
 * A type with standardization as an option.
 * @param around puts it around a descriptor of the type
 */
export function withStandardization<Type extends DescriptorType | StructureDescriptorType>(
  type: Type,
  around: (descriptor: ReturnType<Type["create"]>, standardization: Standardization) => ReturnType<Type["create"]>,
): Type {
  return {
    ...type,
    schema: type.schema.safeExtend(standardizationKey),
    create: (parameters: unknown) => {
      const { standardization, ...own } = parameters as { readonly standardization?: unknown };
      const descriptor = type.create(own) as ReturnType<Type["create"]>;
      if (standardization === undefined) return descriptor;
      return around(descriptor, validate(z.object(standardizationKey), { standardization }, { what: type.name }).standardization!);
    },
  };
}
