import type { AnyDescriptor } from "../descriptors/structure-descriptor.js";
import type { Model } from "./model-type.js";

/** What the descriptors of terms took from data and what that costs, a sentence for each that says so; equal sentences once. */
export function findingsOfTerms(terms: readonly { readonly descriptor: AnyDescriptor }[]): readonly string[] {
  const told = terms.flatMap(({ descriptor }) => (descriptor.describes === "structures" || !descriptor.findings ? [] : `${descriptor.name}: ${descriptor.findings}`));
  return [...new Set(told)];
}

/** Those of several models, equal sentences once. */
export function findingsOfModels(models: readonly Model[]): readonly string[] {
  return [...new Set(models.flatMap(({ findings = [] }) => findings))];
}
