import { createDescriptor, descriptorCost } from "../../descriptors/registry.js";
import type { AnyDescriptor } from "../../descriptors/structure-descriptor.js";
import { PestleError } from "../../errors.js";
import type { StructurePart } from "../../environments/describe-task.js";
import type { MemoryPool } from "../../wasm/memory.js";
import type { Wasm } from "../../wasm/wasm.js";
import type { Scaling } from "../comparison.js";
import type { Effort } from "./effort.js";
import { powerLaw } from "./power-law.js";
import type { Reference } from "./reference.js";
import { Rounds } from "./rounds.js";
import { copies, relabeled, speciesLike } from "./scaled-structures.js";
import { type OpenWork, openWork } from "./open-work.js";
import type { Work } from "./work.js";

/** What a scaling is measured with. */
export interface ScalingContext {
  readonly wasm: Wasm;
  readonly pool: MemoryPool;
  readonly reference: Reference;
  readonly effort: Effort;
  readonly signal?: AbortSignal | undefined;
  /** Asked before every variable. */
  readonly mayGoOn: () => boolean;
}

export interface ScalingInput {
  readonly descriptor: AnyDescriptor;
  readonly species: readonly number[];
  /** About a hundred environments. */
  readonly structures: readonly StructurePart[];
}

const COPIES = [1, 2, 4, 8];
const SPECIES = [1, 2, 3, 4];
/** Of the structure that is copied. */
const MOST_ATOMS = 120;

/** Work of one size; undefined where the descriptor refuses it. */
interface Sized {
  readonly x: number;
  readonly open: () => OpenWork;
  /** What a time is divided by. */
  readonly count: (work: Work) => number;
  /** Whether the search of neighbors counts. */
  readonly withNeighbors: boolean;
}

/** How the time of `values` grows with everything that a descriptor can be made larger in. */
export async function measureScaling(context: ScalingContext, input: ScalingInput): Promise<Scaling[]> {
  const found: Scaling[] = [];
  for (const { variable, unit, sizes } of variablesOf(context, input)) {
    if (!context.mayGoOn()) break;
    const points = await timesOf(context, sizes);
    if (points.length < 2) continue;
    const { exponent, error, range, deviation } = powerLaw(points);
    found.push({ variable, unit, points, exponent, error, range, deviation });
  }
  return found;
}

interface Variable {
  readonly variable: string;
  readonly unit: string;
  readonly sizes: readonly Sized[];
}

function variablesOf(context: ScalingContext, { descriptor, species, structures }: ScalingInput): Variable[] {
  const { wasm, pool } = context;
  const open = (made: AnyDescriptor, of: readonly StructurePart[], list = species): OpenWork =>
    openWork(wasm, pool, { descriptor: made, species: list, structures: of, withDerivatives: false });
  const perUnit = { count: ({ size }: Work) => size, withNeighbors: false };
  const ofParameters = (descriptorCost(descriptor.name)?.sizes(descriptor.parameters) ?? []).map(({ name, unit, values, with: parametersWith }) => ({
    variable: name,
    unit,
    sizes: values.map((x) => ({ x, ...perUnit, open: () => open(createDescriptor({ ...parametersWith(x), type: descriptor.name }), structures) })),
  }));
  const [structure] = structures.map(({ geometry }) => geometry).filter(({ atomicNumbers }) => atomicNumbers.length > 0 && atomicNumbers.length <= MOST_ATOMS);
  const nAtoms = structure?.atomicNumbers.length ?? 0;
  const bySpecies = SPECIES.map((x) => {
    const list = speciesLike(species, x);
    return { x, ...perUnit, open: () => open(descriptor, structures.map(({ geometry, centers }) => ({ geometry: relabeled(geometry, list), centers })), list) };
  });
  const byAtoms = COPIES.map((count) => ({
    x: count * nAtoms,
    count: () => 1,
    withNeighbors: true,
    open: () => open(roomFor(descriptor, count * nAtoms), [{ geometry: copies(structure, count), centers: null }]),
  }));
  return [
    ...ofParameters,
    ...(descriptor.ownSpecies === undefined && descriptor.rows !== "tuple" ? [{ variable: "species", unit: "", sizes: bySpecies }] : []),
    ...(structure ? [{ variable: "atoms", unit: "", sizes: byAtoms }] : []),
  ];
}

/** With room for so many atoms, where the descriptor has to know. */
function roomFor(descriptor: AnyDescriptor, nAtomsMax: number): AnyDescriptor {
  const parameters = descriptorCost(descriptor.name)?.forAtoms?.(descriptor.parameters, nAtomsMax);
  return parameters ? createDescriptor({ ...parameters, type: descriptor.name }) : descriptor;
}

/** Sizes that a descriptor refuses are left out. */
async function timesOf({ reference, effort, signal }: ScalingContext, sizes: readonly Sized[]): Promise<{ x: number; seconds: number }[]> {
  const rounds = new Rounds(reference);
  const opened: { readonly sized: Sized; readonly work: OpenWork; readonly entrant: number }[] = [];
  try {
    for (const sized of sizes) {
      const work = tryOpen(sized);
      if (!work) continue;
      const { values, neighbors } = work.work;
      const run = (): void => {
        if (sized.withNeighbors) neighbors?.();
        values();
      };
      opened.push({ sized, work, entrant: rounds.add(run, effort.warmUpSeconds / 5) });
    }
    await rounds.measure(effort.scaling, () => true, signal);
    return opened.map(({ sized, work, entrant }) => ({ x: sized.x, seconds: rounds.timing(entrant, sized.count(work.work)).median }));
  } finally {
    for (const { work } of opened) work.close();
  }
}

function tryOpen({ open }: Sized): OpenWork | undefined {
  try {
    const opened = open();
    if (opened.work.size > 0) return opened;
    opened.close();
    return undefined;
  } catch (error) {
    if (error instanceof PestleError) return undefined;
    throw error;
  }
}
