import { execFileSync } from "node:child_process";

/** The path of a Chromium on this machine, or undefined. */
export function findChromium(): string | undefined {
  for (const name of ["chromium", "chromium-browser", "google-chrome"]) {
    try {
      return execFileSync("sh", ["-c", `command -v ${name}`], { encoding: "utf8" }).trim();
    } catch {
      continue;
    }
  }
  return undefined;
}

export const softwareWebGL: readonly string[] = ["--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"];
export const withoutWebGL: readonly string[] = ["--disable-3d-apis"];
