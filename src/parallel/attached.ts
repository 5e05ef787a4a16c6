import type { Wasm } from "../wasm/wasm.js";

let lastSerial = 0;

/** A number that no other tables of this process have: pointers alone do not tell tables apart, memory is used again. */
export function nextSerial(): number {
  return ++lastSerial;
}

/** Evaluators that a thread keeps: more than a model has parts, few enough to forget about those of released tables. */
const KEPT = 64;

const attached = new WeakMap<Wasm, Map<number, unknown>>();

/**
 * What a thread made of tables, made at the first use. Evaluators keep nothing between calls that depends on more than their tables, so
 * that tasks may share them; those that were not used for the longest time are forgotten.
 */
export function rememberAttached<Evaluator>(wasm: Wasm, serial: number, attach: () => Evaluator): Evaluator {
  let known = attached.get(wasm);
  if (!known) attached.set(wasm, (known = new Map()));
  const evaluator = known.has(serial) ? (known.get(serial) as Evaluator) : attach();
  // a map hands out its keys in the order in which they were set
  known.delete(serial);
  known.set(serial, evaluator);
  if (known.size > KEPT) known.delete(known.keys().next().value!);
  return evaluator;
}
