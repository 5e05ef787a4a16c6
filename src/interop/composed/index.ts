export { type ComposedFormat, composedFormats, writeComposedModel, type WriteComposedOptions, type WrittenComposed } from "./write-model.js";
