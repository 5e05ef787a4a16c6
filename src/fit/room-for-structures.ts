import { descriptorCost } from "../descriptors/registry.js";
import { isContainer } from "../plain-data.js";
import { valueAt } from "../parameter-path.js";
import type { Dataset } from "../structures/dataset.js";
import type { FitRequest } from "./trainer.js";

/**
 * A request whose descriptors have room for every structure of the data. Those that would take their size from what they are fitted to could
 * not describe a larger structure later: of the test data, or one that a fold or a member of a committee leaves out. What the request says itself stays.
 */
export function withRoomFor<Request extends Pick<FitRequest, "model">>(request: Request, data: readonly Dataset[]): Request {
  const terms = valueAt(request.model, ["terms"]);
  const nAtoms = Math.max(...data.map(largestOf));
  if (!Array.isArray(terms) || !(nAtoms > 0)) return request;
  return { ...request, model: { ...request.model, terms: terms.map((term: unknown) => withRoom(term, nAtoms)) } };
}

function largestOf(dataset: Dataset): number {
  let largest = 0;
  for (let i = 0; i < dataset.nStructures; i++) largest = Math.max(largest, dataset.atomCount(i));
  return largest;
}

function withRoom(term: unknown, nAtoms: number): unknown {
  const descriptor = valueAt(term, ["descriptor"]);
  if (!isContainer(term) || !isContainer(descriptor)) return term;
  const room = descriptorCost(String(descriptor.type))?.forAtoms?.({}, nAtoms);
  return room ? { ...term, descriptor: { ...descriptor, ...room, ...withoutUndefined(descriptor) } } : term;
}

function withoutUndefined(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
