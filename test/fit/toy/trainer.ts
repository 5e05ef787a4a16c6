import { readFileSync } from "node:fs";
import { z } from "zod";
import {
  blocksInFlight,
  chainCount,
  countTargets,
  defineTrainer,
  filePath,
  Holdings,
  InvalidParameterError,
  makeTriangles,
  reduceRows,
  rowCounts,
  sigmaOnPart,
  sigmaSchema,
  solveTriangle,
  splitBlocks,
  strideOf,
  symbolOf,
  targetsOf,
  triangleBytes,
} from "../../../src/core.js";
import { ToyModel } from "./model.js";
import { writeToyRows } from "./rows.js";

/** The `model` section of a fit file. */
const toySchema = z.strictObject({
  type: z.literal("toy-pair"),
  cutoff: z.number().positive().describe("Å"),
  range: z.number().positive().default(1).describe("Å: decay of the pair term"),
  offsets: filePath().optional().describe("JSON file with the energies of atoms, eV by symbol; default: they are fitted"),
});

type ToyOptions = z.output<typeof toySchema>;

/** The `fit` section. */
const toyFitSchema = z.strictObject({ sigma: sigmaSchema });

function givenOffsets({ offsets }: ToyOptions, species: readonly number[]): number[] | undefined {
  if (offsets === undefined) return undefined;
  const bySymbol = JSON.parse(readFileSync(offsets, "utf8")) as Record<string, number>;
  return species.map((atomicNumber) => {
    const value = bySymbol[symbolOf(atomicNumber)];
    if (value === undefined) throw new InvalidParameterError(`${offsets} has no ${symbolOf(atomicNumber)}`);
    return value;
  });
}

/** Fits the amplitude of a pair term, and the offsets of the species where no file gives them. */
export const toyTrainer = defineTrainer({
  schema: toySchema,
  fitSchema: toyFitSchema,
  describe: ({ model }) => `pairs up to ${model.cutoff} Å`,
  sigma: ({ fit }) => fit.sigma,
  onPart({ fit }, part) {
    const sigma = sigmaOnPart(fit.sigma, part);
    return sigma && { sigma };
  },

  async plan({ model, fit }, dataset, threads) {
    const targets = countTargets(dataset, fit.sigma);
    const blocks = splitBlocks(rowCounts(dataset, fit.sigma));
    const nColumns = (model.offsets === undefined ? dataset.species().length : 0) + 1;
    const rows = blocks.reduce((sum, { nRows }) => sum + nRows, 0);
    const bytes = triangleBytes(nColumns) + 8 * blocksInFlight(threads, blocks.length) * Math.max(...blocks.map(({ nRows }) => nRows)) * strideOf(nColumns);
    const flops = 2 * nColumns ** 2 * rows;
    const memory = [{ what: "design matrix", bytes }];
    const predictionSeconds = { energy: 1e-7, energyAndForces: 2e-7 };
    return { targets, outline: [{ label: "columns", text: String(nColumns) }], memory, bytes, wasmBytes: bytes, flops, seconds: flops / 1e9, predictionSeconds };
  },

  estimateBytes: (_, dataset) => triangleBytes(dataset.species().length + 1),

  async train({ model: options, fit, seed }, dataset, executor, { signal, onProgress, provenance }) {
    const start = performance.now();
    const targets = countTargets(dataset, fit.sigma);
    const species = dataset.species();
    const offsets = givenOffsets(options, species);
    const fitted = offsets ? [] : species;
    const nColumns = fitted.length + 1;
    const form = { cutoff: options.cutoff, range: options.range };
    const blocks = splitBlocks(rowCounts(dataset, fit.sigma));
    const holdings = new Holdings(executor);
    try {
      const triangles = await makeTriangles(nColumns, chainCount(nColumns + 1, blocks.length), holdings, signal);
      const zeros = species.map(() => 0);
      const source = {
        count: blocks.length,
        maximumRows: Math.max(...blocks.map(({ nRows }) => nRows)),
        rowsOf: (block: number) => blocks[block].nRows,
        write: writeToyRows,
        input: (block: number) => {
          const structures = blocks[block].items.map((i) => targetsOf(dataset, i, fit.sigma, species, offsets ?? zeros));
          return { structures, form, species: fitted, stride: strideOf(nColumns) };
        },
      };
      await reduceRows(source, triangles, { executor, signal, onProgress });
      const { coefficients } = await executor.submit(solveTriangle, triangles[0], { signal });
      const amplitude = coefficients[nColumns - 1];
      const energies = offsets ?? [...coefficients.subarray(0, nColumns - 1)];
      const model = new ToyModel(species, form, energies, amplitude, { ...provenance, options: { model: options, fit, seed } });
      return {
        model,
        summary: {
          structures: dataset.nStructures,
          atoms: dataset.nAtoms,
          targets,
          extent: `${nColumns} coefficients`,
          sizes: [{ name: "nCoefficients", count: nColumns }],
          stages: [{ name: "rows and QR", seconds: (performance.now() - start) / 1e3 }],
          tables: [{ title: "Coefficients", columns: ["coefficient", "eV"], rows: [...species.map((z, i) => [symbolOf(z), energies[i].toFixed(4)]), ["pair", amplitude.toFixed(4)]] }],
          peakWasmBytes: executor.pool.peakBytes,
        },
      };
    } finally {
      holdings.release();
    }
  },
});
