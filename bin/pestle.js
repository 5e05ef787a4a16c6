#!/usr/bin/env node
"use strict";
const { statSync } = require("node:fs");
const { enableCompileCache } = require("node:module");
const { join } = require("node:path");

const dist = join(__dirname, "..", "dist");
const bundle = join(dist, "cli-bundle", "main.cjs");
const words = process.argv.slice(2);

/**
 * The bundle starts faster. The modules are what the library is made of: they know the formats, models and descriptors that a module loaded
 * before this one has registered there, and stack traces name them. In a checkout they may be newer, too.
 */
function isBundleGood() {
  if (globalThis[Symbol.for("pestle.library")] || words.includes("--debug")) return false;
  const timeOf = (file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return timeOf(bundle) > timeOf(join(dist, ".tsbuildinfo"));
}

/**
 * Makes V8 wait four times as long before it optimises a function: with its own measure it spends a quarter of a command of two seconds on
 * compiling, on threads that compete with ours (docs/decisions/0023-later-optimisation.md). Versions that are known to have the flag only;
 * others would print a complaint.
 */
function optimiseLater() {
  const isKnown = /^1[1-3]\./u.test(process.versions.v8);
  const isForHelp = words.length === 0 || words.some((word) => /^(-h|--help|-V|--version|help)$/u.test(word));
  if (isKnown && !isForHelp) require("node:v8").setFlagsFromString("--interrupt-budget=500000");
}

async function run() {
  enableCompileCache?.(); // Node 22 and later
  optimiseLater();
  const { main } = isBundleGood() ? require(bundle) : await import("../dist/cli/main.js");
  process.exitCode = await main(words);
}

void run();
