// What worker threads do without: they get parameters that were checked and tables that were made on the main thread, so that the modules
// they share with it define schemas and import small dense algebra for nothing. Whoever uses these on a thread gets an error.

const schemas = `
const refuse = (name) => () => { throw new Error("worker threads have no schemas: " + name + " belongs to the main thread"); };
const used = new Set(["parse", "safeParse", "parseAsync", "safeParseAsync", "toJSONSchema"]);
export const z = new Proxy(function schema() {}, {
  get: (_, name) => (used.has(name) ? refuse(name) : name === Symbol.iterator ? [][Symbol.iterator] : z),
  apply: () => z,
  construct: () => z,
});
`;

const names = ["CholeskyDecomposition", "EigenvalueDecomposition", "Matrix", "SVD", "SingularValueDecomposition", "solve"];
const algebra = `
const refuse = (name) => function () { throw new Error("worker threads have no ml-matrix: " + name + " belongs to the main thread"); };
${names.map((name) => `export const ${name} = refuse("${name}");`).join("\n")}
`;

const sources = { zod: schemas, "ml-matrix": algebra };

/** A plugin of rolldown. */
export const standIns = {
  name: "stand-ins",
  resolveId: (id) => (id in sources ? `\0${id}` : undefined),
  load: (id) => (id.startsWith("\0") ? sources[id.slice(1)] : undefined),
};
