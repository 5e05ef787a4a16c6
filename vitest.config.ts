import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { relaxedSimd } from "wasm-feature-detect";
import { defineConfig } from "vitest/config";
import { TIME_LIMIT } from "./test/time-limit.js";

// `PESTLE_WASM=scalar npx vitest run` tests another build. Node 20 knows relaxed SIMD only behind a flag, here for the tests and
// for the programs that they start.
const needsFlag = process.env.PESTLE_WASM === "relaxed-simd" && !(await relaxedSimd());
const setFlag = `--import=${new URL(".ci/relaxed-simd.mjs", import.meta.url).href}`;

const source = (file: string): string => new URL(`src/${file}.ts`, import.meta.url).pathname;

/** Tests that change their process for good: replace or register modules, or count what a process does from its start. */
const alone = ["test/fit/toy-trainer.test.ts", "test/held-files.test.ts", "test/kernels/whole-rows.test.ts", "test/structures/io/frame-blocks.test.ts"];
const all = ["test/**/*.test.ts"];

/**
 * Left out with `PESTLE_TESTS=numeric`, for builds that run the numeric half. What these folders test calls no routine (files, formats,
 * configuration, reports, documentation, optimizers, the journal, plans), or reaches routines only through functions that the other folders test
 * on every build (the command line, the examples, searches, trainers of others, what threads do with tasks; the browser tests have a build of
 * their own). A folder that is not named here runs on every build.
 */
const notNumeric = [
  "browser", "cli", "config", "examples", "fit/plan.test.ts", "fit/toy-trainer.test.ts", "interop", "parallel/executor.test.ts",
  "parallel/lazy-threads.test.ts", "report", "structures", "tune/journal",
  "tune/objectives/validation-loss.test.ts", "optimizers", "tune/search", "tune/search-space", "tune/spread.test.ts", "doc-examples.test.ts",
  "docs.test.ts", "expect-rule.test.ts", "held-files.test.ts", "layers.test.ts", "packaging.test.ts", "repository.test.ts",
].map((name) => `test/${name}`);
const absent = notNumeric.filter((path) => !existsSync(new URL(path, import.meta.url)));
if (absent.length > 0) throw new Error(`vitest.config.ts names ${absent.join(", ")}, which does not exist`);
const leftOut = process.env.PESTLE_TESTS === "numeric" ? notNumeric.map((path) => (path.endsWith(".ts") ? path : `${path}/**`)) : [];

export default defineConfig({
  // examples name the package; in tests that is the source
  resolve: { alias: [{ find: /^pestle\/core$/, replacement: source("core") }, { find: /^pestle$/, replacement: source("index") }] },
  test: {
    setupFiles: ["test/typed-arrays.ts"],
    testTimeout: 1.2 * TIME_LIMIT,
    hookTimeout: 1.2 * TIME_LIMIT,
    pool: "forks",
    maxWorkers: availableParallelism(), // by default one less: a single one where there are two cores
    execArgv: needsFlag ? [setFlag] : [],
    env: needsFlag ? { NODE_OPTIONS: setFlag } : {},
    // most files share a process, so that modules are loaded and compiled once: three times as fast
    projects: [
      { extends: true, test: { name: "shared", include: all, exclude: [...alone, ...leftOut], isolate: false } },
      { extends: true, test: { name: "alone", include: alone, exclude: leftOut } },
    ],
  },
});
