import type * as browser from "../../src/browser.js";

export declare function computeFingerprint(
  pestle: typeof browser,
  build?: browser.BuildName,
): Promise<{ build: browser.BuildName; values: number[] }>;
