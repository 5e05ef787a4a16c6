// Neighbor lists: the small structures of a training set, and one solid of a million atoms.
import { buildNeighborList } from "../../dist/neighbors/index.js";
import { Arena } from "../../dist/wasm/memory.js";

const CUTOFF = 5;

/** Pairs by the definition, image by image: only for small structures. */
function countPairs({ positions, cell, nAtoms }) {
  let pairs = 0;
  const reach = [-2, -1, 0, 1, 2];
  for (let i = 0; i < nAtoms; i++)
    for (let j = 0; j < nAtoms; j++)
      for (const a of reach)
        for (const b of reach)
          for (const c of reach) {
            const d = [0, 1, 2].map((k) => positions[3 * j + k] - positions[3 * i + k] + a * cell[k] + b * cell[3 + k] + c * cell[6 + k]);
            const r = Math.hypot(...d);
            if (r < CUTOFF && (i !== j || r > 0)) pairs++;
          }
  return pairs;
}

/** Diamond-structure Si with small random displacements: every atom keeps its 4 + 12 + 12 neighbors within 5 Å. */
function rattledDiamond(repeats) {
  const a = 5.43;
  const face = [[0, 0, 0], [0.5, 0.5, 0], [0.5, 0, 0.5], [0, 0.5, 0.5]];
  const motif = [...face, ...face.map((site) => site.map((x) => x + 0.25))];
  const positions = new Float64Array(repeats ** 3 * motif.length * 3);
  let state = 1;
  const random = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32 - 0.5;
  let p = 0;
  for (let x = 0; x < repeats; x++)
    for (let y = 0; y < repeats; y++)
      for (let z = 0; z < repeats; z++)
        for (const [u, v, w] of motif) for (const fraction of [x + u, y + v, z + w]) positions[p++] = fraction * a + 0.1 * random();
  const edge = repeats * a;
  return { positions, nAtoms: positions.length / 3, cell: [edge, 0, 0, 0, edge, 0, 0, 0, edge], pbc: [true, true, true], cutoff: CUTOFF };
}

export const cases = [
  {
    name: "neighbors-si",
    unit: "atom",
    async run({ executor, data, measure, verify }) {
      const { wasm, pool } = executor;
      const dataset = await data.si();
      const inputs = Array.from({ length: dataset.nStructures }, (_, i) => {
        const { positions, cell, pbc, atomicNumbers } = dataset.structure(i);
        return { positions, nAtoms: atomicNumbers.length, cell, pbc, cutoff: CUTOFF };
      });
      const region = pool.allocate(32e6, "neighbor lists");
      const arena = new Arena(region);
      const list = (input) => {
        arena.reset();
        return buildNeighborList(wasm, arena, input);
      };
      for (const input of [inputs[0], inputs[inputs.length - 1]]) {
        verify(list(input).nPairs === countPairs(input), "number of pairs of a structure");
      }
      let pairs = 0;
      const seconds = await measure(() => {
        pairs = 0;
        for (const input of inputs) pairs += list(input).nPairs;
      });
      pool.release(region);
      const count = dataset.nAtoms;
      return { count, seconds, pairs, pairsPerSecond: pairs / seconds, neighborsPerAtom: pairs / count, verified: true };
    },
  },
  {
    name: "neighbors-million",
    unit: "atom",
    async run({ executor, smoke, measure, verify }) {
      const { wasm, pool } = executor;
      const input = rattledDiamond(smoke ? 6 : 50);
      const region = pool.allocate(input.nAtoms * 1600 + 1e6, "neighbor list of the solid");
      const arena = new Arena(region);
      let list;
      const build = () => {
        arena.reset();
        list = buildNeighborList(wasm, arena, input);
      };
      build();
      const offsets = wasm.i32(list.offsets, input.nAtoms + 1);
      verify(offsets.every((offset, i) => offset === 28 * i), "28 neighbors of every atom");
      const [neighbors, shifts, dz] = [wasm.i32(list.neighborAtoms, list.nPairs), wasm.i32(list.shifts, list.nPairs * 3), wasm.f64(list.dz, list.nPairs)];
      for (let pair = 0; pair < list.nPairs; pair += 1001) {
        const [i, j] = [Math.floor(pair / 28), neighbors[pair]];
        const expected = input.positions[3 * j + 2] + shifts[3 * pair + 2] * input.cell[8] - input.positions[3 * i + 2];
        verify(Math.abs(dz[pair] - expected) <= 1e-11, "displacement of a pair");
      }
      const seconds = await measure(build, { maximumRuns: 5 });
      const pairs = list.nPairs;
      pool.release(region);
      return { count: input.nAtoms, seconds, pairs, pairsPerSecond: pairs / seconds, listBytes: pairs * 48 + input.nAtoms * 8, verified: true };
    },
  },
];
