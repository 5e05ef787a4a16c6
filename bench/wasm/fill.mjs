// The bandwidth of writing to the WebAssembly memory: what no routine that streams its output can beat.
export const cases = [
  {
    name: "fill",
    unit: "byte",
    async run({ executor, smoke, measure, verify }) {
      const n = smoke ? 1000 : 4_000_000;
      const region = executor.pool.allocate(n * 8, "filled array");
      const { wasm } = executor;
      wasm.routines.fill(n, 1.5, region.pointer);
      verify(wasm.f64(region.pointer, n).every((value) => value === 1.5), "every element is set");
      const seconds = await measure(() => wasm.routines.fill(n, 2.5, region.pointer));
      return { count: n * 8, seconds, verified: true };
    },
  },
];
