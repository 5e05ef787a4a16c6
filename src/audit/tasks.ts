// Modules of this folder that define tasks, for the worker threads.
import "./kernel-errors.js";
