import { availableParallelism } from "node:os";
import { InvalidParameterError } from "../errors.js";

/**
 * Threads that this machine runs at once. `PESTLE_CORES` overrides it: where a container has fewer cores than the machine shows, or to plan
 * for another machine.
 * @throws {InvalidParameterError} when that is no whole number from 1 to 1024
 */
export function availableCores(): number {
  const forced = process.env.PESTLE_CORES;
  if (!forced) return availableParallelism();
  const cores = Number(forced);
  if (Number.isInteger(cores) && cores >= 1 && cores <= 1024) return cores;
  throw new InvalidParameterError(`PESTLE_CORES is "${forced}"; it must be a whole number from 1 to 1024, or unset it`);
}
