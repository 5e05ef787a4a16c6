// Modules of this folder that define tasks, for the worker threads.
import "./cache/listed-data.js";
import "./candidates.js";
import "./collect.js";
import "./describe-task.js";
import "./principal-axes.js";
import "./shortest-distance.js";
