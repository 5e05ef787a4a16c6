import { suggestionFor } from "../../../suggestion.js";
import { keyValues, splitWords } from "../command-words.js";
import type { LocatedText } from "../located-text.js";
import { OptionGroup } from "../option-group.js";
import { otherDescriptors } from "../options.js";
import type { GapDescriptor } from "./gap-descriptor.js";
import { gapDescriptors } from "./registry.js";

/** A descriptor string, read and not yet understood. */
export interface DescriptorString {
  readonly kind: GapDescriptor;
  /** Its options; `where` is the name of the descriptor. */
  readonly group: OptionGroup;
}

/** A descriptor that there is no counterpart of. */
export interface OtherDescriptor {
  readonly name: string;
  /** What to use instead. */
  readonly instead: string;
}

/**
 * Reads a descriptor string, "soap cutoff=5 …".
 * @throws {FormatError} for descriptors and options that are unknown
 */
export function readDescriptorString(string: LocatedText): DescriptorString | OtherDescriptor {
  const words = splitWords(string);
  const first = words.at(0);
  if (!first) throw string.error("a descriptor string is empty");
  const name = first.text;
  const kind = Object.hasOwn(gapDescriptors, name) ? gapDescriptors[name] : undefined;
  const other = words.slice(1).find(({ text }, i) => isDescriptor(text) && !words[i].text.endsWith("="));
  if (other) throw other.error(`${other.text} begins another descriptor; put a colon between them: gap={${name} … : ${other.text} …}`);
  if (kind) return { kind, group: new OptionGroup(name, first, keyValues(words.slice(1)), kind.options) };
  const instead = Object.hasOwn(otherDescriptors, name) ? otherDescriptors[name] : undefined;
  if (instead !== undefined) return { name, instead };
  throw first.error(`"${name}" is no descriptor of QUIP${suggestionFor(name, [...Object.keys(gapDescriptors), ...Object.keys(otherDescriptors)])}`);
}

const isDescriptor = (name: string): boolean => Object.hasOwn(gapDescriptors, name) || Object.hasOwn(otherDescriptors, name);
