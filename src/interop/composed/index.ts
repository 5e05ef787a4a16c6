export type { ComposedContent } from "./embedded-atom.js";
export { type ComposedFormat, composedFormats, writeComposedSum, type WriteComposedOptions, type WrittenComposed } from "./write-model.js";
