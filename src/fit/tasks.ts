// Modules of this folder that define tasks, for the worker threads.
import "./sparse-gp/tasks.js";
