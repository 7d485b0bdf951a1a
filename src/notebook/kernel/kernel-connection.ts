import { randomUUID } from "node:crypto";
import { TaskprovError } from "../../base/errors.js";
import { endpoint, type KernelAddress } from "./connection-file.js";
import {
  decodeKernelMessage,
  encodeKernelMessage,
  type KernelMessage,
  type MessagePart,
} from "./kernel-message.js";

type ZeroMq = typeof import("zeromq");

/** How long a kernel may take to say what it is, in milliseconds. */
const answerTimeoutMs = 5_000;

/**
 * A connection to a Jupyter kernel. ZeroMQ connects again by itself when the kernel is restarted,
 * which keeps its ports. Messages with a wrong signature are dropped and counted.
 */
export class KernelConnection implements AsyncDisposable {
  /** Language of the kernel, as it says. */
  language = "";
  #forged = 0;
  readonly #address: KernelAddress;
  readonly #session: string = randomUUID();
  readonly #now: () => number;
  readonly #shell: InstanceType<ZeroMq["Dealer"]>;
  readonly #iopub: InstanceType<ZeroMq["Subscriber"]>;

  private constructor(zmq: ZeroMq, address: KernelAddress, now: () => number) {
    this.#address = address;
    this.#now = now;
    this.#shell = new zmq.Dealer({ linger: 0 });
    this.#iopub = new zmq.Subscriber({ linger: 0 });
    this.#shell.connect(endpoint(address, address.shellPort));
    this.#iopub.connect(endpoint(address, address.iopubPort));
    this.#iopub.subscribe("");
  }

  /**
   * Connects, and asks the kernel what it is.
   *
   * @param now - seconds since the epoch, for the headers of what is sent.
   * @throws {@link TaskprovError} `ERR_CONNECT` when no kernel answers, or with a wrong signature;
   *   `ERR_USAGE` when the package `zeromq` is not installed.
   */
  static async open(address: KernelAddress, now: () => number): Promise<KernelConnection> {
    const connection = new KernelConnection(await loadZeroMq(), address, now);
    try {
      const { content } = await connection.ask("kernel_info_request", {}, answerTimeoutMs);
      const info = content["language_info"];
      const name =
        typeof info === "object" && info !== null && "name" in info ? info.name : undefined;
      connection.language = typeof name === "string" ? name : "";
      return connection;
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  /** Messages that were dropped, because their signature was wrong. */
  get forged(): number {
    return this.#forged;
  }

  /** What the kernel publishes, until the connection is closed. */
  async *published(): AsyncGenerator<KernelMessage> {
    for await (const frames of this.#iopub) {
      const message = this.#decoded(frames);
      if (message !== undefined) yield message;
    }
  }

  /**
   * Sends a request and waits for its reply.
   *
   * @throws {@link TaskprovError} `ERR_CONNECT` when none comes in time.
   */
  async ask(type: string, content: MessagePart, timeoutMs: number): Promise<KernelMessage> {
    const date = new Date(this.#now() * 1000).toISOString();
    const request = encodeKernelMessage(type, content, this.#address.key, this.#session, date);
    await this.#shell.send([...request.frames]);
    this.#shell.receiveTimeout = timeoutMs;
    for (;;) {
      const frames = await this.#shell.receive().catch((cause: unknown) => {
        throw this.#silent(cause);
      });
      const message = this.#decoded(frames);
      if (message?.parent["msg_id"] === request.id) return message;
    }
  }

  /** Ends the connection; the kernel goes on. */
  close(): void {
    this.#shell.close();
    this.#iopub.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
  }

  #decoded(frames: readonly Uint8Array[]): KernelMessage | undefined {
    const message = decodeKernelMessage(frames, this.#address.key);
    if (message === "forged") this.#forged++;
    return message === "forged" ? undefined : message;
  }

  #silent(cause: unknown): TaskprovError {
    const where = endpoint(this.#address, this.#address.shellPort);
    const why =
      this.#forged > 0
        ? "what answers there signs with another key: the file belongs to another kernel"
        : "the kernel has ended, it is busy, or its key is another one";
    return new TaskprovError("ERR_CONNECT", `No kernel answers at ${where}: ${why}.`, { cause });
  }
}

async function loadZeroMq(): Promise<ZeroMq> {
  try {
    return await import("zeromq");
  } catch (cause) {
    throw new TaskprovError(
      "ERR_USAGE",
      "Connecting to a kernel needs the optional package `zeromq`. Install it beside taskprov: npm install zeromq",
      { cause },
    );
  }
}
