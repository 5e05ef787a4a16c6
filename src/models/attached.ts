import type { Wasm } from "../wasm/wasm.js";
import type { PotentialEvaluator, PotentialTables } from "./potential.js";
import { attachPotential } from "./registry.js";

/** Tables of an open potential and a number that no other has in this process: what threads remember their evaluators by. */
export interface NumberedTables {
  readonly serial: number;
  readonly tables: PotentialTables;
}

/** Evaluators that a thread remembers; what was not used for the longest time goes first. They own no memory beside a few objects. */
const REMEMBERED = 8;

const evaluators = new WeakMap<Wasm, Map<number, PotentialEvaluator>>();

/** The evaluator of some tables on this thread, bound at the first call. */
export function attachedEvaluator(wasm: Wasm, { serial, tables }: NumberedTables): PotentialEvaluator {
  const known = evaluators.get(wasm) ?? new Map<number, PotentialEvaluator>();
  evaluators.set(wasm, known);
  const evaluator = known.get(serial) ?? attachPotential(wasm, tables);
  known.delete(serial);
  known.set(serial, evaluator);
  if (known.size > REMEMBERED) known.delete(known.keys().next().value!);
  return evaluator;
}

/** Forgets tables on this thread; on others they leave as newer ones come. */
export function detachEvaluator(wasm: Wasm, serial: number): void {
  evaluators.get(wasm)?.delete(serial);
}
