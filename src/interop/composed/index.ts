export type { SetflErrors } from "../lammps/setfl.js";
export type { TableError } from "../lammps/table-error.js";
export { type ComposedFormat, composedFormats, writeComposedModel, type WriteComposedOptions, type WrittenComposed } from "./write-model.js";
