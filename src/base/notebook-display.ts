import { escapeHtml } from "./html.js";

/** What a notebook shows of a value: content by media type (Jupyter's MIME bundle). */
export type MimeBundle = Readonly<Record<string, unknown>>;

/** The name under which kernels for TypeScript and JavaScript look for a value's own content. */
const displayName = Symbol.for("Jupyter.display");

/**
 * Lets notebooks show a value as text and HTML. The method cannot be enumerated: copies, JSON and
 * comparisons are as without it.
 *
 * @param bundle - called when the value is shown.
 */
export function withDisplay<T extends object>(value: T, bundle: () => MimeBundle): T {
  return Object.defineProperty(value, displayName, { value: bundle, configurable: true });
}

/** A text for notebooks, with its lines and columns kept. */
export function textBundle(text: string): MimeBundle {
  const plain = text.trimEnd();
  return {
    "text/plain": plain,
    "text/html": `<pre style="overflow-x:auto">${escapeHtml(plain)}</pre>`,
  };
}

/**
 * What a value wants to be shown as; undefined when it does not say.
 *
 * @throws whatever the value's own method throws, and for what cannot be written as JSON.
 */
export async function displayOf(value: unknown): Promise<MimeBundle | undefined> {
  if (value === null || (typeof value !== "object" && typeof value !== "function")) {
    return undefined;
  }
  const method: unknown = Reflect.get(value, displayName);
  if (typeof method !== "function") return undefined;
  const bundle: unknown = await Reflect.apply(method, value, []);
  const isBundle = typeof bundle === "object" && bundle !== null && !Array.isArray(bundle);
  // A copy: what is written must be what was shown, whatever the value does later.
  const copy: unknown = isBundle ? JSON.parse(JSON.stringify(bundle)) : undefined;
  if (isMimeBundle(copy)) return copy;
  throw new TypeError("its Jupyter.display gave no content by media type");
}

function isMimeBundle(value: unknown): value is MimeBundle {
  const types = typeof value === "object" && value !== null ? Object.keys(value) : [];
  return types.length > 0 && types.every((type) => type.includes("/"));
}
