/** A peer that could not be had, why, and what to do about it. */
export interface MissingPeer {
  readonly available: false;
  readonly name: PeerName;
  readonly title: string;
  readonly why: string;
  readonly how: string;
}

/** A virtual environment with the pinned packages. */
export interface PythonPeer {
  readonly available: true;
  readonly name:
    | "prov3"
    | "prov2"
    | "dask"
    | "dasknew"
    | "dask2025"
    | "dask2024"
    | "daskdata"
    | "daskml"
    | "daskml2024"
    | "eliot"
    | "yprov4dask"
    | "jupyter"
    | "otlp"
    | "wheel";
  readonly title: string;
  /** The interpreter of the virtual environment. */
  readonly python: string;
  readonly sitePackages: string;
}

/** ProvToolbox's jars with our judge compiled against them. */
export interface ProvToolboxPeer {
  readonly available: true;
  readonly name: "provtoolbox";
  readonly title: string;
  readonly java: string;
  /** For `java -cp`; the main class is `ProvToolboxJudge`. */
  readonly classPath: string;
}

/** Deno, which has a Jupyter kernel for TypeScript. */
export interface DenoPeer {
  readonly available: true;
  readonly name: "deno";
  readonly title: string;
  readonly executable: string;
}

/** A browser for Playwright's `executablePath`. */
export interface ChromiumPeer {
  readonly available: true;
  readonly name: "chromium";
  readonly title: string;
  readonly executable: string;
  readonly version: string;
}

/** The server of Prometheus and its tool, programs of the system. */
export interface PrometheusPeer {
  readonly available: true;
  readonly name: "prometheus";
  readonly title: string;
  readonly executable: string;
  readonly promtool: string;
  readonly version: string;
}

export interface Peers {
  readonly prov3: PythonPeer;
  readonly prov2: PythonPeer;
  readonly dask: PythonPeer;
  /** The newest Dask on the newest Python that is here. */
  readonly dasknew: PythonPeer;
  readonly dask2025: PythonPeer;
  readonly dask2024: PythonPeer;
  /** The newest Dask again, with numpy, pandas, pyarrow, xarray, zarr, scikit-learn and joblib. */
  readonly daskdata: PythonPeer;
  /** The newest Dask with dask-ml. */
  readonly daskml: PythonPeer;
  /** The oldest Dask with dask-ml. */
  readonly daskml2024: PythonPeer;
  /** Eliot and eliot-tree, beside the newest Dask with arrays and data frames. */
  readonly eliot: PythonPeer;
  /** The newest Dask with arrays, ipykernel and joblib. */
  readonly jupyter: PythonPeer;
  /** OpenTelemetry's own messages. */
  readonly otlp: PythonPeer;
  /** What builds the Python wheel, and the Node that it can bring. */
  readonly wheel: PythonPeer;
  readonly provtoolbox: ProvToolboxPeer;
  readonly deno: DenoPeer;
  readonly chromium: ChromiumPeer;
  readonly prometheus: PrometheusPeer;
}
export type PeerName = keyof Peers;

export declare const peerNames: readonly PeerName[];
export declare const refereeNames: readonly PeerName[];
export declare function preparePeer<N extends PeerName>(name: N): Promise<Peers[N] | MissingPeer>;
export declare function skipLine(peer: MissingPeer): string;
