// One call of an open potential beside the prepared evaluator that it stands on, energy and forces of silicon with 1000 sparse points.
import { attachPotential, openPotential } from "../../dist/core.js";
import { Arena } from "../../dist/wasm/memory.js";
import { median } from "../harness/measure.mjs";
import { verifyAgainstGapFit } from "../fit/silicon.mjs";
import { silicon } from "./silicon.mjs";

const EDGE = 5.43;
const want = { forces: true };

/** Diamond, every atom a little off its place. */
function diamond(atoms, cell) {
  const positions = Float64Array.from(atoms.flat(), (x, i) => EDGE * x + 0.05 * Math.sin(7 * i));
  return { atomicNumbers: new Uint8Array(atoms.length).fill(14), positions, cell: Float64Array.from(cell, (x) => EDGE * x), pbc: [true, true, true], label: "diamond" };
}

function cubicCells(a, b, c) {
  const basis = [[0, 0, 0], [0, 0.5, 0.5], [0.5, 0, 0.5], [0.5, 0.5, 0]].flatMap((p) => [p, p.map((x) => x + 0.25)]);
  const cells = Array.from({ length: a * b * c }, (_, n) => [n % a, Math.floor(n / a) % b, Math.floor(n / (a * b))]);
  return diamond(cells.flatMap((cell) => basis.map((p) => p.map((x, k) => x + cell[k]))), [a, 0, 0, 0, b, 0, 0, 0, c]);
}

const structures = {
  2: () => diamond([[0, 0, 0], [0.25, 0.25, 0.25]], [0, 0.5, 0.5, 0.5, 0, 0.5, 0.5, 0.5, 0]),
  96: () => cubicCells(2, 2, 3),
};

const seconds = () => Number(process.hrtime.bigint()) / 1e9;

async function run(context, nAtoms) {
  const { executor, data, smoke, verifyClose } = context;
  await verifyAgainstGapFit(context);
  const model = await silicon(await data.si(), smoke ? 100 : 1000, executor);
  const structure = structures[nAtoms]();
  const { wasm, pool } = executor;
  const prepared = model.prepare(wasm, pool, want);
  const evaluator = attachPotential(wasm, prepared.tables);
  const arena = new Arena(pool.allocate(64e6, "scratch of the prepared evaluator"));
  const open = openPotential(model, executor, want);
  const placed = open.place(structure, { skin: 0.5 });
  const ways = {
    prepared: () => evaluator.evaluate(structure, { want }, arena),
    open: () => open.evaluate(structure),
    placed: () => placed.evaluate(),
  };
  const expected = await ways.prepared();
  for (const way of ["open", "placed"]) {
    const found = await ways[way]();
    verifyClose([found.energy, ...found.forces], [expected.energy, ...expected.forces], 1e-10, `energy and forces, ${way}`);
  }
  // alternating, so that what else the machine does meets all of them
  const calls = smoke ? 1 : Math.ceil(200 / nAtoms);
  const rounds = smoke ? 1 : 80;
  const times = { prepared: [], open: [], placed: [] };
  for (let round = -5; round < rounds; round++) {
    for (const way of Object.keys(ways)) {
      const start = seconds();
      for (let call = 0; call < calls; call++) await ways[way]();
      if (round >= 0) times[way].push((seconds() - start) / calls);
    }
  }
  const ratioOf = (way) => median(times[way].map((time, i) => time / times.prepared[i]));
  placed.release();
  open.close();
  return { count: 1, seconds: median(times.open), openOverPrepared: ratioOf("open"), placedOverPrepared: ratioOf("placed"), verified: true };
}

export const cases = [2, 96].map((nAtoms) => ({ name: `gp-call-si-${nAtoms}`, unit: "call", run: (context) => run(context, nAtoms) }));
