import { fileURLToPath } from "node:url";
import { Linter } from "eslint";
import tseslint from "typescript-eslint";
import { describe, expect, it } from "vitest";
import { expectRule } from "../.ci/expect-rule.mjs";

const given = `
interface Matchers { toBe(value: unknown): void; toEqual(value: unknown): void; toThrow(): void; resolves: Matchers; rejects: Matchers; not: Matchers }
declare function expect(value?: unknown, message?: string): Matchers;
declare const value: number, promise: Promise<number>, maybe: number | Promise<number>, promises: Promise<number>[], calls: () => Promise<void>;
interface Schema { then?: Schema; not?: Schema }
type Json = number | Json[];
declare const schema: Schema, json: Json;
export async function test(): Promise<void> {
  await promise;
`;

function messagesOf(statement: string): (string | undefined)[] {
  const linter = new Linter({ configType: "flat", cwd: fileURLToPath(new URL(".", import.meta.url)) });
  const config = {
    files: ["**/*.ts"],
    languageOptions: {
      parser: tseslint.parser as Linter.Parser,
      parserOptions: { projectService: { allowDefaultProject: ["*.ts"] }, tsconfigRootDir: fileURLToPath(new URL(".", import.meta.url)) },
    },
    plugins: { pestle: { rules: { expect: expectRule } } },
    rules: { "pestle/expect": "error" as const },
  };
  return linter.verify(`${given}  ${statement}\n}\n`, [config], { filename: "snippet.ts" }).map(({ messageId, message }) => messageId ?? message);
}

describe("the rule for assertions", () => {
  it.each([
    ["expect(value).toBe(1);", []],
    ["expect(await promise).not.toBe(await promise);", []],
    ["expect(json).toEqual(json);", []],
    ["expect(schema).toEqual(schema);", []],
    ["await expect(promise).resolves.toBe(1);", []],
    ["await expect(calls()).rejects.toThrow();", []],
    ["await expect(calls).rejects.toThrow();", []],
    ["expect(() => value).toThrow();", []],
    ["expect(promise).toEqual(1);", ["promise"]],
    ["expect(promise).toEqual(promise);", ["promise", "promise"]],
    ["expect(value).not.toEqual(promise);", ["promise"]],
    ["expect(maybe).toBe(1);", ["promise"]],
    ["expect(promises).toEqual(promises);", ["promise", "promise"]],
    ["expect([value, promise]).toEqual([]);", ["promise"]],
    ["expect(calls).not.toThrow();", ["asynchronous"]],
    ["expect(value);", ["nothing"]],
    ["expect(value).not;", ["nothing"]],
    ["expect(value).toBe;", ["nothing"]],
  ])("%s", (statement, expected) => {
    expect(messagesOf(statement)).toEqual(expected);
  });
});
