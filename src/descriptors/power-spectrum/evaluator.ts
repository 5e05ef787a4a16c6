import type { Arena, Pointer } from "../../wasm/memory.js";
import type { Wasm } from "../../wasm/wasm.js";
import type { DescriptorEvaluator, DescriptorPlan } from "../descriptor.js";
import type { EnvironmentBatch } from "../../neighbors/environment-batch.js";

/** Evaluates any descriptor whose plan `preparePowerSpectrum` wrote. */
export class PowerSpectrumEvaluator implements DescriptorEvaluator {
  readonly nFeatures: number;
  private readonly plan: Pointer;
  private readonly scratchBytes: number;
  private readonly stateBytesPerCenter: number;

  constructor(
    private readonly wasm: Wasm,
    plan: DescriptorPlan,
  ) {
    this.nFeatures = plan.nFeatures;
    this.plan = plan.data.plan!;
    this.scratchBytes = plan.data.scratchBytes!;
    this.stateBytesPerCenter = plan.data.stateBytes!;
  }

  stateBytes(nCenters: number): number {
    return nCenters * this.stateBytesPerCenter;
  }

  values(batch: EnvironmentBatch, out: Pointer, state: Pointer, scratch: Arena): void {
    this.withScratch(batch, scratch, (environments, work) =>
      this.wasm.routines.powerSpectrumValues(batch.nCenters, environments, this.plan, out, state, work),
    );
  }

  meanValues(batch: EnvironmentBatch, out: Pointer, scratch: Arena): void {
    const mark = scratch.mark();
    const state = scratch.allocate(this.stateBytes(batch.nCenters));
    const mean = scratch.allocate(this.stateBytesPerCenter);
    this.withScratch(batch, scratch, (environments, work) => {
      this.wasm.routines.powerSpectrumExpand(batch.nCenters, environments, this.plan, state, work);
      this.wasm.routines.powerSpectrumOfMean(batch.nCenters, state, this.plan, mean, out, work);
    });
    scratch.reset(mark);
  }

  jacobian(batch: EnvironmentBatch, values: Pointer, state: Pointer, out: Pointer, scratch: Arena): void {
    this.withScratch(batch, scratch, (environments, work) =>
      this.wasm.routines.powerSpectrumJacobian(batch.nCenters, environments, this.plan, values, state, out, work),
    );
  }

  backward(batch: EnvironmentBatch, values: Pointer, state: Pointer, gradients: Pointer, out: Pointer, scratch: Arena): void {
    this.withScratch(batch, scratch, (environments, work) =>
      this.wasm.routines.powerSpectrumBackward(batch.nCenters, environments, this.plan, values, state, gradients, out, work),
    );
  }

  private withScratch(batch: EnvironmentBatch, scratch: Arena, run: (environments: Pointer, work: Pointer) => void): void {
    const mark = scratch.mark();
    const environments = scratch.i32(8);
    const work = scratch.allocate(this.scratchBytes);
    this.wasm
      .i32(environments, 7)
      .set([batch.centerSpecies, batch.offsets, batch.neighborSpecies, batch.dx, batch.dy, batch.dz, batch.distances]);
    run(environments, work);
    scratch.reset(mark);
  }
}
