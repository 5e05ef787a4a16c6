// Modules of this folder that define tasks, for the worker threads.
import "./least-squares/triangle.js";
import "./linear/solvers/appended-ridge.js";
import "./sparse-gp/prior.js";
import "./sparse-gp/structure-rows.js";
