// Modules of this folder that define tasks, for the worker threads.
import "./active-set.js";
import "./cur.js";
import "./duplicates.js";
import "./farthest-point.js";
