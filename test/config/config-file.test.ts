import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { configSchemas, readConfigFile, recordFile, relocatePaths, resolveConfig } from "../../src/config/index.js";
import { fitFileSchemas } from "../../src/config/fit-config.js";
import { FormatError, InvalidParameterError } from "../../src/errors.js";
import { validate } from "../../src/validation.js";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "pestle-config-"));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const schema = z.strictObject({ count: z.int().min(1), name: z.string().default("x") });

async function file(text: string): ReturnType<typeof readConfigFile> {
  const path = join(folder, "c.yaml");
  writeFileSync(path, text);
  return readConfigFile(path);
}

describe("configuration files", () => {
  it("resolves file, assignments and flags in this order", async () => {
    const config = await file("count: 2\n");
    expect(resolveConfig(schema, config, {})).toEqual({ count: 2, name: "x" });
    expect(resolveConfig(schema, config, { assignments: ["count=3,name=y"] })).toEqual({ count: 3, name: "y" });
    const values = (record: Record<string, unknown>): void => void (record.count = 4);
    expect(resolveConfig(schema, config, { assignments: ["count=3"], values })).toEqual({ count: 4, name: "x" });
    expect(resolveConfig(schema, undefined, { assignments: ["count=5"] })).toEqual({ count: 5, name: "x" });
  });

  it("names a place only for what the file says", async () => {
    const config = await file("name: a\ncount: 0\n");
    expect(() => resolveConfig(schema, config, {})).toThrow(/c\.yaml:2:8: count is 0; it must be a whole number ≥ 1$/);
    const fromFlag = (): unknown => resolveConfig(schema, config, { assignments: ["count=-1"] });
    expect(fromFlag).toThrow(InvalidParameterError);
    expect(fromFlag).toThrow(/^count is -1/);
  });

  it("refuses what is not a group of keys", async () => {
    for (const text of ["", "- 1\n", "text\n", "3\n"]) await expect(file(text), text).rejects.toThrow(FormatError);
  });

  it("refuses folders and what is not text", async () => {
    await expect(readConfigFile(folder)).rejects.toMatchObject({ code: "EISDIR", path: folder });
    const path = join(folder, "binary.yaml");
    writeFileSync(path, Buffer.from([0x1f, 0x8b, 8, 0, 0xff, 0xfe, 1]));
    await expect(readConfigFile(path)).rejects.toThrow(/binary\.yaml: it is not a text file; a configuration is YAML or JSON$/);
    await expect(file(`a: [${"x".repeat(500)}\nb: 1\n`)).rejects.toThrow(/^.{10,400}$/);
  });

  it("moves paths from the folder of the file to the working directory", () => {
    const config = {
      data: { train: ["a.xyz", "/abs/b.xyz"], test: "c.xyz" },
      model: { terms: [{ sparse: { method: "file", path: "points.npy" } }, { sparse: { method: "cur" }, descriptor: { compression: { path: "c.txt" } } }, 3] },
    };
    relocatePaths(config, "runs/one/fit.yaml");
    expect(config).toEqual({
      data: { train: ["runs/one/a.xyz", "/abs/b.xyz"], test: "runs/one/c.xyz" },
      model: {
        terms: [{ sparse: { method: "file", path: "runs/one/points.npy" } }, { sparse: { method: "cur" }, descriptor: { compression: { path: "runs/one/c.txt" } } }, 3],
      },
    });
    expect(() => relocatePaths({ data: 3, model: { terms: "x" } }, "fit.yaml")).not.toThrow();
  });

  it("records checksums", async () => {
    const path = join(folder, "abc");
    writeFileSync(path, "abc");
    // FIPS 180-2, appendix B.1
    const sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    expect(await recordFile("data", path)).toEqual({ role: "data", path, sha256 });
  });
});

describe("JSON Schema and documents", () => {
  it.each([["fit", fitFileSchemas()], ["describe", [configSchemas.describe]]] as const)("describes %s without losing keys", (name, schemas) => {
    const json = z.toJSONSchema(configSchemas[name], { io: "input", unrepresentable: "any" });
    // one object for each type of model
    const alternatives = (json.anyOf ?? [json]) as (typeof json)[];
    expect(alternatives).toHaveLength(schemas.length);
    for (const [i, { type, additionalProperties, properties }] of alternatives.entries()) {
      expect(type).toBe("object");
      expect(additionalProperties).toBe(false);
      expect(Object.keys(properties!)).toEqual(Object.keys((schemas[i] as z.ZodObject).shape));
    }
  });

  it("shows valid files in the how-to", () => {
    const text = readFileSync(fileURLToPath(new URL("../../docs/how-to/config-file.md", import.meta.url)), "utf8");
    const blocks = [...text.matchAll(/```yaml\n([^]*?)```/g)].map(([, block]) => parse(block) as Record<string, unknown> | null);
    const files = blocks.filter((block) => block !== null);
    expect(files.length).toBe(2);
    for (const config of files) validate<z.ZodType>("model" in config ? configSchemas.fit : configSchemas.describe, config);
  });
});
