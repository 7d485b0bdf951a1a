import { TaskprovError } from "../../base/errors.js";
import type { KernelConnection } from "./kernel-connection.js";

const code = "import taskprov._notebook.hook as _taskprov_hook; _taskprov_hook.install()";
const address =
  "__import__('sys').modules['distributed.client'].default_client().scheduler.address";

/** What came of {@link injectHook}. */
export interface InjectedHook {
  /** Address of the scheduler of the kernel's client, when it has one. */
  readonly scheduler: string | undefined;
}

/**
 * Loads the hook of the Python package into a kernel: it runs code there. Counts, history and
 * outputs of the notebook stay as they are; the kernel must be idle.
 *
 * @throws {@link TaskprovError} `ERR_CONNECT` when the kernel is busy, `ERR_USAGE` when the package
 *   is not installed there.
 */
export async function injectHook(connection: KernelConnection): Promise<InjectedHook> {
  const { content } = await connection.ask(
    "execute_request",
    {
      code,
      silent: true,
      store_history: false,
      user_expressions: { scheduler: address },
      allow_stdin: false,
      stop_on_error: false,
    },
    30_000,
  );
  if (content["status"] !== "ok") {
    const reason = `${String(content["ename"] ?? "error")}: ${String(content["evalue"] ?? "")}`;
    throw new TaskprovError(
      "ERR_USAGE",
      `The hook cannot be loaded into the kernel (${reason.slice(0, 300)}). Install the package in the kernel's environment: pip install taskprov`,
    );
  }
  const found = /'text\/plain': "'([^']+)'"|"text\/plain":"'([^']+)'"/.exec(
    JSON.stringify(content["user_expressions"] ?? {}),
  );
  return { scheduler: found?.[1] ?? found?.[2] };
}
