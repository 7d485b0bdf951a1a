import { basename } from "node:path";

/** Options of Python that keep it from loading what PYTHONPATH names, or `sitecustomize` at all. */
const isolating = /^-[a-zA-Z]*?([IES])/;
/** Options of Python whose value may be a word of its own. */
const withValue = /^-[a-zA-Z]*[XW]$/;

/**
 * The option, like `-I`, by which a Python is kept from loading the listener to Dask's local
 * schedulers; undefined for other programs and when there is none.
 */
export function isolatingOption(program: string, args: readonly string[]): string | undefined {
  if (!/^(?:python|pypy)[\d.]*(?:\.exe)?$/i.test(basename(program))) return undefined;
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? "";
    // The script, `-c`, `-m` or `-` end the interpreter's own options.
    if (!/^-[a-zA-Z]/.test(arg) || /^-[a-zA-Z]*?[cm]/.test(arg)) return undefined;
    if (withValue.test(arg)) i++;
    const found = arg.startsWith("-X") || arg.startsWith("-W") ? null : isolating.exec(arg);
    if (found !== null) return `-${found[1]}`;
  }
  return undefined;
}
