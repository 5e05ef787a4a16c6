import { moments } from "../../examples/descriptor/moments.mjs";
import { OuterAverage } from "../../src/descriptors/index.js";
import { descriptorContract } from "../contracts/descriptor.js";

const options = { isRegistered: false, taskModules: [new URL("../../examples/descriptor/moments.mjs", import.meta.url).href] };
descriptorContract("the moments of examples/descriptor", () => moments({ order: 4, radius: 3.6 }), options);
descriptorContract("their mean over a structure", () => new OuterAverage(moments({ order: 2, radius: 4.1 })), options);
