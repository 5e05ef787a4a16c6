import { registerModelType, registerTrainer } from "../../../src/index.js";
import { toyType } from "./model.js";
import { toyTrainer } from "./trainer.js";

registerModelType(toyType);
registerTrainer(toyTrainer);
