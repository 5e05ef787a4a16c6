import type { ComparedDescriptor } from "./comparison.js";

/** Something that was left out, with those whom it concerns. */
export interface Remark {
  readonly text: string;
  /** In the order of the descriptors. */
  readonly names: readonly string[];
}

/** Equal remarks on what descriptors tell once, with all whom they concern. */
export function remarksOf(descriptors: readonly Pick<ComparedDescriptor, "name" | "information">[]): Remark[] {
  const members = new Map<string, string[]>();
  for (const { name, information } of descriptors) {
    for (const remark of new Set(information?.remarks ?? [])) members.set(remark, [...(members.get(remark) ?? []), name]);
  }
  return [...members].map(([text, names]) => ({ text, names }));
}
