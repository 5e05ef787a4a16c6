import type { GapDescriptor } from "./gap-descriptor.js";
import { soap } from "./soap.js";
import { soapTurbo } from "./soap-turbo.js";
import { angle3b, distance2b } from "./tuples.js";

/** Descriptors of QUIP that are converted, by name. */
export const gapDescriptors: Readonly<Record<string, GapDescriptor | undefined>> = { distance_2b: distance2b, angle_3b: angle3b, soap, soap_turbo: soapTurbo };
