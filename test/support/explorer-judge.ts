/** What yProv Explorer would show of a document, by the rules of its own reader. */
export interface Explored {
  /** Nodes by id, with their labels. */
  readonly nodes: ReadonlyMap<string, ExplorerNode>;
  /** Arrows: relation, from, to. */
  readonly links: readonly (readonly [kind: string, from: string, to: string])[];
  /** What its filter of cells offers. */
  readonly cells: readonly string[];
  /** What its filter of workers offers. */
  readonly workers: readonly string[];
}

/** A node as the explorer keeps it. */
export interface ExplorerNode {
  readonly kind: string;
  readonly label: string;
  /** What the panel shows as its type. */
  readonly type: string;
  /** Milliseconds, where both times are dates to it. */
  readonly duration: number | undefined;
}

type Attributes = Readonly<Record<string, unknown>>;

const drawn: readonly (readonly [kind: string, from: string, to: string])[] = [
  ["used", "prov:activity", "prov:entity"],
  ["wasGeneratedBy", "prov:entity", "prov:activity"],
  ["wasInformedBy", "prov:informed", "prov:informant"],
  ["wasDerivedFrom", "prov:generatedEntity", "prov:usedEntity"],
  ["wasAttributedTo", "prov:entity", "prov:agent"],
  ["wasAssociatedWith", "prov:activity", "prov:agent"],
  ["wasStartedBy", "prov:activity", "prov:trigger"],
  ["hadMember", "prov:collection", "prov:entity"],
];

/**
 * Reads a document as yProv Explorer does.
 *
 * @throws TypeError where the explorer does, and with it shows nothing.
 */
export function explore(text: string): Explored {
  const document: Record<string, unknown> = JSON.parse(text);
  const nodes = new Map<string, ExplorerNode>();
  const cells = new Set<string>();
  const workers = new Set<string>();
  for (const kind of ["entity", "activity", "agent"]) {
    for (const [id, content] of members(document[kind])) {
      // Of several records under one id it sees the first.
      const attributes: Attributes = Object.fromEntries(
        members(Array.isArray(content) ? content[0] : content),
      );
      nodes.set(id, nodeOf(kind, id, attributes));
      noteText(attributes["yprov4wfs:jupyter_cell_index"], cells);
      noteText(attributes["yprov4wfs:processed_on"], workers);
    }
  }
  const links: [string, string, string][] = [];
  for (const [kind, fromKey, toKey] of drawn) {
    for (const [, relation] of members(document[kind])) {
      const attributes: Attributes = Object.fromEntries(members(relation));
      const [from, to] = [attributes[fromKey], attributes[toKey]];
      // Compared as texts: another prefix is another thing. Arrays have neither.
      if (typeof from === "string" && typeof to === "string" && nodes.has(from) && nodes.has(to)) {
        links.push([kind, from, to]);
      }
    }
  }
  return { nodes, links, cells: [...cells], workers: [...workers] };
}

function nodeOf(kind: string, id: string, attributes: Attributes): ExplorerNode {
  const label = attributes["prov:label"];
  const type = attributes["prov:type"];
  const [start, end] = ["prov:startTime", "prov:endTime"].map((key) =>
    new Date(String(attributes[key])).getTime(),
  );
  const duration = Number(end) - Number(start);
  return {
    kind,
    // It calls this on whatever stands there.
    label: label === undefined ? id : trimmed(label),
    type: typeof type === "string" ? type : type === undefined ? "Unknown" : String(type),
    duration: Number.isNaN(duration) ? undefined : duration,
  };
}

function trimmed(label: unknown): string {
  if (typeof label === "string") return label.trim();
  throw new TypeError("label.trim is not a function");
}

function noteText(value: unknown, found: Set<string>): void {
  if (typeof value === "string" && value !== "") found.add(value);
}

function members(value: unknown): [string, unknown][] {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.entries(value)
    : [];
}
