import { choleskyScratchBytes } from "../../linalg/triangular.js";
import { CHUNK_ROWS } from "../../models/kernel-ridge/term.js";
import { reductionMemory, reductionScratch, SCRATCH } from "../design/reduction-memory.js";
import type { PlannedMemory } from "../fit-plan.js";
import { landmarkBlocks, TILE_ATOMS } from "./landmark-rows.js";
import type { SparseKernelOptions } from "./schema.js";
import type { KernelFitShape } from "./shape.js";

/** A structure that is described, with its neighbors, beside its rows. */
const DESCRIBED_BYTES = 4e6;

/** WebAssembly memory at the peak of a fit with landmarks: what is held does not grow with the structures, but their means to choose from. */
export function plannedLandmarkMemory({ method }: SparseKernelOptions, shape: KernelFitShape, nAtoms: number, threads: number): PlannedMemory[] {
  const { size: columns, structures, rows, features } = shape;
  const share = columns / Math.max(1, structures);
  const ofLandmarks = rows.map((count) => Math.ceil(count * share));
  const rowBytes = ofLandmarks.reduce((sum, count, t) => sum + 8 * count * features[t], 0);
  const blocks = landmarkBlocks(structures, nAtoms);
  const needs = ofLandmarks.map((count, t) => {
    const tile = Math.min(TILE_ATOMS, rows[t]);
    return [3 * 8 * tile * features[t], 8 * tile * Math.min(CHUNK_ROWS, count), DESCRIBED_BYTES];
  });
  const reduction = { columns, blocks, threads };
  const tasks = { rowNeeds: needs, singleNeeds: [[choleskyScratchBytes(columns)]], nStructures: blocks.length };
  const reduced = reductionMemory(reduction);
  const [square, reducedBytes] = [8 * columns * columns, reduced.reduce((sum, { bytes }) => sum + bytes, 0)];
  const isChosen = method !== "random" && columns < structures;
  return [
    ...(isChosen ? [{ what: "rows to choose landmarks from", bytes: 8 * structures * features[0] }] : []),
    { what: "rows of the landmarks", bytes: rowBytes + Math.max(...ofLandmarks.map((count, t) => 8 * Math.min(CHUNK_ROWS, count) * features[t])) },
    // it is gone when rows are reduced
    ...(square > reducedBytes ? [{ what: "kernel matrix of the landmarks", bytes: square - reducedBytes }] : []),
    ...reduced,
    { what: SCRATCH, bytes: reductionScratch(reduction, tasks).bytes },
  ];
}
