/**
 * Door of the base map build: fetches the pinned packages once with npm, then runs make.mjs.
 *
 * A second file because make.mjs imports those packages, and an import cannot wait for them.
 */

import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));

// The file npm writes when an install has gone through: a half-made node_modules has none.
if (!existsSync(join(here, "node_modules", ".package-lock.json"))) {
  execFileSync("npm", ["ci", "--ignore-scripts"], { cwd: here, stdio: "inherit", shell: process.platform === "win32" });
}
await import("./make.mjs");
