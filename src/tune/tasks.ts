// Modules of this folder that define tasks, for the worker threads.
import "./objectives/validation-loss/cost.js";
