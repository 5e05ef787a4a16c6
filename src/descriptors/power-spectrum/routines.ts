import { type EnvironmentBatch, placeEnvironments } from "../../neighbors/environment-batch.js";
import type { Arena, Pointer } from "../../wasm/memory.js";
import type { Wasm } from "../../wasm/wasm.js";
import type { DescriptorTables } from "../descriptor.js";

/** The routines of power spectra with the tables of one descriptor; arrays as in `DescriptorEvaluator`, a state for every center. */
export class PowerSpectrumRoutines {
  /** Of one center. */
  readonly stateBytes: number;
  private readonly tables: Pointer;
  private readonly scratchBytes: number;
  private readonly memberBytes: number;

  constructor(
    private readonly wasm: Wasm,
    { data }: DescriptorTables,
  ) {
    this.tables = data.pointer!;
    this.scratchBytes = data.scratchBytes!;
    this.stateBytes = data.stateBytes!;
    this.memberBytes = data.memberBytes!;
  }

  values(batch: EnvironmentBatch, out: Pointer, state: Pointer, scratch: Arena): void {
    this.withScratch(batch, scratch, (environments, work) =>
      this.wasm.routines.powerSpectrumValues(batch.nCenters, environments, this.tables, out, state, work),
    );
  }

  /** The spectrum of the mean density of all centers, with its state. */
  ofMean(batch: EnvironmentBatch, out: Pointer, state: Pointer, scratch: Arena): void {
    const mark = scratch.mark();
    const ofCenters = scratch.allocate(this.stateBytes * batch.nCenters);
    this.withScratch(batch, scratch, (environments, work) => {
      this.wasm.routines.powerSpectrumExpand(batch.nCenters, environments, this.tables, ofCenters, work);
      this.wasm.routines.powerSpectrumOfMean(batch.nCenters, ofCenters, this.tables, state, out, work);
    });
    scratch.reset(mark);
  }

  jacobian(batch: EnvironmentBatch, values: Pointer, state: Pointer, out: Pointer, scratch: Arena): void {
    this.withScratch(batch, scratch, (environments, work) =>
      this.wasm.routines.powerSpectrumJacobian(batch.nCenters, environments, this.tables, values, state, out, work),
    );
  }

  /** Of several gradients: [members × nCenters × nFeatures] to [members × nPairs × 3]. */
  backward(batch: EnvironmentBatch, values: Pointer, state: Pointer, members: number, gradients: Pointer, out: Pointer, scratch: Arena): void {
    const more = Math.max(0, members - 1) * this.memberBytes;
    this.withScratch(batch, scratch, (environments, work) => {
      this.wasm.routines.powerSpectrumBackward(batch.nCenters, members, environments, this.tables, values, state, gradients, out, work);
    }, more);
  }

  private withScratch(batch: EnvironmentBatch, scratch: Arena, run: (environments: Pointer, work: Pointer) => void, more = 0): void {
    const mark = scratch.mark();
    const environments = placeEnvironments(this.wasm, scratch, batch);
    const work = scratch.allocate(this.scratchBytes + more);
    run(environments, work);
    scratch.reset(mark);
  }
}
