import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import js from "@eslint/js";
import { defineConfig } from "eslint/config";
import tseslint from "typescript-eslint";
import { expectRule } from "./.ci/expect-rule.mjs";
import { layerViolation } from "./.ci/layers.mjs";

const root = dirname(fileURLToPath(import.meta.url));

/** Reports imports against the direction of data, see .ci/layers.mjs. */
const layers = {
  meta: { type: "problem", schema: [], messages: { violation: "{{reason}}" } },
  create(context) {
    const check = (node) => {
      if (!node.source || typeof node.source.value !== "string") return;
      const reason = layerViolation(context.filename, node.source.value, root);
      if (reason) context.report({ node: node.source, messageId: "violation", data: { reason } });
    };
    return { ImportDeclaration: check, ExportNamedDeclaration: check, ExportAllDeclaration: check, ImportExpression: check };
  },
};

/** Reports imports of a folder's `index.ts` from inside `src/`, see "Faces" in docs/architecture.md. */
const faces = {
  meta: { type: "problem", schema: [], messages: { face: 'import the module that defines it: "{{specifier}}" is a face, for entries, tests and users' } },
  create(context) {
    const check = (node) => {
      const specifier = node.source?.value;
      if (typeof specifier === "string" && /^\..*\/index\.js$/.test(specifier)) context.report({ node: node.source, messageId: "face", data: { specifier } });
    };
    return { ImportDeclaration: check, ExportNamedDeclaration: check, ExportAllDeclaration: check, ImportExpression: check };
  },
};

/** AssemblyScript puts decorators on functions, which TypeScript does not parse; they mean nothing to the linter. */
const assemblyScript = {
  meta: { name: "assemblyscript" },
  preprocess: (text) => [text.replace(/@(inline|unsafe|lazy|external|global|operator)\b(\([^)]*\))?/g, (match) => " ".repeat(match.length))],
  postprocess: (messages) => messages.flat(),
};

const plugins = { pestle: { rules: { faces, layers, expect: expectRule }, processors: { assemblyscript: assemblyScript } } };

export default defineConfig(
  { ignores: ["build/", "dist/", "docs/api/", "coverage/", "node_modules/", "out/"] },
  { linterOptions: { reportUnusedDisableDirectives: "error" } },
  {
    files: ["src/**/*.ts", "test/**/*.ts"],
    extends: [js.configs.recommended, tseslint.configs.recommended],
    plugins,
    languageOptions: { parserOptions: { project: ["./tsconfig.json", "./tsconfig.test.json"], tsconfigRootDir: root } },
    rules: {
      eqeqeq: ["error", "always", { null: "ignore" }],
      "no-console": "error",
      "no-var": "error",
      "prefer-const": "error",
      "object-shorthand": "error",
      "@typescript-eslint/await-thenable": "error",
      "@typescript-eslint/consistent-type-exports": "error",
      "@typescript-eslint/consistent-type-imports": ["error", { fixStyle: "inline-type-imports" }],
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/no-misused-promises": "error",
      "@typescript-eslint/no-unnecessary-type-assertion": "error",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      "@typescript-eslint/only-throw-error": "error",
      "@typescript-eslint/prefer-readonly": "error",
      "@typescript-eslint/return-await": ["error", "in-try-catch"],
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
    },
  },
  {
    files: ["src/**/*.ts"],
    rules: {
      "pestle/layers": "error",
      "max-lines": ["error", { max: 400 }],
      "max-params": ["error", { max: 9 }],
    },
  },
  {
    files: ["src/**/*.ts"],
    ignores: ["src/index.ts", "src/core.ts", "src/browser.ts", "src/**/index.ts"],
    rules: { "pestle/faces": "error" },
  },
  {
    files: ["src/**/*.ts"],
    ignores: ["src/wasm/**"],
    rules: {
      "no-restricted-globals": ["error", { name: "WebAssembly", message: "src/wasm/ is the only door to WebAssembly" }],
      "no-restricted-imports": ["error", { paths: [{ name: "@assemblyscript/loader", message: "src/wasm/ is the only door to WebAssembly" }] }],
    },
  },
  { files: ["src/cli/**/*.ts"], rules: { "no-console": "off" } },
  { files: ["test/**/*.ts"], rules: { "no-control-regex": "off", "pestle/expect": "error" } },
  { files: ["test/reference/comparisons.ts"], rules: { "no-console": "off" } },
  {
    files: ["assembly/**/*.ts"],
    plugins,
    processor: "pestle/assemblyscript",
    languageOptions: { parser: tseslint.parser },
    rules: {
      "no-var": "error",
      "no-restricted-syntax": [
        "error",
        { selector: "NewExpression", message: "routines never allocate: the host passes pointers" },
        { selector: "ArrayExpression", message: "routines never allocate: the host passes pointers" },
        { selector: "TemplateLiteral", message: "routines never allocate" },
      ],
      "pestle/layers": "error",
    },
  },
  {
    files: ["bin/*.js"],
    languageOptions: { sourceType: "commonjs", globals: Object.fromEntries(["require", "__dirname"].map((name) => [name, "readonly"])) },
  },
  {
    files: ["**/*.mjs", "**/*.js"],
    extends: [js.configs.recommended],
    languageOptions: {
      globals: Object.fromEntries(
        ["process", "console", "URL", "setTimeout", "clearTimeout", "performance", "structuredClone", "AbortController", "fetch", "Buffer"].map((name) => [
          name,
          "readonly",
        ]),
      ),
    },
    rules: { eqeqeq: "error", "no-var": "error", "prefer-const": "error" },
  },
  {
    files: ["examples/browser/*.mjs", "test/browser/*.mjs"],
    languageOptions: {
      globals: Object.fromEntries(
        [
          "addEventListener", "document", "getComputedStyle", "matchMedia", "DecompressionStream", "File", "FormData", "ImageData", "OffscreenCanvas", "Response",
        ].map((name) => [name, "readonly"]),
      ),
    },
  },
);
