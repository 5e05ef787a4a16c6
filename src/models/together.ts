import type { Geometry } from "../environments/geometry.js";
import type { Arena, MemoryPool } from "../wasm/memory.js";
import type { Wasm } from "../wasm/wasm.js";
import type { PartTypes } from "./model-type.js";
import type { EvaluationRequest, Potential, PotentialEvaluator, PotentialTables, Prediction, PreparedPotential, Want } from "./potential.js";

/** Tables of potentials that are predicted in one pass, and their numbers among all. */
export interface TogetherTables {
  readonly tables: PotentialTables;
  readonly numbers: readonly number[];
}

/** Tables of several potentials, as long as they are in memory. */
export interface PreparedTogether {
  readonly groups: readonly TogetherTables[];
  release(): void;
}

/** What potentials are asked for: none for error bars and deviations, which their spread tells; others than the first for neither variance nor grades. */
function wantOf(want: Want, isFirst: boolean): Want {
  return { ...want, ...(!isFirst && { variance: false, extrapolationGrade: false }), errorBars: false, localDeviations: false };
}

/**
 * Tables of several potentials for predictions without error bars: those that are alike are put together, so that what they have in common is in
 * memory and computed once. The first has all that is wanted, others neither variance nor grades.
 */
export function prepareTogether(potentials: readonly Potential[], wasm: Wasm, pool: MemoryPool, want: Want): PreparedTogether {
  const prepared: PreparedPotential[] = [];
  const release = (): void => prepared.splice(0).forEach((one) => one.release());
  try {
    const groups = groupsOf(potentials).map((numbers): TogetherTables => {
      const [first, ...others] = numbers.map((k) => potentials[k]);
      const own = wantOf(want, numbers[0] === 0);
      prepared.push(others.length > 0 ? first.prepareWith!(others, wasm, pool, own) : first.prepare(wasm, pool, own));
      return { tables: prepared[prepared.length - 1].tables, numbers };
    });
    return { groups, release };
  } catch (error) {
    release();
    throw error;
  }
}

/** Numbers of potentials that are alike, the smallest first. */
function groupsOf(potentials: readonly Potential[]): number[][] {
  const groups: number[][] = [];
  for (const [k, potential] of potentials.entries()) {
    const found = groups.find(([first]) => potentials[first].prepareWith && potentials[first].isAlike?.(potential));
    if (found) found.push(k);
    else groups.push([k]);
  }
  return groups;
}

/** The groups bound to one thread. */
export class TogetherEvaluator {
  private readonly groups: readonly { readonly group: TogetherTables; readonly evaluator: PotentialEvaluator }[];

  constructor(wasm: Wasm, groups: readonly TogetherTables[], types: Pick<PartTypes, "attach">) {
    this.groups = groups.map((group) => ({ group, evaluator: types.attach(wasm, group.tables) }));
  }

  /** @param requestOf what is asked of a group, with the number of its first potential: environments that are known are those of its descriptors */
  evaluate(geometry: Geometry, want: Want, requestOf: (tables: PotentialTables, first: number) => Omit<EvaluationRequest, "want">, scratch: Arena): Prediction[] {
    const predictions: Prediction[] = [];
    for (const { group: { tables, numbers }, evaluator } of this.groups) {
      const request = { ...requestOf(tables, numbers[0]), want: wantOf(want, numbers[0] === 0) };
      const own = numbers.length > 1 ? evaluator.evaluateAll!(geometry, request, scratch) : [evaluator.evaluate(geometry, request, scratch)];
      numbers.forEach((k, i) => (predictions[k] = own[i]));
    }
    return predictions;
  }
}
