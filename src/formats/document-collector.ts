import type {
  Bundle,
  ExtraSection,
  Namespace,
  ProvDocument,
  ProvRecord,
  QualifiedName,
} from "../prov/index.js";
import type { ProvHandler } from "./handler.js";

interface OpenBundle extends Bundle {
  readonly namespaces: Namespace[];
  readonly records: ProvRecord[];
  extraSections?: readonly ExtraSection[];
}

/** Collects what a reader delivers into a document in memory. */
export class DocumentCollector implements ProvHandler {
  readonly #namespaces: Namespace[] = [];
  readonly #records: ProvRecord[] = [];
  readonly #bundles: Bundle[] = [];
  readonly #extraSections: ExtraSection[] = [];
  #open: OpenBundle | undefined;

  record(record: ProvRecord): void {
    (this.#open?.records ?? this.#records).push(record);
  }

  namespace(namespace: Namespace): void {
    (this.#open?.namespaces ?? this.#namespaces).push(namespace);
  }

  startBundle(id: QualifiedName): void {
    this.#open = { id, namespaces: [], records: [] };
    this.#bundles.push(this.#open);
  }

  endBundle(): void {
    this.#open = undefined;
  }

  extraSection(name: string, json: string): void {
    const open = this.#open;
    if (open === undefined) {
      this.#extraSections.push({ name, json });
    } else {
      open.extraSections = [...(open.extraSections ?? []), { name, json }];
    }
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
