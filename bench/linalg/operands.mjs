// Operands of the dense benchmarks.

/** Park & Miller's generator: the same operands in every run. */
export function fillRandom(values, seed) {
  let state = seed;
  for (let i = 0; i < values.length; i++) {
    state = (state * 48271) % 2147483647;
    values[i] = (2 * state) / 2147483647 - 1;
  }
  return values;
}
