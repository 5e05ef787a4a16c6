import type { Command } from "commander";
import type { OpenSession } from "../session.js";

/** One command: its flags are loaded when it is called or asked for help, and what it does when it runs. */
export interface CommandEntry {
  readonly name: string;
  readonly description: string;
  /** Other names. */
  readonly aliases?: readonly string[];
  readonly load: () => Promise<{ configure(command: Command, openSession: OpenSession): void }>;
}

/** Every command, in the order of the help text. */
export const commands: readonly CommandEntry[] = [
  { name: "describe", description: "compute fingerprints of atomic environments", load: () => import("./describe.js") },
  { name: "compare", description: "measure what descriptors cost and tell on your own data", load: () => import("./compare.js") },
  { name: "audit", description: "say what a descriptor costs, repeats and misses on your own data", load: () => import("./audit.js") },
  { name: "reduce", aliases: ["prune"], description: "drop the functions or columns of a descriptor that the others tell already", load: () => import("./reduce.js") },
  { name: "fit", description: "fit a potential to reference energies, forces and virials", load: () => import("./fit.js") },
  { name: "build", description: "make a model file of a potential that needs no fit", load: () => import("./build.js") },
  { name: "tune", description: "search the parameters of a fit: descriptor, kernel, weights", load: () => import("./tune.js") },
  { name: "compose", description: "grow an analytic potential from readable terms by what the data say", load: () => import("./compose.js") },
  {
    name: "evaluate",
    aliases: ["predict"],
    description: "predict a data set, and compare with its reference values",
    load: () => import("./evaluate.js"),
  },
  { name: "calibrate", description: "make the error bars of a model as large as its errors on some data", load: () => import("./calibrate.js") },
  { name: "fisher", description: "say which parameters of a model its data determine, and which are sloppy", load: () => import("./fisher.js") },
  { name: "info", description: "show what is in a data set or a model", load: () => import("./info.js") },
  { name: "import-gap-command", description: "turn a gap_fit command into a fit file", load: () => import("./import-gap-command.js") },
  { name: "import-gap", description: "make a model file of a GAP that gap_fit wrote", load: () => import("./import-gap.js") },
  { name: "export-gap", description: "write a model for QUIP, LAMMPS and ASE, as a gap.xml", load: () => import("./export-gap.js") },
  { name: "import-yace", description: "make a model file of a linear cluster expansion in a .yace file", load: () => import("./import-yace.js") },
  { name: "export-yace", description: "write a linear cluster expansion for LAMMPS, as a .yace file", load: () => import("./export-yace.js") },
  { name: "export-composed", description: "write a composed potential as tables for LAMMPS, or as JSON with a reader in Python", load: () => import("./export-composed.js") },
  { name: "schema", description: "print the JSON Schema of a configuration file, for editors", load: () => import("./schema.js") },
  { name: "bench", description: "verify and time the routines on this machine", load: () => import("../commands/bench.js") },
  { name: "help", description: "show the options of a command, or a page of the documentation", load: () => import("./help.js") },
];
