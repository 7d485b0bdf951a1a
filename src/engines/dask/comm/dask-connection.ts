import net from "node:net";
import tls from "node:tls";
import { type RawWire, WireReader } from "../../../events/wire-reader.js";
import { CommFrames, frameMessage } from "./comm-frames.js";
import { connectionProblem, protocolProblem } from "./connection-problem.js";
import { type DaskAddress, formatDaskAddress } from "./dask-address.js";
import { encodeMessage, type OutgoingMessage } from "./message.js";
import { type DaskTls, readTlsFiles } from "./tls-files.js";

/** How to reach a scheduler. */
export interface ConnectOptions {
  /** Needed for `tls://`. */
  readonly tls?: DaskTls;
  /** Milliseconds for connecting and for the handshake, each. */
  readonly timeoutMs: number;
}

/** Above this much unread the socket is paused. */
const maxUnread = 8;

/**
 * Both sides say what they can: no compression, as Dask's own listeners have it. Dask ignores the
 * last field; it makes a web server answer at once that this is no request.
 */
const handshake = {
  compression: null,
  python: [3, 12, 0],
  "pickle-protocol": 5,
  taskprov: "\r\n\r\n",
};

/**
 * Connects to a Dask server and shakes hands.
 *
 * @throws {@link TaskprovError} `ERR_CONNECT` saying what is wrong, `ERR_FILE` for TLS files.
 */
export async function connectDask(
  address: DaskAddress,
  options: ConnectOptions,
): Promise<DaskConnection> {
  const socket = openSocket(address, options);
  const connection = new DaskConnection(socket, address);
  try {
    await connection.opened(options.timeoutMs);
    connection.send(handshake);
    await connection.receive(options.timeoutMs);
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}

function openSocket(address: DaskAddress, options: ConnectOptions): net.Socket {
  const { host, port } = address;
  if (address.protocol === "tcp") return net.connect({ host, port });
  if (options.tls === undefined) throw protocolProblem(address, "needs-tls-files");
  return tls.connect({
    host,
    port,
    secureContext: readTlsFiles(options.tls),
    // Dask's certificates carry no host names as a rule, and Dask itself does not compare them:
    // who has a certificate of the cluster's own authority belongs to the cluster.
    checkServerIdentity: () => undefined,
  });
}

/** A comm of Dask's: messages both ways over TCP or TLS. */
export class DaskConnection {
  readonly address: DaskAddress;
  readonly #socket: net.Socket;
  readonly #frames = new CommFrames();
  readonly #messages: RawWire[] = [];
  #failure: Error | undefined;
  #wake: () => void = () => {};
  #spoke = false;

  /**
   * @param socket - connecting or connected; TLS or not.
   * @param address - for messages.
   */
  constructor(socket: net.Socket, address: DaskAddress) {
    this.#socket = socket;
    this.address = address;
    socket.setNoDelay(true);
    socket.setKeepAlive(true, 10_000);
    socket.on("data", (chunk: Buffer) => this.#take(chunk));
    socket.on("error", (error) => this.#fail(connectionProblem(address, error, this.#spoke)));
    socket.on("close", () => this.#fail(protocolProblem(address, this.#spoke ? "lost" : "mute")));
  }

  /** Whether nothing more can come. */
  get isClosed(): boolean {
    return this.#failure !== undefined;
  }

  /** Resolves when the socket is connected, TLS included. */
  async opened(timeoutMs: number): Promise<void> {
    const isTls = this.#socket instanceof tls.TLSSocket;
    let isOpen = false;
    this.#socket.once(isTls ? "secureConnect" : "connect", () => {
      isOpen = true;
      this.#wake();
    });
    await this.#until(() => isOpen, timeoutMs);
  }

  /** Sends a message; after a failure it does nothing, `receive` says why. */
  send(message: OutgoingMessage): void {
    if (this.#failure === undefined) this.#socket.write(frameMessage(encodeMessage(message)));
  }

  /**
   * The next message.
   *
   * @throws {@link TaskprovError} `ERR_CONNECT` when none comes in time or any more.
   */
  async receive(timeoutMs: number): Promise<RawWire> {
    await this.#until(() => this.#messages.length > 0, timeoutMs);
    if (this.#messages.length <= maxUnread) this.#socket.resume();
    return this.#messages.shift() ?? null;
  }

  /** Ends the connection at once; what was sent still goes out. */
  close(): void {
    this.#fail(protocolProblem(this.address, "closed"));
    this.#socket.end();
    // A peer that never closes its side must not keep the process alive.
    this.#socket.setTimeout(1000, () => this.#socket.destroy());
    this.#socket.unref();
  }

  #take(chunk: Buffer): void {
    if (this.#failure !== undefined) return;
    try {
      for (const frame of this.#frames.push(chunk)) {
        this.#messages.push(new WireReader(frame, { lenient: true }).read());
        this.#spoke = true;
      }
    } catch (error) {
      this.#socket.destroy();
      this.#fail(protocolProblem(this.address, "garbled", error));
      return;
    }
    if (this.#messages.length > maxUnread) this.#socket.pause();
    this.#wake();
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    this.#wake();
  }

  async #until(isReady: () => boolean, timeoutMs: number): Promise<void> {
    const timer = setTimeout(() => {
      this.#fail(protocolProblem(this.address, this.#spoke ? "silent" : "mute-open"));
    }, timeoutMs);
    try {
      while (!isReady()) {
        if (this.#failure !== undefined) throw this.#failure;
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    } finally {
      clearTimeout(timer);
    }
  }
}

/** For messages. */
export function nameOf(connection: DaskConnection): string {
  return formatDaskAddress(connection.address);
}
