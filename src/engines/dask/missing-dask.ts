import { execFile } from "node:child_process";
import { basename } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/**
 * Why a program that is a Python interpreter could not have used a Dask scheduler: its package
 * `dask` is missing. Undefined for other programs, and when the package is there.
 */
export async function missingDask(program: string): Promise<string | undefined> {
  if (!/^(?:python|pypy)[\d.]*(?:\.exe)?$/i.test(basename(program))) return undefined;
  const question = "import importlib.util as u, sys; sys.exit(u.find_spec('dask') is None)";
  try {
    await run(program, ["-c", question], { timeout: 30_000 });
    return undefined;
  } catch {
    // Status 1, or an interpreter that does not even start: either way no Dask there.
    return `${program} has no package \`dask\` (pip install "dask[distributed]")`;
  }
}
