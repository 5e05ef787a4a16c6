import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const types: Record<string, string> = {
  ".css": "text/css",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".wasm": "application/wasm",
};

export interface PageServer {
  readonly origin: string;
  /** What the page posts to /result. */
  readonly result: Promise<unknown>;
  readonly requested: readonly string[];
  close(): Promise<void>;
}

async function body(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request) text += String(chunk);
  return text;
}

const commonJs = new Set(["/node_modules/ml-matrix/matrix.js"]);

/** Browsers do not know CommonJS; bundlers do this. */
function asModule(path: string, code: string): string {
  const exported = createRequire(import.meta.url)(join(root, path)) as Record<string, unknown>;
  const names = Object.keys(exported).filter((name) => name !== "default");
  return `const exports = {};\n(() => {\n${code}\n})();\nexport const { ${names.join(", ")} } = exports;\nexport default exports;\n`;
}

async function sendFile(path: string, response: ServerResponse, headers: Readonly<Record<string, string>>): Promise<void> {
  try {
    const file = await readFile(join(root, normalize(path)));
    const content = commonJs.has(path) ? asModule(path, file.toString()) : file;
    response.writeHead(200, { "content-type": types[extname(path)] ?? "application/octet-stream", ...headers }).end(content);
  } catch {
    response.writeHead(404).end();
  }
}

const isolation = { "cross-origin-opener-policy": "same-origin", "cross-origin-embedder-policy": "require-corp" };

/** Serves the checkout on the loopback interface, with or without the headers of cross-origin isolation. */
export async function servePage({ isIsolated = false } = {}): Promise<PageServer> {
  const headers = isIsolated ? isolation : {};
  const requested: string[] = [];
  let settle: (value: unknown) => void;
  const result = new Promise<unknown>((resolve) => (settle = resolve));
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    requested.push(pathname);
    if (pathname !== "/result") return void sendFile(pathname, response, headers);
    void body(request).then((text) => {
      response.writeHead(204).end();
      settle(JSON.parse(text));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { origin: `http://127.0.0.1:${port}`, result, requested, close };
}
