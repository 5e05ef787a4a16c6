export type * from "./descriptor.js";
export { centerRows, type DescribedBatch, type RowBatch, type RowKind, type Rows, sliceBatch, stateBytes, type StateSize, structureRows } from "./rows.js";
export { OuterAverage } from "./outer-average.js";
export { attachDescriptor, createDescriptor, descriptorNames, descriptorSchema, registerDescriptor } from "./registry.js";
export { Soap } from "./soap/soap.js";
export { type SoapParameters, soapSchema } from "./soap/parameters.js";
export { SoapTurbo } from "./soap-turbo/soap-turbo.js";
export { type SoapTurboParameters, soapTurboSchema } from "./soap-turbo/parameters.js";
