import type {
  Bundle,
  ExtraSection,
  Namespace,
  ProvDocument,
  ProvRecord,
  QualifiedName,
} from "../prov/index.js";
import type { ProvHandler } from "./handler.js";

/** Collects what a reader delivers into a document in memory. */
export class DocumentCollector implements ProvHandler {
  readonly #namespaces: Namespace[] = [];
  readonly #records: ProvRecord[] = [];
  readonly #bundles: Bundle[] = [];
  readonly #extraSections: ExtraSection[] = [];
  #open: { namespaces: Namespace[]; records: ProvRecord[] } | undefined;

  record(record: ProvRecord): void {
    (this.#open?.records ?? this.#records).push(record);
  }

  namespace(namespace: Namespace): void {
    (this.#open?.namespaces ?? this.#namespaces).push(namespace);
  }

  startBundle(id: QualifiedName): void {
    this.#open = { namespaces: [], records: [] };
    this.#bundles.push({ id, ...this.#open });
  }

  endBundle(): void {
    this.#open = undefined;
  }

  extraSection(name: string, json: string): void {
    this.#extraSections.push({ name, json });
  }

  /** What was delivered so far. */
  document(): ProvDocument {
    return {
      namespaces: this.#namespaces,
      records: this.#records,
      bundles: this.#bundles,
      ...(this.#extraSections.length > 0 && { extraSections: this.#extraSections }),
    };
  }
}
