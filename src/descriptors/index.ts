export * from "./descriptor.js";
export { attachDescriptor, createDescriptor, descriptorNames, descriptorSchema } from "./registry.js";
export { Soap } from "./soap/soap.js";
export { type SoapParameters, soapSchema } from "./soap/parameters.js";
