// Active sets of another program: the start, the swaps, the volume, the grades.
import { expect } from "vitest";
import { extrapolationGrades } from "../../src/linalg/index.js";
import type { Executor } from "../../src/parallel/index.js";
import { chooseActiveSet } from "../../src/select/index.js";
import type { Comparisons } from "./comparisons.js";
import type { ReferenceFolder } from "./folder.js";

interface MaximumVolumeFile {
  readonly description: string;
  /** Environments × functions. */
  readonly B: readonly (readonly number[])[];
  readonly start: readonly number[];
  readonly tolerance: number;
  /** Rows, by column of A. */
  readonly active: readonly number[];
  readonly swaps: number;
  readonly log_abs_det: number;
  readonly test_rows: readonly (readonly number[])[];
  readonly grades: readonly number[];
  /** The rows of the largest volume of all, ascending, where there are few enough to try them all. */
  readonly best_by_enumeration: readonly number[] | null;
}

const known = ["description", "B", "start", "tolerance", "active", "swaps", "log_abs_det", "test_rows", "grades", "best_by_enumeration"];

/** Compares every value of one file of the kind `maxvol_*.json`. */
export async function compareMaximumVolume(folder: ReferenceFolder, file: string, executor: Executor, comparisons: Comparisons): Promise<void> {
  const reference = folder.json(file) as MaximumVolumeFile;
  const unknown = Object.keys(reference).filter((key) => !known.includes(key));
  if (unknown.length > 0) throw new Error(`${file} has values that the suite does not know: ${unknown.join(", ")}`);
  const rows = Float64Array.from(reference.B.flat());
  const nRows = reference.B.length;
  const { active, start, swaps } = await chooseActiveSet([rows], reference.B[0].length, { tolerance: reference.tolerance, blockRows: nRows }, { executor });
  const compare = (kind: string, actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void =>
    comparisons.compare(`MaxVol, ${kind}`, file, actual, expected, tolerance, "absolute");
  compare("start", start, reference.start, 0);
  compare("swaps", [swaps], [reference.swaps], 0);
  compare("active rows", active.members, reference.active, 0);
  compare("ln |det|", [active.logVolume], [reference.log_abs_det], 1e-9);
  compare("grades", extrapolationGrades(executor, active, Float64Array.from(reference.test_rows.flat())), reference.grades, 1e-9);
  for (const grade of extrapolationGrades(executor, active, rows)) expect(grade <= 1 + reference.tolerance + 1e-12).toBe(true);
  if (reference.best_by_enumeration) compare("the largest of all volumes", active.members.slice().sort(), reference.best_by_enumeration, 0);
}
