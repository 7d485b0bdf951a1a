import { readFileSync } from "node:fs";
import { createSecureContext, type SecureContext } from "node:tls";
import { TaskprovError } from "../../../base/errors.js";
import { fileProblem } from "../../../base/file-problem.js";

/** Files with which this side and the scheduler show each other who they are, all PEM. */
export interface DaskTls {
  /** Path of the certificates that the scheduler's must be signed by. */
  readonly ca: string;
  /** Path of our certificate. */
  readonly cert: string;
  /** Path of its key. @defaultValue the file of the certificate */
  readonly key?: string;
}

/**
 * Reads the files of a TLS connection. What is in them stays in the context.
 *
 * @throws {@link TaskprovError} `ERR_FILE` when a file cannot be read or is not what it should be.
 */
export function readTlsFiles({ ca, cert, key = cert }: DaskTls): SecureContext {
  const material = {
    ca: contentOf("CA file", ca),
    cert: contentOf("certificate", cert),
    key: contentOf("key", key),
  };
  try {
    return createSecureContext(material);
  } catch (cause) {
    // OpenSSL's reasons name no content of the files.
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new TaskprovError(
      "ERR_FILE",
      `The TLS files cannot be used (${reason}). Check that ${ca} holds certificates, and that the key in ${key} fits the certificate in ${cert}, all in PEM and the key without a passphrase.`,
    );
  }
}

function contentOf(what: string, path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new TaskprovError(
      "ERR_FILE",
      `Cannot read the TLS ${what} ${path}: ${fileProblem(cause)}`,
      {
        cause,
      },
    );
  }
}
