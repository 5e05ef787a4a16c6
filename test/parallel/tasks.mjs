// Tasks for the tests of the executors, defined once per module tree: the source on the test's thread, dist/ on the workers.
export function defineTestTasks({ defineTask }, errors) {
  return {
    square: defineTask("test/square", (_context, n) => n * n),
    /** Later inputs finish first. */
    delayed: defineTask("test/delayed", (_context, { value, milliseconds }) => {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
      return value;
    }),
    /** Writes a block of a shared array and returns its sum in order. */
    block: defineTask("test/block", ({ wasm }, { pointer, start, count }) => {
      const block = wasm.f64(pointer + start * 8, count);
      let sum = 0;
      for (let i = 0; i < count; i++) {
        block[i] = Math.sin(start + i) / (start + i + 1);
        sum += block[i];
      }
      return sum;
    }),
    fill: defineTask("test/fill", ({ wasm }, { pointer, count, value }) => wasm.routines.fill(count, value, pointer)),
    /** Needs more scratch than a fresh arena has when `bytes` is large. */
    scratch: defineTask("test/scratch", ({ wasm, scratch }, bytes) => {
      const small = scratch.f64(8);
      wasm.routines.fill(8, 1, small);
      const large = scratch.allocate(bytes);
      wasm.routines.fill(bytes / 8, 2, large);
      return wasm.f64(large, bytes / 8).reduce((sum, value) => sum + value, 0) + wasm.f64(small, 8)[7];
    }),
    fail: defineTask("test/fail", (_context, kind) => {
      if (kind === "none") return;
      if (kind === "FormatError") throw new errors.FormatError({ file: "a.xyz", line: 3, column: 7 }, "not a number");
      if (kind === "TypeError") throw new TypeError("x is not a thing");
      if (kind === "string") throw "just text";
      throw new errors[kind]("the reason");
    }),
    exit: defineTask("test/exit", (_context, code) => process.exit(code)),
  };
}
