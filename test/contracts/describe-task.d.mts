import type { attachDescriptor, DescriptorPlan } from "../../src/descriptors/index.js";
import type { EnvironmentBatch } from "../../src/neighbors/index.js";
import type { defineTask, Task } from "../../src/parallel/index.js";
import type { Pointer } from "../../src/wasm/memory.js";

export interface DescribeInput {
  readonly plan: DescriptorPlan;
  readonly batch: EnvironmentBatch;
  readonly values: Pointer;
  readonly gradients: Pointer;
  readonly backward: Pointer;
}

export declare function defineDescribeTask(
  parallel: { defineTask: typeof defineTask },
  descriptors: { attachDescriptor: typeof attachDescriptor },
): Task<DescribeInput, void>;
