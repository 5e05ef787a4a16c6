import type { attachDescriptor, DescriptorTables, RowBatch, stateBytes } from "../../src/descriptors/index.js";
import type { defineTask, Task } from "../../src/parallel/index.js";
import type { Pointer } from "../../src/wasm/memory.js";

export interface DescribeInput {
  readonly tables: DescriptorTables;
  readonly batch: RowBatch;
  readonly values: Pointer;
  readonly gradients: Pointer;
  readonly backward: Pointer;
}

export declare function defineDescribeTask(
  parallel: { defineTask: typeof defineTask },
  descriptors: { attachDescriptor: typeof attachDescriptor; stateBytes: typeof stateBytes },
): Task<DescribeInput, void>;
