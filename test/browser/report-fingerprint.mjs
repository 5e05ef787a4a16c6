// What the test pages do with the module they load: one fingerprint, shown and posted to the server.
import { computeFingerprint } from "./fingerprint.mjs";

const report = (result) => fetch("/result", { method: "POST", body: JSON.stringify(result) });

/** @param {string} specifier of the module of pestle */
export async function reportFingerprint(specifier) {
  try {
    const result = await computeFingerprint(await import(specifier));
    document.querySelector("pre").textContent = result.values.join("\n");
    await report({ ...result, isIsolated: globalThis.crossOriginIsolated });
  } catch (error) {
    await report({ error: `${error.stack ?? error}` });
  }
}
