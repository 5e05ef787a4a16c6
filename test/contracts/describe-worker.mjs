// Imported by the worker threads of the descriptor contract.
import * as descriptors from "../../dist/descriptors/index.js";
import * as parallel from "../../dist/parallel/index.js";
import { defineDescribeTask } from "./describe-task.mjs";

defineDescribeTask(parallel, descriptors);
