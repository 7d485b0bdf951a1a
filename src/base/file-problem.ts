/** What to do about the usual failures of the file system. */
const remedies: Readonly<Record<string, string>> = {
  EACCES: "permission denied. Choose another place or change its permissions.",
  EDQUOT: "the disk quota is used up. Free some space or choose another place.",
  EEXIST: "it exists already.",
  EIO: "the disk reports an error (EIO).",
  EISDIR: "it is a directory. Name a file.",
  ELOOP: "too many symbolic links.",
  EMFILE: "too many open files in this process.",
  ENAMETOOLONG: "the name is too long for the file system.",
  ENOENT: "no such file or directory.",
  ENOSPC: "no space left on the disk. Free some space or choose another place.",
  ENOTDIR: "a part of the path is a file, not a directory.",
  EPERM: "the operation is not permitted.",
  EROFS: "the file system is read-only. Choose another place.",
};

/**
 * Says in words why an operation on a file failed, to stand after "Cannot read PATH: ".
 *
 * @param error - what the operation threw; its `code` decides.
 */
export function fileProblem(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = errorCode(error);
  const remedy = code === undefined ? undefined : remedies[code];
  return remedy ?? error.message;
}

/** The system's name of an error (`ENOENT`), if it has one. */
export function errorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}
