// Cutoff functions of a distance with their first two derivatives, for every descriptor. Distances in Å.
import { INVALID_ARGUMENT, OK } from "../status";

/** ½ (1 + cos π x), x = (r − start) / (end − start): 1 up to `start`, 0 from `end` on. Its first derivative is continuous, the second jumps. */
export function cosineCutoff(r: f64, start: f64, end: f64): f64 {
  if (r >= end) return 0;
  if (r <= start) return 1;
  const k = Math.PI / (end - start);
  return 0.5 * (1 + Math.cos(k * (r - start)));
}

/** First derivative, 1/Å. */
export function cosineCutoffSlope(r: f64, start: f64, end: f64): f64 {
  if (r >= end || r <= start) return 0;
  const k = Math.PI / (end - start);
  return -0.5 * k * Math.sin(k * (r - start));
}

/** Second derivative, 1/Å²; 0 at both ends. */
export function cosineCutoffCurvature(r: f64, start: f64, end: f64): f64 {
  if (r >= end || r <= start) return 0;
  const k = Math.PI / (end - start);
  return -0.5 * k * k * Math.cos(k * (r - start));
}

/**
 * The cosine cutoff function of many distances.
 * @param distances f64 [count], Å
 * @param values f64 [count], written
 * @param slopes f64 [count], written, 1/Å; 0: skipped
 * @param curvatures f64 [count], written, 1/Å²; 0: skipped
 */
export function cosineCutoffs(count: i32, start: f64, end: f64, distances: usize, values: usize, slopes: usize, curvatures: usize): i32 {
  if (count < 0 || !(start >= 0) || !(end > start)) return INVALID_ARGUMENT;
  for (let i: usize = 0; i < <usize>count << 3; i += 8) {
    const r = load<f64>(distances + i);
    store<f64>(values + i, cosineCutoff(r, start, end));
    if (slopes) store<f64>(slopes + i, cosineCutoffSlope(r, start, end));
    if (curvatures) store<f64>(curvatures + i, cosineCutoffCurvature(r, start, end));
  }
  return OK;
}
