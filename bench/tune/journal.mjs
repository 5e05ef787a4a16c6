// The journal of a search: what its lines cost beside evaluations, and how fast they are written and read back.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { JournalFile, readJournal, searchParameters, tuneSchema } from "../../dist/tune/index.js";

const THREADS = 2;
/** Of the wall time of a search. */
const LIMIT = 0.01;
const identity = { configuration: {}, data: [] };

const base = {
  model: {
    type: "sparse-gp",
    isolatedAtomEnergies: { Si: -0.79 },
    terms: [
      {
        descriptor: { type: "soap", basis: "equispaced-gaussian", nMax: 4, lMax: 4, sigma: 0.5, cutoff: { radius: 5 } },
        kernel: { type: "dot-product", zeta: 4 },
        sparse: { method: "random", count: 50 },
      },
    ],
  },
  fit: { sigma: { energy: 0.01, forces: 0.05 } },
  seed: 1,
};

async function inFolder(body) {
  const folder = mkdtempSync(join(tmpdir(), "pestle-bench-"));
  try {
    return await body(join(folder, "search.journal.jsonl"));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The journal of a file that counts the seconds spent in it. */
function timed(journal) {
  const spent = { seconds: 0 };
  const append = (entry) => {
    const start = performance.now();
    const stored = journal.append(entry);
    spent.seconds += (performance.now() - start) / 1000;
    return stored;
  };
  return { spent, journal: { entries: journal.entries, append } };
}

async function search({ createExecutor, data, smoke, verify }) {
  const executor = await createExecutor({ threads: THREADS });
  try {
    const all = await data.si();
    const part = smoke ? 4 : 20;
    const indices = [...Array(Math.min(2 * part, all.nStructures)).keys()];
    const sets = { train: all.subset(indices.filter((i) => i % 2 === 0)), validation: all.subset(indices.filter((i) => i % 2 === 1)) };
    const tune = tuneSchema.parse({
      parameters: { "model.terms[0].descriptor.sigma": { from: 0.3, to: 1 }, "model.terms[0].kernel.zeta": { from: 1, to: 6 } },
      objective: { type: "validation-loss", trainOn: "energies" },
      budget: { evaluations: smoke ? 4 : 40 },
    });
    return await inFolder(async (path) => {
      const file = JournalFile.create(path, identity);
      const { spent, journal } = timed(file);
      const start = performance.now();
      const result = await searchParameters(tune, base, sets, executor, { journal });
      const seconds = (performance.now() - start) / 1000;
      file.close();
      const { records } = result.stages[0];
      const losses = new Map(readJournal(path).entries.map(({ id, loss }) => [id, loss]));
      verify(losses.size === records.length && records.every(({ id, loss }) => losses.get(id) === loss), "the journal does not hold what the search found");
      const journalShare = spent.seconds / seconds;
      verify(smoke || journalShare < LIMIT, `the journal takes ${(100 * journalShare).toFixed(2)} % of the search`);
      return { count: records.length, seconds, threads: THREADS, verified: true, journalShare };
    });
  } finally {
    await executor.close();
  }
}

function entryOf(id) {
  const values = { "model.terms[0].descriptor.sigma": 0.3 + Math.sin(id) ** 2, "model.terms[0].kernel.zeta": 2 + Math.cos(id) };
  const metrics = { energyRmse: 0.01 / (id + 1), energyMae: 0.008, forcesRmse: 0.2, forcesMae: 0.1, nFeatures: 50, nSparse: 500 };
  const place = { stage: 0, id, generation: 0, rung: 0, fraction: 1, point: [Math.sin(id) ** 2, Math.cos(id) ** 2], values };
  return { kind: "evaluation", ...place, status: "done", loss: Math.abs(Math.sin(id)), metrics, seconds: 1.5, elapsed: 1.5 * id };
}

/** Lines of one evaluation each, handed to the system one by one. */
async function lines({ smoke, measure, verify }) {
  const entries = Array.from({ length: smoke ? 100 : 2000 }, (_, id) => entryOf(id));
  return inFolder(async (path) => {
    const write = () => {
      rmSync(path, { force: true });
      const journal = JournalFile.create(path, identity);
      for (const entry of entries) journal.append(entry);
      journal.close();
    };
    write();
    verify(isDeepStrictEqual(readJournal(path).entries, entries), "the journal does not give back what was written");
    return { count: entries.length, seconds: await measure(write), verified: true };
  });
}

export const cases = [
  { name: "tune-journal", unit: "evaluation", run: search },
  { name: "tune-journal-lines", unit: "line", run: lines },
];
