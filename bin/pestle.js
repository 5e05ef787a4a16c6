#!/usr/bin/env node
"use strict";
const { statSync } = require("node:fs");
const { enableCompileCache } = require("node:module");
const { join } = require("node:path");
const { setFlagsFromString } = require("node:v8");

const dist = join(__dirname, "..", "dist");
const bundle = join(dist, "cli-bundle", "main.cjs");

/**
 * The bundle starts faster. The modules are what the library is made of: they know the formats, models and descriptors that a module loaded
 * before this one has registered there, and stack traces name them. In a checkout they may be newer, too.
 */
function isBundleGood() {
  if (globalThis[Symbol.for("pestle.library")] || process.argv.includes("--debug")) return false;
  const timeOf = (file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return timeOf(bundle) > timeOf(join(dist, ".tsbuildinfo"));
}

async function run() {
  enableCompileCache?.(); // Node 22 and later
  // V8 compiles what is hot only after four times its usual while: of a command of two seconds it spends one in three on compiling
  setFlagsFromString("--interrupt-budget=500000");
  const { main } = isBundleGood() ? require(bundle) : await import("../dist/cli/main.js");
  process.exitCode = await main(process.argv.slice(2));
}

void run();
