// Modules of this folder that define tasks, for the worker threads.
import "./least-squares/triangle.js";
import "./linear/active-sets.js";
import "./linear/cross-validation.js";
import "./linear/design-rows.js";
import "./linear/solvers/appended-ridge.js";
import "./linear/solvers/ard-steps.js";
import "./linear/solvers/band-ridge.js";
import "./linear/solvers/band-tasks.js";
import "./linear/solvers/dense-rows.js";
import "./linear/solvers/greedy.js";
import "./linear/solvers/left-out.js";
import "./linear/solvers/path-squares.js";
import "./linear/solvers/posterior.js";
import "./linear/solvers/rank-revealing-qr.js";
import "./linear/solvers/singular-form.js";
import "./sparse-gp/prior.js";
import "./sparse-gp/structure-rows.js";
