// Modules of this folder that define tasks, for the worker threads.
import "./open-potential.js";
