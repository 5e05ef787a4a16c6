import { registerModelType, registerTrainer } from "../../../src/core.js";
import { toyType } from "./model.js";
import { toyTrainer } from "./trainer.js";

registerModelType(toyType);
registerTrainer(toyTrainer);
