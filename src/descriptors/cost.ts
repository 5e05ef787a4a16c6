/** Number of floating-point operations; a multiply–add counts two. */
export interface Arithmetic {
  /** Of the rows. */
  readonly values: number;
  /** Of rows and their contracted derivatives. */
  readonly backward: number;
  /** Of rows and every derivative. */
  readonly jacobian: number;
}

/** Environments that are described. */
export interface Extent {
  /** Of the data. */
  readonly nSpecies: number;
  /** Environments. */
  readonly nCenters: number;
  /** Neighbors of all. */
  readonly nPairs: number;
}

/** A parameter that the time grows with. */
export interface SizeParameter {
  /** Its name in the field: cutoff, nMax, lMax, … */
  readonly name: string;
  /** "Å", or "" for a count. */
  readonly unit: string;
  /** Worth measuring, ascending. */
  readonly values: readonly number[];
  /** The parameters with another value in place. */
  readonly with: (value: number) => Readonly<Record<string, unknown>>;
}

/** A part of the computation, as it is told apart in measurements. */
export type Stage = "neighbors" | "radial" | "angular" | "products";

/** What a descriptor is to be suggested for. */
export interface DataKind {
  /** Å: of the neighbors, for descriptors that see environments. */
  readonly cutoff: number;
  /** Atomic numbers, ascending. */
  readonly species: readonly number[];
  /** Whether any structure is. */
  readonly isPeriodic: boolean;
  /** Atoms of the largest structure. */
  readonly largestStructure: number;
}

/** Parameters that a practitioner would start from. */
export interface Preset {
  /** Short, unique among all: "soap n8 l6". */
  readonly name: string;
  /** With the `type`. */
  readonly parameters: {
    /** Of the descriptor. */
    readonly type: string;
  } & Readonly<Record<string, unknown>>;
  /** Whether it is worth looking at where nobody asked for it. */
  readonly isCommon: boolean;
}

/** What is known of the cost of a type of descriptors, for measurements of it. */
export interface DescriptorCost {
  /** At least one. */
  presets(data: DataKind): readonly Preset[];
  /**
   * What its time grows with.
   * @param parameters with defaults, as the descriptor has them
   */
  sizes(parameters: Readonly<Record<string, unknown>>): readonly SizeParameter[];
  /** The parameters with room for structures of so many atoms; absent where there is no such limit. */
  forAtoms?(parameters: Readonly<Record<string, unknown>>, nAtoms: number): Readonly<Record<string, unknown>>;
  /** Routines of each stage: beginnings of the paths of their sources in `assembly/`. Shared ones are known. */
  readonly stages: Readonly<Partial<Record<Stage, readonly string[]>>>;
  /** Absent where it is not counted. */
  arithmetic?(parameters: Readonly<Record<string, unknown>>, extent: Extent): Arithmetic;
}

/** Parameters with the value at a path replaced. */
export function withValue(parameters: Readonly<Record<string, unknown>>, path: readonly string[], value: unknown): Record<string, unknown> {
  const [key, ...rest] = path;
  if (rest.length === 0) return { ...parameters, [key]: value };
  return { ...parameters, [key]: withValue(parameters[key] as Record<string, unknown>, rest, value) };
}

/** Values around one, whole numbers: a half to one and a half of it. */
export function countsAround(value: number, most = Number.POSITIVE_INFINITY): number[] {
  const counts = [0.5, 0.75, 1, 1.25, 1.5].map((factor) => Math.round(factor * value));
  return [...new Set(counts)].filter((count) => count >= 1 && count <= most);
}

/** Lengths around one, in Å to two digits after the point. */
export function lengthsAround(value: number): number[] {
  return [0.7, 0.85, 1, 1.15, 1.3].map((factor) => Math.round(100 * factor * value) / 100);
}
