// Modules of this folder that define tasks, for the worker threads.
import "./cur.js";
import "./duplicates.js";
import "./farthest-point.js";
