/** Above it the asymptotic series is exact to double precision; below it the recurrence leads there. */
const ASYMPTOTIC = 12;

/** ψ(x) = d ln Γ/dx for x > 0, to 1e-14 of its terms: recurrence and asymptotic series (DLMF 5.5.2, 5.11.2). */
export function digamma(x: number): number {
  let sum = 0;
  for (; x < ASYMPTOTIC; x++) sum -= 1 / x;
  const z = 1 / (x * x);
  return sum + Math.log(x) - 0.5 / x - z * (1 / 12 - z * (1 / 120 - z * (1 / 252 - z * (1 / 240 - z * (1 / 132 - z * (691 / 32760 - z / 12))))));
}

/** ψ′(x) for x > 0, likewise (DLMF 5.15.5, 5.15.8). */
export function trigamma(x: number): number {
  let sum = 0;
  for (; x < ASYMPTOTIC; x++) sum += 1 / (x * x);
  const z = 1 / (x * x);
  return sum + 1 / x + z / 2 + (z / x) * (1 / 6 - z * (1 / 30 - z * (1 / 42 - z * (1 / 30 - z * (5 / 66 - z * (691 / 2730 - (7 / 6) * z))))));
}
