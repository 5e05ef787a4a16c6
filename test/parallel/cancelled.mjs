// Run by the tests as a program of its own: cancels a long computation; `close` or `leave` says whether it closes the executor.
// It must then end by itself.
import { createExecutor } from "../../dist/parallel/index.js";
import * as errors from "../../dist/errors.js";
import * as parallel from "../../dist/parallel/index.js";
import { defineTestTasks } from "./tasks.mjs";

const tasks = defineTestTasks(parallel, errors);
const executor = await createExecutor({ threads: 2, taskModules: [new URL("worker-tasks.mjs", import.meta.url).href] });
const controller = new AbortController();
const inputs = Array.from({ length: 10_000 }, (_, value) => ({ value, milliseconds: 20 }));
let done = 0;
try {
  await executor.map(tasks.delayed, inputs, { signal: controller.signal, onDone: () => ++done === 20 && controller.abort() });
  console.log("not cancelled");
} catch (error) {
  console.log(JSON.stringify({ name: error.name, code: error.code, done }));
}
if (process.argv[2] === "close") await executor.close();
