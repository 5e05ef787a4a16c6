import { readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { importGraph, sourceFiles } from "../../.ci/layers.mjs";

const root = fileURLToPath(new URL("../../src", import.meta.url));
const files = sourceFiles(root);
const graph = importGraph(files, { runtimeOnly: true, staticOnly: true });
const defining = files.filter((file) => /\bdefineTask\(/.test(readFileSync(file, "utf8")) && !file.endsWith(join("parallel", "task.ts")));

describe("the worker threads", () => {
  it.each(defining.map((file) => relative(root, file)))("know the tasks of %s", (name) => {
    const folder = join(root, name.split(sep)[0]);
    const list = join(folder, "tasks.ts");
    expect(graph.get(list) ?? [], `src/${relative(root, list)} must import it`).toContain(join(root, name));
    expect(graph.get(join(root, "worker.ts")), "src/worker.ts must import the list").toContain(list);
  });

  it("have something to run", () => {
    expect(defining.length).toBeGreaterThan(8);
  });
});
