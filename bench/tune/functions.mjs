/**
 * Standard test functions on the unit cube. Ranges are not symmetric about the minima, so that an optimizer with a liking for the middle
 * gains nothing. Every minimum is 0.
 */

const continuous = (n) => Array.from({ length: n }, () => ({ kind: "continuous" }));
const within = (from, to, unit) => from + unit * (to - from);

function onRange(from, to, lossOf) {
  return (point) => lossOf(point.map((u) => within(from, to, u)));
}

const sphere = (x) => x.reduce((sum, v) => sum + v * v, 0);

/** Rosenbrock 1960, doi:10.1093/comjnl/3.3.175 */
const rosenbrock = (x) => x.slice(1).reduce((sum, v, i) => sum + 100 * (v - x[i] ** 2) ** 2 + (1 - x[i]) ** 2, 0);

/** Rastrigin 1974 */
const rastrigin = (x) => x.reduce((sum, v) => sum + v * v + 10 * (1 - Math.cos(2 * Math.PI * v)), 0);

/** Ackley 1987 */
const ackley = (x) =>
  20 - 20 * Math.exp(-0.2 * Math.sqrt(sphere(x) / x.length)) + Math.E - Math.exp(x.reduce((sum, v) => sum + Math.cos(2 * Math.PI * v), 0) / x.length);

/** Two numbers, two ordered dimensions of 9 and 21 levels and a category of 3, whose best values depend on each other; minimum at level 5, 13, 1. */
function mixedInteger([u, v, i, j, category]) {
  const x = within(-4, 6, u);
  const y = within(-4, 6, v);
  const bowl = (x - 1) ** 2 + (y + i / 4 - 2) ** 2 + (i - 5) ** 2 / 4 + (j - 13) ** 2 / 20;
  const tilt = category === 0 ? 0.5 + Math.abs(x - 3) / 4 : category === 2 ? 0.8 + (j - 5) ** 2 / 40 : 0;
  return bowl + tilt;
}

/** Success: a loss of `target` or lower, which lies in the basin of the minimum. */
export const functions = [
  { name: "sphere", title: "sphere, 6 dimensions", dimensions: continuous(6), lossOf: onRange(-4, 6, sphere), minimum: Array(6).fill(0.4), target: 0.05 },
  { name: "rosenbrock", title: "Rosenbrock, 3", dimensions: continuous(3), lossOf: onRange(-2, 3, rosenbrock), minimum: Array(3).fill(0.6), target: 0.3 },
  { name: "rastrigin", title: "Rastrigin, 2", dimensions: continuous(2), lossOf: onRange(-4, 6, rastrigin), minimum: Array(2).fill(0.4), target: 0.5 },
  { name: "ackley", title: "Ackley, 4", dimensions: continuous(4), lossOf: onRange(-20, 30, ackley), minimum: Array(4).fill(0.4), target: 0.5 },
  {
    name: "mixed",
    title: "mixed-integer, 5",
    dimensions: [...continuous(2), { kind: "ordered", levels: 9 }, { kind: "ordered", levels: 21 }, { kind: "categorical", levels: 3 }],
    lossOf: mixedInteger,
    minimum: [0.5, 0.475, 5, 13, 1],
    target: 0.1,
  },
];

/** Evaluations until the target was reached, within a budget; undefined where it was not. Also the lowest loss. */
export function evaluationsToTarget(optimizer, { dimensions, lossOf, target }, seed, budget) {
  let state = optimizer.init({ dimensions, seed });
  let lowest = Number.POSITIVE_INFINITY;
  for (let count = 0; count < budget; ) {
    const points = optimizer.ask(state);
    if (points.length === 0) break;
    const losses = points.map(lossOf);
    for (const loss of losses) {
      if (count++ === budget) return { lowest };
      lowest = Math.min(lowest, loss);
      if (lowest <= target) return { evaluations: count, lowest };
    }
    state = optimizer.tell(state, losses);
  }
  return { lowest };
}
