import type { EnvironmentBatch } from "../../neighbors/environment-batch.js";
import type { Arena, Pointer } from "../../wasm/memory.js";
import type { Wasm } from "../../wasm/wasm.js";
import type { DescriptorTables } from "../descriptor.js";

/** The routines of power spectra with the tables of one descriptor; arrays as in `DescriptorEvaluator`, a state for every center. */
export class PowerSpectrumRoutines {
  /** Of one center. */
  readonly stateBytes: number;
  private readonly plan: Pointer;
  private readonly scratchBytes: number;

  constructor(
    private readonly wasm: Wasm,
    { data }: DescriptorTables,
  ) {
    this.plan = data.plan!;
    this.scratchBytes = data.scratchBytes!;
    this.stateBytes = data.stateBytes!;
  }

  values(batch: EnvironmentBatch, out: Pointer, state: Pointer, scratch: Arena): void {
    this.withScratch(batch, scratch, (environments, work) =>
      this.wasm.routines.powerSpectrumValues(batch.nCenters, environments, this.plan, out, state, work),
    );
  }

  /** The spectrum of the mean density of all centers, with its state. */
  ofMean(batch: EnvironmentBatch, out: Pointer, state: Pointer, scratch: Arena): void {
    const mark = scratch.mark();
    const ofCenters = scratch.allocate(this.stateBytes * batch.nCenters);
    this.withScratch(batch, scratch, (environments, work) => {
      this.wasm.routines.powerSpectrumExpand(batch.nCenters, environments, this.plan, ofCenters, work);
      this.wasm.routines.powerSpectrumOfMean(batch.nCenters, ofCenters, this.plan, state, out, work);
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
