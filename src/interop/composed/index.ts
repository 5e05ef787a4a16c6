export type { ComposedContent } from "./embedded-atom.js";
export { type ComposedFormat, composedFormats, writeComposedModel, type WriteComposedOptions, type WrittenComposed } from "./write-model.js";
