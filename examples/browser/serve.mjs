// Serves the example to this computer alone: node examples/browser/serve.mjs [--isolated] [--port 8080]
// Any other web server does as well: files are served as they stand. With --isolated the page gets the headers of cross-origin isolation,
// which allow the builds with shared memory.
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { dirname, extname, join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const { values } = parseArgs({ options: { isolated: { type: "boolean", default: false }, port: { type: "string", default: "8080" } } });
const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const types = { ".html": "text/html; charset=utf-8", ".css": "text/css", ".js": "text/javascript", ".mjs": "text/javascript" };
const isolation = { "cross-origin-opener-policy": "same-origin", "cross-origin-embedder-policy": "require-corp" };

const server = createServer(async ({ url }, response) => {
  const { pathname } = new URL(url, "http://localhost");
  if (pathname === "/") return response.writeHead(302, { location: "/examples/browser/index.html" }).end();
  const path = posix.normalize(decodeURIComponent(pathname));
  const type = types[extname(path)];
  const isServed = type && (path.startsWith("/examples/browser/") || path === "/dist/pestle-browser.js");
  const content = isServed && (await readFile(join(root, path)).catch(() => undefined));
  if (!content) return response.writeHead(404).end();
  response.writeHead(200, { "content-type": type, ...(values.isolated && isolation) }).end(content);
});
server.on("error", ({ message }) => {
  console.error(`cannot serve the page: ${message}; --port chooses another port`);
  process.exitCode = 1;
});
server.listen(Number(values.port), "127.0.0.1", () => {
  console.log(`http://localhost:${server.address().port}/examples/browser/index.html (Ctrl-C ends it)`);
});
