// Modules of this folder that define tasks, for the worker threads.
import "./blind-spots/compare-environments.js";
import "./blind-spots/laid-pairs.js";
import "./blind-spots/nearest-rows.js";
import "./blind-spots/short-coordinates.js";
import "./information/closest.js";
import "./information/distance-correlation.js";
import "./information/force-equations.js";
import "./information/kernel-shape.js";
import "./information/learning.js";
import "./information/reconstruction-tasks.js";
import "./information/row-coordinates.js";
import "./information/spectrum.js";
import "./information/structure-sums.js";
import "./kernel-distribution/kernel-block.js";
import "./redundancy/exact-pruning.js";
import "./redundancy/prune-ace.js";
