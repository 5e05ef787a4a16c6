import type { EnvironmentDerivatives } from "../../environments/environment-derivatives.js";
import type { Sensitivity } from "../sensitivity/sensitivity.js";
import { dot, type Tangent } from "./tangent.js";

/** Singular values below this part of the largest are not corrected along: they are soft, too. */
const STIFF = 1e-3;
/** Part of a step that a correction may go along one mode. */
const LOCAL = 0.25;

/** A point that is corrected. */
interface Corrected {
  readonly derivatives: EnvironmentDerivatives;
  readonly sensitivity: Sensitivity;
  readonly tangent: Tangent;
}

/**
 * δ = −V diag(1/s) Uᵀ (F − F₀), Å, over the stiff directions. Modes along which it would go by more than a quarter of the step are left out: what the
 * fingerprint has changed along directions followed before is not what this step strayed, and to take it back would be a jump.
 * @param target F₀, f64 [nFeatures]
 * @param step Å
 */
export function correction({ derivatives: { values, jacobian }, sensitivity: { singularValues, modes }, tangent }: Corrected, target: Float64Array, step: number): Float64Array {
  const n = modes.length / singularValues.length;
  const rest = values.map((value, f) => value - target[f]);
  const pull = Float64Array.from({ length: n }, (_, k) => dot(jacobian.subarray(k * rest.length, (k + 1) * rest.length), rest));
  const change = new Float64Array(n);
  const limit = STIFF * singularValues[0];
  for (let k = 0; k < tangent.mode && singularValues[k] > limit; k++) {
    const mode = modes.subarray(k * n, (k + 1) * n);
    const by = dot(mode, pull) / singularValues[k] ** 2;
    if (Math.abs(by) > LOCAL * step) continue;
    for (let i = 0; i < n; i++) change[i] -= by * mode[i];
  }
  return change;
}
