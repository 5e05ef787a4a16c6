import { TIME_LIMIT } from "../time-limit.js";
import { withoutWebGL } from "./chromium.js";
import { DevtoolsPage } from "./devtools.js";
import { servePage } from "./server.js";

/** Opens a page of the checkout and waits for what it posts to /result. */
export async function resultOfPage<Result>(chromium: string, path: string, options: { isIsolated: boolean }): Promise<{ result: Result; requested: readonly string[] }> {
  const server = await servePage(options);
  const page = await DevtoolsPage.open(chromium, withoutWebGL);
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no result from ${path}; it asked for ${server.requested.join(", ") || "nothing"} and said ${page.console.join("; ") || "nothing"}`)), TIME_LIMIT);
  });
  try {
    await page.navigate(server.origin + path);
    return { result: (await Promise.race([server.result, limit])) as Result, requested: server.requested };
  } finally {
    clearTimeout(timer);
    await page.close();
    await server.close();
  }
}
