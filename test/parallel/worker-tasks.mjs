// Imported by the worker threads of the tests.
import * as errors from "../../dist/errors.js";
import * as parallel from "../../dist/parallel/index.js";
import { defineTestTasks } from "./tasks.mjs";

defineTestTasks(parallel, errors);
