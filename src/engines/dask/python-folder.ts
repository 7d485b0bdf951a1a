import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Path of a file or folder of the Python package, from which the bridge comes. */
export function pythonPath(name: string): string {
  // Both src/engines/dask and dist/engines/dask lie three folders below package.json; in a Python
  // wheel the bundled JavaScript lies inside the Python package (scripts/wheel.mjs).
  const beside = new URL(`../../../python/taskprov/${name}`, import.meta.url);
  const around = new URL(`../../../../${name}`, import.meta.url);
  return fileURLToPath(existsSync(beside) ? beside : around);
}
