import { readFileSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { TaskprovError } from "../../base/errors.js";
import { fileProblem } from "../../base/file-problem.js";

/** The name of the environment variable that holds the token. */
export const tokenVariable = "YPROV_TOKEN";

/** A token and what its user should know about where it was found. */
export interface FoundToken {
  readonly token: string;
  readonly notice?: string;
}

/**
 * The token for a store: from a file if one is named, else from YPROV_TOKEN, else from the file
 * that yProv's own command line keeps.
 *
 * @throws {@link TaskprovError} `ERR_FILE` or `ERR_OPTION` when there is none.
 */
export function findToken(
  file: string | undefined,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): FoundToken {
  if (file !== undefined) {
    return tokenInFile(file);
  }
  const given = environment[tokenVariable]?.trim() ?? "";
  if (given !== "") {
    return { token: given };
  }
  const usual = join(environment["HOME"] ?? homedir(), ".yprov_token");
  if (statSync(usual, { throwIfNoEntry: false })?.isFile() === true) {
    return tokenInFile(usual);
  }
  throw new TaskprovError(
    "ERR_OPTION",
    `There is no token for the store. Log in there and put what it gives into the variable ${tokenVariable}, or into a file (--token-file FILE; ${usual} is found by itself).`,
  );
}

function tokenInFile(file: string): FoundToken {
  let text: string;
  let mode: number;
  try {
    text = readFileSync(file, "utf8").trim();
    mode = statSync(file).mode;
  } catch (cause) {
    throw new TaskprovError(
      "ERR_FILE",
      `Cannot read the token file ${file}: ${fileProblem(cause)}`,
      {
        cause,
      },
    );
  }
  if (text === "") {
    throw new TaskprovError("ERR_FILE", `The token file ${file} is empty.`);
  }
  const isShared = process.platform !== "win32" && (mode & 0o077) !== 0;
  return isShared
    ? { token: text, notice: `${file} can be read by other users; \`chmod 600\` it.` }
    : { token: text };
}
