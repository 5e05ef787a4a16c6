export type * from "./descriptor.js";
export { attachDescriptor, createDescriptor, descriptorNames, descriptorSchema } from "./registry.js";
export { Soap } from "./soap/soap.js";
export { type SoapParameters, soapSchema } from "./soap/parameters.js";
export { SoapTurbo } from "./soap-turbo/soap-turbo.js";
export { type SoapTurboParameters, soapTurboSchema } from "./soap-turbo/parameters.js";
