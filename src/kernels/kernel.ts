import type { Pointer } from "../wasm/memory.js";
import type { Wasm } from "../wasm/wasm.js";

/**
 * A covariance function of two environments that depends on the inner product g = x·x′ of their descriptors: how values k(g) and
 * slopes ∂k/∂g follow from a block of inner products. The derivative of k(x, x′) in x is then slope · x′, so that fits and forces
 * are matrix products around this elementwise step.
 */
export interface KernelEvaluator {
  /**
   * gram: f64 [count]; values and slopes: f64 [count], either may be 0 (skipped) or `gram` itself. Values in eV².
   */
  evaluate(count: number, gram: Pointer, values: Pointer, slopes: Pointer): void;
}

/** One line of the registry. Parameters are plain, validated data: they cross threads and go into model files. */
export interface KernelType<Parameters> {
  readonly type: string;
  attach(wasm: Wasm, parameters: Parameters): KernelEvaluator;
  /** k at one inner product, on the host. */
  value(parameters: Parameters, gram: number): number;
  /** Prior variance scale δ², eV² */
  scale(parameters: Parameters): number;
  /** Whether the kernel matrix of any environments is positive semi-definite, as a covariance must be. */
  isPositive(parameters: Parameters): boolean;
}
