// The price of handing one task to a worker thread: below this, a block of work is too small to be worth a thread.
import { defineTask } from "../../dist/parallel/index.js";

export const emptyTask = defineTask("bench/empty", (_context, input) => input + 1);

export const cases = [
  {
    name: "empty-tasks",
    unit: "task",
    async run({ createExecutor, smoke, measure, verify }) {
      const executor = await createExecutor({ threads: 2, taskModules: [import.meta.url] });
      try {
        const inputs = Array.from({ length: smoke ? 10 : 5000 }, (_, i) => i);
        const outputs = await executor.map(emptyTask, inputs);
        verify(outputs.every((value, i) => value === i + 1), "outputs are in input order");
        const seconds = await measure(() => executor.map(emptyTask, inputs));
        return { count: inputs.length, seconds, threads: 2, verified: true };
      } finally {
        await executor.close();
      }
    },
  },
];
